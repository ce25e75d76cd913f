"""Which masters the cluster has, kept from the bucket on infrastructure hosts: ``puppet_servers``."""
