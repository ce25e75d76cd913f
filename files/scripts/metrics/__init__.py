"""Says to Prometheus how a host of the infrastructure is, in a file for the node exporter."""
