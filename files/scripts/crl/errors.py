"""The exceptions of this package. Only ``main()`` turns one into an exit code."""


class CrlError(Exception):
    """Base of all. The message says what failed and where."""


class ConfigError(CrlError):
    """The configuration file is missing or holds something it may not."""


class UnreachableError(CrlError):
    """The CA gave no answer that can be used. It says nothing about its revocation list."""


class RefusedError(CrlError):
    """A list that must not be put in force: malformed, signed by another, older, or not valid now."""


class FolderError(CrlError):
    """The files that Apache reads could not be written."""
