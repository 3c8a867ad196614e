"""No cases: `loss_landscape` draws what the slides draw, and judges no claim."""

CASES = []
