"""The experiments, by topic."""
