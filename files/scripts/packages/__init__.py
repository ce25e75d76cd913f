"""Hadoop's package repository, brought from the bucket to where Apache serves it: ``puppet_packages``."""
