"""What the tests of all experiments need to know of tanh_warping_fit."""

ANOTHER_SETTING = {"networks": (((3, 2), 0.0011),)}
"""Where a step away from the small setting makes none that can be run, or none that is drawn."""
