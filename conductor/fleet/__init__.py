"""The cluster as a whole: what is wanted, what is there, and the way from one to the other."""

from conductor.fleet.wanting import wanted

__all__ = ["wanted"]
