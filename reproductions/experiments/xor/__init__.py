"""Networks that learn XOR, and those that do not."""
