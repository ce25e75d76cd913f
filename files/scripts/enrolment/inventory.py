"""The inventory: one line for each certificate ever signed, in puppetserver's format.

``0xSERIAL NOT_BEFORE NOT_AFTER /CN=NAME``, the serial number in hexadecimal, times as 2026-11-24T07:00:00UTC.
A line is durable before the certificate it tells of exists anywhere else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from .certificates import common_name, not_after, not_before
from .files import append_line

_TIME = "%Y-%m-%dT%H:%M:%SUTC"
_FIELDS = 4


@dataclass(frozen=True)
class Entry:
    """One certificate that was signed."""

    serial: int
    not_after: datetime
    name: str


class Inventory:
    """The file inventory.txt."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, certificate: x509.Certificate) -> None:
        """Enter a certificate, durably. The caller holds the CA's lock."""
        begin, end = not_before(certificate), not_after(certificate)
        subject = f"/CN={common_name(certificate)}"
        line = f"0x{certificate.serial_number:04X} {begin:{_TIME}} {end:{_TIME}} {subject}\n"
        append_line(self._path, line.encode("utf-8"), mode=0o644)

    def serials_of(self, names: set[str], now: datetime) -> dict[str, list[int]]:
        """Return the serial numbers of the certificates under ``names`` that have not expired."""
        found: dict[str, list[int]] = {name: [] for name in names}
        for entry in self.entries():
            if entry.name in found and entry.not_after > now:
                found[entry.name].append(entry.serial)
        return found

    def holds(self, serial: int, name: str) -> bool:
        """Whether the certificate of this serial number was signed under this name."""
        return any(entry.serial == serial and entry.name == name for entry in self.entries())

    def entries(self) -> Iterator[Entry]:
        """Yield all certificates; what is no line of an inventory (the rest of a crash) is passed over."""
        if not self._path.exists():
            return
        with self._path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                entry = _parse(line)
                if entry is not None:
                    yield entry


def _parse(line: str) -> Entry | None:
    fields = line.rstrip("\n").split(" ", _FIELDS - 1)
    if not line.endswith("\n") or len(fields) != _FIELDS or not fields[3].startswith("/CN="):
        return None
    try:
        return Entry(
            serial=int(fields[0], 16),
            not_after=datetime.fromisoformat(fields[2].removesuffix("UTC")).replace(tzinfo=UTC),
            name=fields[3].removeprefix("/CN="),
        )
    except ValueError:
        return None
