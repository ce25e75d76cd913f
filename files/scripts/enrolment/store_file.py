"""A store in a directory: one file per object, prefixes are subdirectories."""

import hashlib
import os
import stat
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from .errors import StoreError, StoreUnavailableError
from .store import (
    MAX_LISTED,
    MAX_OBJECT,
    PIECE,
    UNCHANGED,
    Listing,
    Stored,
    Unchanged,
    Write,
    check_key,
    check_prefix,
)
from .users import acting_as_owner_of


class FileStore:
    """Objects as files. Names that begin with a dot are no objects: half-written ones are called so."""

    def __init__(self, url: str) -> None:
        """``url`` is file:///ABSOLUTE/DIRECTORY."""
        parts = urlsplit(url)
        if parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
            raise StoreError(f"{url!r}: a directory's URL is file:///ABSOLUTE/PATH")
        self.url = url.rstrip("/")
        self._root = Path(unquote(parts.path))

    def get(self, key: str) -> Stored | None:
        """See Store."""
        path = self._root / check_key(key)
        self._require_root()
        try:
            with path.open("rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    return None
                body = file.read(MAX_OBJECT + 1)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except OSError as error:
            raise StoreUnavailableError(f"{self.url}/{key}: {error.strerror}") from error
        if len(body) > MAX_OBJECT:
            raise StoreError(f"{self.url}/{key}: larger than {MAX_OBJECT} bytes")
        return Stored(body, _tag(body))

    def get_if_changed(self, key: str, etag: str) -> Stored | Unchanged | None:
        """See Store."""
        stored = self.get(key)
        return UNCHANGED if stored is not None and stored.etag == etag else stored

    def download(self, key: str, write: Write) -> bool:
        """See Store."""
        path = self._root / check_key(key)
        self._require_root()
        try:
            file = path.open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return False
        except OSError as error:
            raise StoreUnavailableError(f"{self.url}/{key}: {error.strerror}") from error
        with file:
            while piece := self._read(key, file):
                write(piece)
        return True

    def put(self, key: str, body: bytes, content_type: str = "application/octet-stream") -> str:
        """See Store. A directory keeps no content type."""
        from .files import write_atomic  # noqa: PLC0415 - readers, some of which are short-lived, need none

        path = self._root / check_key(key)
        self._require_root()
        try:
            with acting_as_owner_of(self._root):  # node_status is root's, the folder the CA's user's
                path.parent.mkdir(parents=True, exist_ok=True)
                write_atomic(path, body, mode=0o640)
        except OSError as error:
            raise StoreUnavailableError(f"{self.url}/{key}: cannot write: {error.strerror}") from error
        return _tag(body)

    def delete(self, key: str) -> None:
        """See Store."""
        path = self._root / check_key(key)
        self._require_root()
        try:
            with acting_as_owner_of(self._root):
                path.unlink(missing_ok=True)
        except NotADirectoryError:
            return
        except OSError as error:
            raise StoreUnavailableError(f"{self.url}/{key}: cannot remove: {error.strerror}") from error

    def list_keys(self, prefix: str = "") -> Listing:
        """See Store."""
        directory = self._root / check_prefix(prefix)
        self._require_root()
        keys: list[str] = []
        prefixes: list[str] = []
        try:
            for entry in directory.iterdir():
                if entry.name.startswith("."):
                    continue
                if entry.is_dir():
                    prefixes.append(f"{prefix}{entry.name}/")
                else:
                    keys.append(f"{prefix}{entry.name}")
                if len(keys) + len(prefixes) > MAX_LISTED:
                    raise StoreError(f"{self.url}/{prefix}: more than {MAX_LISTED} objects")
        except (FileNotFoundError, NotADirectoryError):
            return Listing((), ())
        except OSError as error:
            raise StoreUnavailableError(f"{self.url}/{prefix}: cannot list: {error.strerror}") from error
        return Listing(tuple(sorted(keys)), tuple(sorted(prefixes)))

    def _read(self, key: str, file: BinaryIO) -> bytes:
        try:
            return file.read(PIECE)
        except OSError as error:
            raise StoreUnavailableError(f"{self.url}/{key}: {error.strerror}") from error

    def _require_root(self) -> None:
        """A directory that is not there, or not mounted, holds no answer about its objects."""
        if not self._root.is_dir():
            raise StoreUnavailableError(f"{self.url}: there is no such directory, or it cannot be entered")


def _tag(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
