"""What makes the checks worth trusting: changed numbers, changed code, hostile input.

`make test` runs these with a small sample, `make stress` in full.
"""
