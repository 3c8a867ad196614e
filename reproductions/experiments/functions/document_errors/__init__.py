"""Twelve passages that may be errors of the documents are tried, one claim each.

Document: slides, 7-2; xor-post, 2-1 and 4; network-post, 1.2.3, 1.2.5 and 1.4; relu-post, its last
part.
Setup: each passage is taken literally, as it is printed, and carried out: by a Keras layer, by
automatic differentiation, by one update, or by arithmetic. Where another passage says otherwise,
both are tried on the same numbers.
Assumptions: where the slides leave sizes open (D hidden neurons), several are tried; the graph of
the xor-post, whose picture is not in the text, is two Dense layers with one sigmoid unit each.
Known differences: none; all that depends on chance are the inputs of the dead unit, which are drawn
from the square [-1, 1]², and logits and weights from N(0, 1).
"""
