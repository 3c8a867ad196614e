"""Softmax gives the printed vector, and logits are found that give the slide's three entropies.

Document: perceptron-post, "Softmax 함수"; slides 7-2, "Softmax - What does temperature T does?".
Setup: the Softmax layer in float64 is applied to the seven logits of the listing, and to random
vectors of ten logits at temperatures from 0.01 to 100. The slide prints three entropies but not the
logits behind them, so ten logits that give all three are searched with Newton steps, from many
starts.
Assumptions: entropies are in nats; whether bits could be meant is examined too. Softmax does not
change when all logits are shifted, and entropy does not depend on the order of the classes, so
every vector of logits is sorted and begins with 0.
Known differences: three numbers cannot determine ten logits, so the vectors found here are some of
many that fit, and need not be the slide's own.
"""
