"""``init``: makes, checks and takes away what a cluster needs of the cloud before its first instance."""
