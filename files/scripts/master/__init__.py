"""Keeps a master's workers fresh and within their memory, and says whether it can serve."""
