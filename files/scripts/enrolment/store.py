"""One small interface to the bucket, whatever it is kept in.

``s3://BUCKET``                        private, through boto3 and AWS's own environment and configuration
``https://BUCKET.s3.amazonaws.com``    public-read objects, through requests
``file:///DIRECTORY``                  a directory, one file per object

An object that is not there is ``None``. A store that gives no trustworthy answer raises
:class:`~enrolment.errors.StoreUnavailableError`. The two are never confused: "403 Forbidden", a proxy's HTML
page or a cut connection say nothing about an object.
"""

import re
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeVar

from .errors import StoreError, StoreUnavailableError

MAX_OBJECT = 1024 * 1024  # bytes; a record is a few hundred
MAX_LISTED = 100_000  # keys in one listing
DEFAULT_DEADLINE = 10.0  # seconds for one operation
MAX_KEY = 512

# `+` and `~` are in versions of Debian packages, and so in the names of their files.
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+~-]*(?:/[A-Za-z0-9_][A-Za-z0-9._+~-]*)*", re.ASCII)
PIECE = 1024 * 1024  # bytes

T = TypeVar("T")
Write = Callable[[bytes], object]


@dataclass(frozen=True)
class Stored:
    """An object's content and the tag that stands for this version of it."""

    body: bytes
    etag: str


class Unchanged(Enum):
    """The answer to a conditional get: still the version that the caller has."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED


@dataclass(frozen=True)
class Listing:
    """The objects directly under a prefix, and the prefixes below it (each with its trailing slash)."""

    keys: tuple[str, ...]
    prefixes: tuple[str, ...]


class Store(Protocol):
    """What all stores do. Every method may raise StoreUnavailableError."""

    url: str

    def get(self, key: str) -> Stored | None:
        """Return the object, or None if there is none under ``key``."""

    def get_if_changed(self, key: str, etag: str) -> Stored | Unchanged | None:
        """Like get, but answer UNCHANGED, without the body, while the object's tag is ``etag``."""

    def download(self, key: str, write: Write) -> bool:
        """Pass an object of any size to ``write``, in pieces; return whether there is one.

        What ``write`` raises ends it. After StoreUnavailableError ``write`` may have got a part.
        """

    def put(self, key: str, body: bytes, content_type: str = "application/octet-stream") -> str:
        """Write the object, whole or not at all, and return its tag."""

    def delete(self, key: str) -> None:
        """Remove the object; that it is not there is no error."""

    def list_keys(self, prefix: str = "") -> Listing:
        """List what is directly under ``prefix`` (empty, or ending in a slash)."""


def check_key(key: str) -> str:
    """Return ``key`` if it can be a key in every kind of store, else raise StoreError."""
    if len(key) > MAX_KEY or not _KEY.fullmatch(key):
        raise StoreError(f"not a usable key for a store: {key[:80]!r}")
    return key


def check_prefix(prefix: str) -> str:
    """Return ``prefix`` if it is empty or a usable key with a slash after it, else raise StoreError."""
    if prefix and not (prefix.endswith("/") and _KEY.fullmatch(prefix[:-1])):
        raise StoreError(f"not a usable prefix for a store: {prefix[:80]!r}")
    return prefix


def open_store(url: str, *, deadline: float = DEFAULT_DEADLINE) -> Store:
    """Return the store for ``url``; ``deadline`` is in seconds, for each operation as a whole."""
    scheme, separator, rest = url.partition("://")
    if not separator or not rest.strip("/"):
        raise StoreError(
            f"{url!r} is not a store's URL: s3://BUCKET, https://BUCKET.s3.amazonaws.com, file:///DIR"
        )
    # Each kind is imported only when it is used: boto3 alone takes longer than most answers.
    if scheme == "file":
        from .store_file import FileStore  # noqa: PLC0415

        return FileStore(url)
    if scheme == "https":
        from .store_https import HttpsStore  # noqa: PLC0415

        return DeadlineStore(HttpsStore(url, timeout=deadline), deadline)
    if scheme == "s3":
        from .store_s3 import S3Store  # noqa: PLC0415

        return DeadlineStore(S3Store(url, timeout=deadline), deadline)
    raise StoreError(f"{url!r}: stores are s3://, https:// or file://, not {scheme}://")


