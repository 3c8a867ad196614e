"""No cases: `tanh_folding` goes beyond the documents and judges none of their claims."""

CASES = []

ANOTHER_SETTING = {"networks": ((2, 2), (4, 2)), "records": 2, "watched": (0, 1, 3)}
"""Where a step away from the small setting makes none that can be run, or none that is drawn."""

FIXED_NUMBERS = {"median": "quantiles over seeds"}
"""A word beside a number that is no field's though it equals one, and what the number is."""

DRAWN_BY_FORMULA = {"_child1": "the plane's cells, which keep their places"}
"""Artists that are drawn by a formula and not from a table, each with what it is."""

FEW_SEEDS = {
    "rates": (0.001, 0.005, 5.0),
    "checked_seeds": 18,
    "epochs": 1,
    "watched": (0, 1),
}
"""A setting of few seeds, short enough to be run for several splits of them."""
