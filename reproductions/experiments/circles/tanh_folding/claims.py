"""No claims: no document says why networks of width 2 fail."""

CLAIMS = {}
