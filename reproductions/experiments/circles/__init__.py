"""Two circles that networks pull apart, in two, three and four dimensions."""
