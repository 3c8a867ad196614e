"""What the tests of all experiments need to know of battery."""

ANOTHER_SETTING = {"cost_elements": 1088}
"""Where a step away from the small setting makes none that can be run, or none that is drawn."""
