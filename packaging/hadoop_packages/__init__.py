"""Builds Hadoop's Debian packages from Apache's artifacts on Maven Central, and a signed apt repository of them."""
