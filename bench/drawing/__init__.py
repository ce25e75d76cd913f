"""Pictures of plots."""
