"""The folder that Apache's ``SSLCARevocationPath`` names, changed so that a running Apache follows.

OpenSSL opens HASH.r0, HASH.r1, ... up to the first name that is missing, remembers where it stopped, and
looks for the next name at later handshakes; it reads no name twice. So the newest list of an issuer is the
file HASH.pem, replaced as a whole, and every HASH.rN is a link to it. A new list adds the next link, by
which Apache's processes find it; one that was born just now finds the newest list under every name. Links
are taken away only right before Apache starts anew, the last one first.
"""

import contextlib
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from enrolment.files import sync_directory, write_atomic

from crl.errors import FolderError
from crl.lists import PEM_CRL, Crl

OPENSSL_TIMEOUT = 10.0  # seconds


@dataclass(frozen=True)
class Folder:
    """All lists of all issuers in one folder; ``HASH`` is OpenSSL's hash of an issuer's name."""

    path: Path

    def put(self, crl: Crl) -> bool:
        """Put ``crl`` in force; return whether it was not already. Mends what a crash has left, too."""
        issuer = issuer_hash(crl.pem)
        with self._reporting():
            links = self._links(issuer)
            index, pem = self._read(issuer)
            changed = pem != crl.pem
            if changed:
                index = max(links, default=-1) + 1
                self._write(issuer, index, crl.pem)
            for missing in sorted(set(range(index + 1)) - links):
                self._link(issuer, missing)
            if changed or not links:
                sync_directory(self.path)
            return changed

    def newest(self) -> bytes:
        """Return the newest list of each issuer, joined."""
        with self._reporting():
            return b"".join(self._read(issuer)[1] for issuer in self._issuers())

    def names(self) -> int:
        """How many names a process of Apache's has to read, at most, before its first handshake."""
        with self._reporting():
            return max((len(self._links(issuer)) for issuer in self._issuers()), default=0)

    def compact(self) -> None:
        """Leave one name for each issuer. Only right before Apache starts or restarts."""
        with self._reporting():
            for issuer in self._issuers():
                self._write(issuer, 0, self._read(issuer)[1])
                self._link(issuer, 0)
                # Whatever stands under these names, of an earlier form of the folder too: Apache counts it.
                for index in sorted(self._indexes(issuer) - {0}, reverse=True):
                    self._name(issuer, index).unlink()
            sync_directory(self.path)

    def _name(self, issuer: str, index: int) -> Path:
        return self.path / f"{issuer}.r{index}"

    def _file(self, issuer: str) -> Path:
        return self.path / f"{issuer}.pem"

    def _issuers(self) -> list[str]:
        return sorted(match[1] for path in self.path.iterdir() if (match := _FILE.fullmatch(path.name)))

    def _links(self, issuer: str) -> set[int]:
        """The names that lead to the list. Another file under such a name is none, and is replaced."""
        return {index for index in self._indexes(issuer) if self._leads(issuer, index)}

    def _indexes(self, issuer: str) -> set[int]:
        matches = (_NAME.fullmatch(path.name) for path in self.path.iterdir())
        return {int(match[2]) for match in matches if match and match[1] == issuer}

    def _leads(self, issuer: str, index: int) -> bool:
        name = self._name(issuer, index)
        return name.is_symlink() and str(name.readlink()) == self._file(issuer).name

    def _read(self, issuer: str) -> tuple[int, bytes]:
        """Return the list, and the index of the link by which it was, or is to be, made known."""
        try:
            content = self._file(issuer).read_bytes()
        except FileNotFoundError:
            return -1, b""
        head, pem = _HEAD.match(content), PEM_CRL.search(content)
        return (int(head[1]), pem[0]) if head and pem else (-1, b"")

    def _write(self, issuer: str, index: int, pem: bytes) -> None:
        """Write the list, and which link makes it known: a crash may come before there is that link."""
        write_atomic(self._file(issuer), f"Made known by r{index}\n".encode() + pem, mode=0o644)

    def _link(self, issuer: str, index: int) -> None:
        temporary = self.path / f".new-{issuer}"
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(self._file(issuer).name)
        temporary.rename(self._name(issuer, index))

    @contextlib.contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise FolderError(f"{self.path}: {error}") from error


_NAME = re.compile(r"([0-9a-f]{8})\.r(0|[1-9][0-9]{0,8})")
_FILE = re.compile(r"([0-9a-f]{8})\.pem")
_HEAD = re.compile(rb"Made known by r(0|[1-9][0-9]{0,8})\n")


def issuer_hash(pem: bytes) -> str:
    """OpenSSL's hash of the issuer's name in ``pem``: no Python library that Debian has computes it."""
    try:
        done = subprocess.run(
            ["/usr/bin/openssl", "crl", "-hash", "-noout"],
            input=pem,
            capture_output=True,
            check=True,
            timeout=OPENSSL_TIMEOUT,
            env={"LC_ALL": "C.UTF-8"},
        )
    except subprocess.CalledProcessError as error:
        raise FolderError(f"openssl crl -hash failed: {error.stderr.decode(errors='replace')}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FolderError(f"openssl crl -hash could not be run: {error}") from error
    return done.stdout.decode().strip()
