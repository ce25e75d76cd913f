"""Reading and removing the files in a CA's directory."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from .certificates import PrivateKey
from .errors import AuthorityError
from .files import sync_directory
from .names import is_certname

T = TypeVar("T")


class Parsed(Generic[T]):
    """A file's parsed content, read again only when the file was replaced."""

    def __init__(self, path: Path, parse: Callable[[bytes], T]) -> None:
        self._path = path
        self._parse = parse
        self._cached: tuple[tuple[int, int, int], T] | None = None

    def get(self) -> T:
        """Return the content; raise AuthorityError if there is none that can be used."""
        try:
            with self._path.open("rb") as file:
                state = os.fstat(file.fileno())
                version = (state.st_ino, state.st_mtime_ns, state.st_size)
                cached = self._cached  # once: another thread may replace it
                if cached is not None and cached[0] == version:
                    return cached[1]
                content = self._parse(file.read())
        except OSError as error:
            raise AuthorityError(f"{self._path}: {error.strerror}; was `puppet_ca setup` run?") from error
        except ValueError as error:
            raise AuthorityError(f"{self._path}: damaged: {error}") from error
        self._cached = (version, content)
        return content


def load_key(pem: bytes) -> PrivateKey:
    """Parse a private key; raise ValueError if it is not one of ours."""
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError("neither an RSA nor an EC key")
    return key


def file_name(name: str) -> str:
    """Return the file of a name, which is checked here, right before it becomes a path."""
    if not is_certname(name):
        raise AuthorityError(f"{name!r} is not a certname")
    return name + ".pem"


def names_in(directory: Path) -> list[str]:
    """Return the names that have a file in ``directory``, sorted."""
    try:
        names = [
            entry.name.removesuffix(".pem") for entry in os.scandir(directory) if entry.name.endswith(".pem")
        ]
    except OSError as error:
        raise AuthorityError(f"{directory}: {error.strerror}; was `puppet_ca setup` run?") from error
    return sorted(name for name in names if is_certname(name))


def read_file(path: Path) -> bytes | None:
    """Return a file's content, or None if there is no such file."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise AuthorityError(f"{path}: {error.strerror}") from error


def unlink(path: Path, *, durable: bool = True) -> bool:
    """Remove a file; return whether there was one."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    if durable:
        sync_directory(path.parent)
    return True
