"""What the other experiments say, put together."""
