"""The folder that Apache's ``SSLCARevocationPath`` names, changed so that a running Apache follows.

OpenSSL opens HASH.r0, HASH.r1, ... up to the first name that is missing, remembers where it stopped, and
looks for the next name at later handshakes. So a new list is the next name, without a gap; the names of
superseded lists stay, as links to the newest; names are taken away only right before Apache starts anew.
"""

import contextlib
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from enrolment.files import sync_directory, write_atomic

from crl.errors import FolderError
from crl.lists import Crl

OPENSSL_TIMEOUT = 10.0  # seconds


@dataclass(frozen=True)
class Folder:
    """All lists of all issuers in one folder; ``HASH`` is OpenSSL's hash of an issuer's name."""

    path: Path

    def put(self, crl: Crl) -> bool:
        """Put ``crl`` in force; return whether it was not already. Mends what a crash has left, too."""
        issuer = issuer_hash(crl.pem)
        with self._reporting():
            indexes = self._indexes(issuer)
            last = max(indexes, default=-1)
            if last >= 0 and self._holds(issuer, last, crl):
                self._link(issuer, last)
                return False
            write_atomic(self._name(issuer, last + 1), crl.pem, mode=0o644)
            self._link(issuer, last + 1)
            return True

    def newest(self) -> bytes:
        """Return the newest list of each issuer, joined."""
        with self._reporting():
            names = [self._newest(issuer) for issuer in self._issuers()]
            return b"".join(name.read_bytes() for name in names if name is not None)

    def compact(self) -> None:
        """Leave only HASH.r0, the newest. Only right before Apache starts or restarts."""
        with self._reporting():
            for issuer in self._issuers():
                newest = self._newest(issuer)
                if newest is not None:
                    newest.rename(self._name(issuer, 0))
                    for index in self._indexes(issuer) - {0}:
                        self._name(issuer, index).unlink()
            sync_directory(self.path)

    def _name(self, issuer: str, index: int) -> Path:
        return self.path / f"{issuer}.r{index}"

    def _issuers(self) -> set[str]:
        return {match[1] for match in self._matches()}

    def _indexes(self, issuer: str) -> set[int]:
        return {int(match[2]) for match in self._matches() if match[1] == issuer}

    def _newest(self, issuer: str) -> Path | None:
        """Return the last name that is a file: links after it lead nowhere, from a compacting cut short."""
        names = (self._name(issuer, index) for index in sorted(self._indexes(issuer), reverse=True))
        return next((name for name in names if name.is_file() and not name.is_symlink()), None)

    def _matches(self) -> list[re.Match[str]]:
        return [match for path in self.path.iterdir() if (match := _NAME.fullmatch(path.name))]

    def _holds(self, issuer: str, index: int, crl: Crl) -> bool:
        name = self._name(issuer, index)
        return name.is_file() and not name.is_symlink() and name.read_bytes() == crl.pem

    def _link(self, issuer: str, last: int) -> None:
        """Make each name before ``last`` a link to it, in one step each: no name is missing at any time."""
        target = self._name(issuer, last).name
        temporary = self.path / f".new-{issuer}"
        for index in range(last):
            name = self._name(issuer, index)
            if name.is_symlink() and str(name.readlink()) == target:
                continue
            temporary.unlink(missing_ok=True)
            temporary.symlink_to(target)
            temporary.rename(name)
        sync_directory(self.path)

    @contextlib.contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise FolderError(f"{self.path}: {error}") from error


_NAME = re.compile(r"([0-9a-f]{8})\.r(0|[1-9][0-9]{0,8})")


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