class WrappedStore(ABC):
    """A store around another one, each of whose operations passes through ``_call``."""

    def __init__(self, inner: Store) -> None:
        self.url = inner.url
        self._inner = inner

    @abstractmethod
    def _call(self, operation: Callable[[], T]) -> T: ...

    def get(self, key: str) -> Stored | None:
        """See Store."""
        return self._call(lambda: self._inner.get(key))

    def get_if_changed(self, key: str, etag: str) -> Stored | Unchanged | None:
        """See Store."""
        return self._call(lambda: self._inner.get_if_changed(key, etag))

    def download(self, key: str, write: Write) -> bool:
        """See Store."""
        return self._call(lambda: self._inner.download(key, write))

    def put(self, key: str, body: bytes, content_type: str = "application/octet-stream") -> str:
        """See Store."""
        return self._call(lambda: self._inner.put(key, body, content_type))

    def delete(self, key: str) -> None:
        """See Store."""
        self._call(lambda: self._inner.delete(key))

    def list_keys(self, prefix: str = "") -> Listing:
        """See Store."""
        return self._call(lambda: self._inner.list_keys(prefix))


class DeadlineStore(WrappedStore):
    """Bounds each operation of a store as a whole.

    A socket's time-out starts anew with each byte that arrives, so a server that sends one byte a second
    would hold a caller for as long as it likes. The call runs in a thread, which is given up at the
    deadline. How many may be given up at the same time is limited: beyond that the store counts as
    unavailable at once.
    """

    MAX_ABANDONED = 32

    def __init__(self, inner: Store, deadline: float) -> None:
        """``deadline`` in seconds."""
        super().__init__(inner)
        self._deadline = deadline
        self._slots = threading.BoundedSemaphore(self.MAX_ABANDONED)

    def download(self, key: str, write: Write) -> bool:
        """See Store. Bounded at each step only: how long the whole may take depends on its size."""
        return self._inner.download(key, write)

    def _call(self, operation: Callable[[], T]) -> T:
        end = time.monotonic() + self._deadline
        if not self._slots.acquire(timeout=self._deadline):
            raise StoreUnavailableError(
                f"{self.url}: {self.MAX_ABANDONED} calls hang already; not asked again"
            )
        results: list[T] = []
        failures: list[BaseException] = []

        def work() -> None:
            try:
                results.append(operation())
            except BaseException as error:  # handed to the caller's thread
                failures.append(error)
            finally:
                self._slots.release()

        thread = threading.Thread(target=work, name=f"store {self.url}", daemon=True)
        thread.start()
        thread.join(max(0.0, end - time.monotonic()))
        if failures:
            raise failures[0]
        if not results:
            raise StoreUnavailableError(f"{self.url}: no whole answer within {self._deadline:g} s")
        return results[0]


class PausingStore(WrappedStore):
    """Spares a store that hangs: after an operation that failed slowly, it is not asked for a while.

    The CA has few workers, and each question to a store that hangs holds one for the whole deadline. They are
    needed to hand out certificates and the revocation list meanwhile.
    """

    SLOW = 1.0  # seconds; what fails at once does no harm

    def __init__(self, inner: Store, pause: float, clock: Callable[[], float] = time.monotonic) -> None:
        """``pause`` in seconds; ``clock`` counts seconds."""
        super().__init__(inner)
        self._pause = pause
        self._clock = clock
        self._until = clock()

    def _call(self, operation: Callable[[], T]) -> T:
        begin = self._clock()
        if begin < self._until:
            left = self._until - begin
            raise StoreUnavailableError(f"{self.url}: gave no answer just now; asked again in {left:.0f} s")
        try:
            return operation()
        except StoreUnavailableError:
            end = self._clock()
            if end - begin >= self.SLOW:
                self._until = end + self._pause
            raise
