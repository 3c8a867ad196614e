"""The report: one page, in English and Korean, made from a results folder alone."""
