"""Softmax and its temperature: the printed vector, and the logits behind the printed entropies.

Document: perceptron-post, "Softmax 함수"; slides 7-2, "Softmax - What does temperature T does?".
Setup: the Softmax layer in float64 on the listing's seven logits and on random vectors of ten
logits; ten logits that give the slide's three entropies, found by Newton steps of least norm.
Assumptions: entropies are in nats (the experiment weighs bits too); a logit vector is fixed up to
a shift and the order of its classes, so all are sorted and begin with 0.
Known differences: the slide's own logits are not given and three numbers cannot fix them: the
vectors found here are some of many that fit.
"""
