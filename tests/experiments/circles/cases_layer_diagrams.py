"""No cases: `layer_diagrams` draws what the slides draw, and judges no claim."""

CASES = []
