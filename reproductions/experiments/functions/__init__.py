"""What each activation function is, and what the documents print about it."""
