"""The slides' table of pros and cons, each cell a measurement of another experiment.

Document: slides, part 7-4 (the summary table); network-post, part 2 (tanh is like the sigmoid).
Setup: the table's fifteen statements that can be measured, each with a number out of the tables of
the experiment named beside it, its interval and a line that says when it holds.
Assumptions: "saturation" is the share of saturated units in the tenth layer of N(0, 1) networks of
width 64; "faster" is fewer updates to 10 % training error in the perceptron, each at its best rate;
"zigzag" is the path with the function's mean over that without, in a small network on single
samples; a "dead" unit is one that starts with a bias of -10.
Known differences: the slides give no numbers. "Used in CNNs" is no measurement and is left out.
"""
