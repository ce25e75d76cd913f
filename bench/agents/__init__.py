"""Simulated nodes, and the running cluster that serves them."""
