"""No cases: `xor_phase_diagram` goes beyond the documents and judges none of their claims."""

CASES = []

FIXED_NUMBERS = {"within": "the width of the plateau"}
"""A word beside a number that is no field's though it equals one, and what the number is."""

FEW_SEEDS = {"activations": ("relu", "tanh"), "depths": (2, 3)}
"""A setting of few seeds, short enough to be run for several splits of them."""
