"""Keeps a master's copy of the CA's revocation list current: fetched, verified, in force in Apache."""
