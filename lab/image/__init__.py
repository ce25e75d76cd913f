"""The AMI: Debian by mmdebstrap plus the files under `root/`. It holds no code of this project."""
