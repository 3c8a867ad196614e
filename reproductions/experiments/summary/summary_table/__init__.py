"""The slides' table of pros and cons, each statement checked by another experiment's measurement.

Document: slides, part 7-4 (the summary table); network-post, section 1.2.4 (tanh is like the
sigmoid).
Setup: for each of the table's fifteen statements that can be measured, a number with its interval
is read from the tables of the experiment named beside it, and a rule says whether it holds: table
`statements`. Table `post` holds the four properties that network-post gives the sigmoid beside
tanh's.
Assumptions: "saturation" is the share of saturated units in the tenth layer of N(0, 1) networks of
width 64. "Faster" is fewer updates to 10 % training error in the perceptron, each function at its
best learning rate. "Zigzag" is the length of the path with the function's mean, divided by that
without, in a small network on single samples. A "dead" unit, as the slides have it, is one whose
gradient is 0 and whose weights no longer change; ELU's units are those that start with a bias of
-10 or -120; the derivative there, exp(-120), is 0 in float32. A derivative is "simple" if it is a
polynomial of degree 2 of the function's own value.
Known differences: the slides give no numbers. "Used in CNNs" is no measurement and is left out.
"""
