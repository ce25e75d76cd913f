"""The exceptions of this package, beside those of ``enrolment``, on whose store it stands."""

from enrolment.errors import EnrolmentError


class PackagesError(EnrolmentError):
    """Base of all."""


class MalformedError(PackagesError):
    """An index of the repository is not what it must be."""


class IncompleteError(PackagesError):
    """The bucket does not hold what the index names: an upload is under way, or was cut short."""


class KeepError(PackagesError):
    """The folder could not be read or written."""
