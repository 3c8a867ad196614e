"""Finds experiments, runs them, resumes, stores their results, checks and accepts them."""
