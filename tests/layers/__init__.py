"""One contract for all of the layers, run over the table in cases.py."""
