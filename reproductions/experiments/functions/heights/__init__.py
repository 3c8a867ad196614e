"""Sex from height: what a threshold loses in bits, and a logistic unit that learns the posterior.

Document: perceptron-post, "Threshold의 단점" and "Sigmoid 함수".
Setup: two normal populations of adult heights, as many men as women; thresholds from 145 to 195 cm
against the posterior probability of a man; a Dense(1) unit with a sigmoid, trained by full-batch
gradient descent on 2,000 people drawn afresh for every seed.
Assumptions: the post draws two humps without numbers. Taken here: women 162 cm, men 175 cm, both
with a standard deviation of 6.5 cm. The threshold between them is the midpoint, where the humps
cross. With equal deviations the posterior is exactly a sigmoid; with unequal ones its log odds
would be a parabola, which no single unit on the height alone can follow.
Known differences: the unit sees standardised heights, and its weights are turned back into those
for centimetres; the optimum is the same, and gradient descent gets there in hundreds of steps.
"""
