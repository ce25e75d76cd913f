"""Starting instances: checks, the batch that says what is asked, RunInstances, waiting for the nodes."""
