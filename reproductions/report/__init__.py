"""The report: one page, in English and Korean, made from a results folder alone."""

FOLDER = "report"
"""Where the page is in a results folder, beside the experiments' own folders."""
