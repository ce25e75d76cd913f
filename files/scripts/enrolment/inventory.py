"""The inventory: one line for each certificate ever signed, in puppetserver's format.

``0xSERIAL NOT_BEFORE NOT_AFTER /CN=NAME``, the serial number in hexadecimal, times as 2026-11-24T07:00:00UTC.
A line is durable before the certificate it tells of exists anywhere else.

It only grows, by whole lines at its end. So it is read once, and then only what came since: a question costs
the same however many certificates there are.
"""

import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from .certificates import common_name, not_after, not_before
from .errors import AuthorityError
from .files import append_line

_TIME = "%Y-%m-%dT%H:%M:%SUTC"
_FIELDS = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One certificate that was signed."""

    serial: int
    end: str  # as the file has it; such times sort as text
    name: str


class Inventory:
    """The file inventory.txt."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mutex = threading.Lock()
        self._by_name: dict[str, tuple[Entry, ...]] = {}
        # Whole lines only have been read, up to here. The inode and the last line tell whether it is still
        # the same file: it may have been replaced, or its last line taken back, if it was not made durable.
        self._size = 0
        self._inode = 0
        self._last_line = b""

    def append(self, certificate: x509.Certificate) -> None:
        """Enter a certificate, durably. The caller holds the CA's lock."""
        append_line(self._path, line_of(certificate), mode=0o644)

    def serials_of(self, names: Iterable[str], now: datetime) -> dict[str, list[int]]:
        """Return the serial numbers of the certificates under ``names`` that have not expired."""
        self._refresh()
        known, moment = self._by_name, f"{now:{_TIME}}"
        return {name: [entry.serial for entry in known.get(name, ()) if entry.end > moment] for name in names}

    def knows(self, name: str) -> bool:
        """Whether a certificate was ever signed under this name."""
        self._refresh()
        return name in self._by_name

    def holds(self, serial: int, name: str) -> bool:
        """Whether the certificate of this serial number was signed under this name."""
        self._refresh()
        return any(entry.serial == serial for entry in self._by_name.get(name, ()))

    def serials(self) -> set[int]:
        """Return the serial numbers of all certificates."""
        self._refresh()
        return {entry.serial for entries in list(self._by_name.values()) for entry in entries}

    def _refresh(self) -> None:
        """Read what came since; all of it, if the file is not the one that was read."""
        try:
            with self._mutex, self._path.open("rb") as file:
                descriptor, state = file.fileno(), os.fstat(file.fileno())
                last = os.pread(descriptor, len(self._last_line), self._size - len(self._last_line))
                if state.st_ino != self._inode or last != self._last_line:
                    self._forget(state.st_ino)
                if state.st_size > self._size:
                    file.seek(self._size)
                    self._take(file.read())
        except FileNotFoundError:
            self._forget(0)
        except OSError as error:
            raise AuthorityError(f"{self._path}: {error.strerror}") from error

    def _forget(self, inode: int) -> None:
        self._by_name, self._size, self._inode, self._last_line = {}, 0, inode, b""

    def _take(self, data: bytes) -> None:
        """Enter the whole lines of ``data``; what is no line of an inventory is passed over."""
        lines = data[: data.rfind(b"\n") + 1].splitlines(keepends=True)
        for line in lines:
            entry = _parse(line.decode("utf-8", "replace"))
            if entry is not None:
                self._by_name[entry.name] = (*self._by_name.get(entry.name, ()), entry)
        if lines:
            self._size += sum(map(len, lines))
            self._last_line = lines[-1]


def line_of(certificate: x509.Certificate) -> bytes:
    """Return a certificate's line, with its end."""
    begin, end = not_before(certificate), not_after(certificate)
    subject = f"/CN={common_name(certificate)}"
    return f"0x{certificate.serial_number:04X} {begin:{_TIME}} {end:{_TIME}} {subject}\n".encode()


def entries_in(data: bytes) -> list[tuple[bytes, Entry]]:
    """Return the whole lines of an inventory that say something, each with what it says."""
    lines = data[: data.rfind(b"\n") + 1].splitlines(keepends=True)
    entries = ((line, _parse(line.decode("utf-8", "replace"))) for line in lines)
    return [(line, entry) for line, entry in entries if entry is not None]


def serials_in(data: bytes) -> set[int]:
    """Return the serial numbers in the text of an inventory, whose last line may lack its end."""
    entries = (_parse(line) for line in data.decode("utf-8", "replace").split("\n"))
    return {entry.serial for entry in entries if entry is not None}


def _parse(line: str) -> Entry | None:
    fields = line.rstrip("\r\n").split(" ", _FIELDS - 1)
    if len(fields) != _FIELDS or not fields[3].startswith("/CN="):
        return None
    try:
        return Entry(int(fields[0], 16), fields[2], fields[3].removeprefix("/CN="))
    except ValueError:
        return None
