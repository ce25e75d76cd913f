"""What is in force, in a file that anybody may read: the lists themselves are in Puppet's own folder.

Nothing here needs more than Python's own modules: a process without rights reads it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from enrolment.files import write_atomic

from crl.errors import FolderError


@dataclass(frozen=True)
class Entry:
    """One authority's list. ``this_update`` is None if it has none, ``next_update`` if it never ends."""

    issuer: str
    number: int | None = None
    this_update: datetime | None = None
    next_update: datetime | None = None

    @property
    def missing(self) -> bool:
        """Whether this authority has no list: then TLS refuses everybody."""
        return self.this_update is None

    def ended(self, now: datetime) -> bool:
        """Whether the list's time is over: then TLS refuses everybody, too."""
        return self.next_update is not None and self.next_update <= now

    def as_json(self) -> dict[str, str | int | None]:
        """Return it with times as texts."""
        return {
            "issuer": self.issuer,
            "number": self.number,
            "this_update": self.this_update.isoformat() if self.this_update else None,
            "next_update": self.next_update.isoformat() if self.next_update else None,
        }


@dataclass(frozen=True)
class Summary:
    """``entries`` begins with the nodes' own authority; ``checked`` is when the CA last answered."""

    entries: tuple[Entry, ...]
    checked: datetime | None


def write_entries(path: Path, entries: Iterable[Entry]) -> None:
    """Replace the file if it says something else; raise FolderError if that fails."""
    content = json.dumps([entry.as_json() for entry in entries]).encode() + b"\n"
    try:
        if not path.exists() or path.read_bytes() != content:
            write_atomic(path, content, mode=0o644)
    except OSError as error:
        raise FolderError(f"{path}: {error}") from error


def read_summary(folder: Path) -> Summary:
    """Return what the files in ``folder`` say; no entry at all if they say nothing."""
    try:
        entries = tuple(_entry(item) for item in json.loads((folder / LISTS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError):
        entries = ()
    try:
        checked = _time(json.loads((folder / STATE).read_text(encoding="utf-8"))["checked"])
    except (OSError, ValueError, TypeError, KeyError):
        checked = None
    return Summary(entries, checked)


LISTS = "lists.json"
STATE = "state.json"


def _entry(item: Mapping[str, str | int | None]) -> Entry:
    number = item["number"]
    return Entry(
        issuer=str(item["issuer"]),
        number=None if number is None else int(number),
        this_update=_time(item["this_update"]),
        next_update=_time(item["next_update"]),
    )


def _time(value: str | int | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value))
