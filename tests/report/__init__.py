"""The report: its texts, its content, and the page in a real browser."""
