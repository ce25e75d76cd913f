"""The exceptions of this package. Only a command's ``main()`` turns one into an exit code."""

import contextlib
from collections.abc import Iterator


class EnrolmentError(Exception):
    """Base of all. The message says what failed, where, and what to do next where that is known."""


class ConfigError(EnrolmentError):
    """A configuration file is missing, unreadable, or holds something it may not."""


class StoreError(EnrolmentError):
    """The store cannot do what was asked: a bad key, too large an object, a read-only store."""


class StoreUnavailableError(StoreError):
    """No answer that can be trusted came from the store. It says nothing about whether an object exists."""


class RecordError(EnrolmentError):
    """A node's record is not what a record must be."""


class RequestError(EnrolmentError):
    """A certificate request that cannot be parsed, or whose form is refused outright."""


class AuthorityError(EnrolmentError):
    """The CA's files are missing, damaged or locked, or an operation on them failed."""


class ConflictError(AuthorityError):
    """What was asked does not fit the state of the CA: already signed, nothing to sign, nothing to revoke."""


class CrowdedError(ConflictError):
    """There is no room for one more request that waits, and none that may give way."""


class PuppetDBError(EnrolmentError):
    """PuppetDB did not answer, or answered with an error."""


@contextlib.contextmanager
def parsing(refusal: type[Exception], what: str) -> Iterator[None]:
    """Turn whatever comes of parsing a stranger's text into ``refusal``, which says ``what`` is wrong.

    Also what is no Exception: python-cryptography's Rust part raises panics.
    """
    try:
        yield
    except (refusal, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except BaseException as error:
        raise refusal(f"{what}: {type(error).__name__}: {error}"[:200]) from error
