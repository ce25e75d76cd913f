"""The exceptions of this package, beside those of ``enrolment``, on whose store it stands."""

from enrolment.errors import EnrolmentError


class ServersError(EnrolmentError):
    """Base of all."""


class DocumentError(ServersError):
    """The object in the bucket, or the copy of it, is not what it must be."""


class KeepError(ServersError):
    """The copy or puppet.conf could not be read or written."""


class RestartError(ServersError):
    """The agent's service could not be restarted."""
