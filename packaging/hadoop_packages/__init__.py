"""Builds Hadoop's Debian packages from Apache's artifacts, and a signed apt repository of them."""
