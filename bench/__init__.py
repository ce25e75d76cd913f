"""What the cluster does under load and over time, measured; README.md says how."""
