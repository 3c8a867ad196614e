"""What would have cured the 10-layer sigmoid network: one change at a time, and in pairs.

Document: none; the xor-post offers one cure, another activation function, and does not try others.
Setup: the post's 2-5x9-1 network of sigmoids, its loss, its initial weights from N(0, 1), its
inputs 0 and 1, SGD at learning rate 0.01 on all four points, 20,001 updates. Each cell of `singles`
changes one thing: the initial weights, the loss's arithmetic, the optimizer, the learning rate, the
number of updates, the inputs, a normalization, skip connections, the size of each layer's gradient,
the width, or the activation function. `pairs` combines five of the best, two at a time; `reverse`
starts from networks that work, and takes one thing away or makes one thing worse. All cells start
from the same seeds, and so from the same numbers drawn from N(0, 1), but for Glorot's weights.
Assumptions: a seed has solved XOR when its last cost is below log(2)/4: with a wrong point the cost
cannot be so low. Momentum, RMSprop, Adam and another learning rate for SGD have the rate that
solves XOR most often on other seeds (`tuning`); all other changes keep the post's rate. Gradients
and signals before the first update are computed in double precision on the first 128 seeds. The
gradient ratio is the norm of the first hidden layer's gradient, with respect to its kernel, over
that of the last; where gradients are rescaled, it is that of the gradients that move the weights.
The spread is the distance between the two closest points that need different answers, in the
signals that the last hidden layer puts out, over the size of these signals.
Known differences: `pairs` and `reverse` take 5,001 updates, as most of these networks need fewer.
Ten times as many updates are made on the first 256 seeds only. In batch normalization each network
normalizes over the four points; its cost is taken with the moving averages, as Keras predicts.
"""
