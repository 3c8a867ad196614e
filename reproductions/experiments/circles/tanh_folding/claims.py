"""The claims, judged from the tables."""

CLAIMS = {}
