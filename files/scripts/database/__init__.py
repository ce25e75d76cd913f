"""Backs up PuppetDB's database, and puts it back."""
