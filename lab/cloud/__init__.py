"""The cloud's API: moto, and what moto gets wrong."""
