"""Ways to a node: its console, and ssh to a host whose key is known before the first connection."""
