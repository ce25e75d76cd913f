"""EC2 on one machine: moto's API, systemd-nspawn instances, cloud-init, in one network namespace."""
