"""A PuppetDB that knows many nodes, and what a worker's catalog pays for that: `bench/database`."""
