"""bench/enc: what a classification costs, in each state of cache and store, with the helper and without."""
