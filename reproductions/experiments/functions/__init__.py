"""What each activation function is, and what the documents print of it."""
