"""What activation functions cost, and how fast networks learn with them."""
