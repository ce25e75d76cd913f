"""The exceptions of this package. Only ``main()`` turns one into an exit code."""


class DatabaseError(Exception):
    """Base of all. The message says what failed and what to do next where that is known."""


class CommandError(DatabaseError):
    """A command could not be run, or failed."""


class VersionError(DatabaseError):
    """A backup of a newer PostgreSQL or PuppetDB than those of this host."""
