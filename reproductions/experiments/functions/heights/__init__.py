"""A threshold on a person's height loses information that a sigmoid's probability keeps.

Document: perceptron-post, "Threshold의 단점" and "Sigmoid 함수".
Setup: the heights of adults are two normal distributions, with as many men as women. A threshold
from 145 to 195 cm turns a height into an answer, 0 or 1; the posterior probability of a man keeps
all that the height tells. Both are measured in bits of information about the sex. A Dense(1) unit
with a sigmoid then learns the posterior from 2,000 people, drawn afresh for every seed, by
full-batch gradient descent.
Assumptions: the post draws two overlapping humps without numbers. Taken here are means of 162 cm
for women and 175 cm for men, and a standard deviation of 6.5 cm for both. The threshold between
them is the midpoint, where the humps cross. With equal deviations the posterior is exactly a
sigmoid; with unequal ones its log odds would be a parabola, which no single unit that sees the
height alone can follow.
Known differences: the unit is trained on standardised heights, and its weights are converted back
to centimetres. The optimum is the same, and gradient descent reaches it in hundreds of steps.
"""
