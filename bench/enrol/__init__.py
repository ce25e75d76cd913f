"""Benchmarks of enrolment: short-lived commands, the CA's rate of signing, the sweep; see bench/README.md."""
