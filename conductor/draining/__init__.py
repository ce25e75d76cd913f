"""Taking a worker's blocks and containers elsewhere before it ends."""
