"""What can go wrong with an archive. Only cli.main() turns these into exit codes."""


class ArchiveError(Exception):
    """A module that cannot be packed. The text says which, and what is wrong with it."""
