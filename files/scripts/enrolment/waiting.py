"""The requests that wait: who sent each, what the store said of its name, and which one gives way.

Beside ``requests/NAME.pem`` there is a line in ``waiting.txt``: name, address that the request came from,
what the store last said of the name, and when the request was last sent. One small file, since a flood's
every request has all of them counted under the CA's lock.

It is not made durable: an agent asks again, and the sweep finds out again what a crash has lost. Only a
request of whose name the store has said that there is no record gives way, or ends by its age.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from .cafiles import Parsed, file_name, names_in
from .config import CaConfig
from .errors import CrowdedError
from .files import write_atomic

NO_RECORD, KEPT = "no-record", "-"
NOT_KNOWN = "-"  # the address of a request from before addresses were noted


class Waiting(NamedTuple):
    """One request that waits."""

    name: str
    source: str  # the address it came from; "" if that is not known
    has_no_record: bool  # the store's last answer; an outage is none
    asked: int  # when it was last sent, in seconds since the epoch


class WaitingRoom:
    """The requests that wait at one CA. What changes something needs the CA's lock."""

    def __init__(self, requests: Path, file: Path) -> None:
        self._requests = requests
        self._file = file
        self._noted = Parsed(file, _parse)

    def get(self, name: str) -> Waiting | None:
        """Return what is known of the request under ``name``; None if none waits."""
        return self._entry(name, self._read())

    def all(self) -> list[Waiting]:
        """Return every request that waits."""
        noted = self._read()
        names = names_in(self._requests)
        return [found for name in names if (found := noted.get(name) or self._entry(name, noted)) is not None]

    def note(self, entry: Waiting, *, instead_of: str = "") -> None:
        """Keep what is known of a request; ``instead_of`` another, which waits no longer."""
        noted = dict(self._read())
        noted.pop(instead_of, None)
        noted[entry.name] = entry
        self._write(noted.values())

    def forget(self, name: str) -> None:
        """Drop what is known of a request, which waits no longer."""
        noted = dict(self._read())
        if noted.pop(name, None) is not None:
            self._write(noted.values())

    def tidy(self) -> None:
        """Drop what a killed process has left of requests that wait no longer."""
        noted, names = self._read(), set(names_in(self._requests))
        if not names.issuperset(noted):
            self._write(entry for entry in noted.values() if entry.name in names)

    def _entry(self, name: str, noted: dict[str, Waiting]) -> Waiting | None:
        try:
            sent = (self._requests / file_name(name)).stat().st_mtime
        except FileNotFoundError:
            return None
        return noted.get(name) or Waiting(name, "", has_no_record=False, asked=int(sent))

    def _read(self) -> dict[str, Waiting]:
        return self._noted.get() if self._file.exists() else {}

    def _write(self, entries: Iterable[Waiting]) -> None:
        lines = "".join(
            f"{name} {source or NOT_KNOWN} {NO_RECORD if has_no_record else KEPT} {asked}\n"
            for name, source, has_no_record, asked in entries
        )
        write_atomic(self._file, lines.encode("ascii"), mode=0o640, durable=False)


def _parse(content: bytes) -> dict[str, Waiting]:
    noted = {}
    for line in content.decode("ascii", "replace").splitlines():
        try:
            name, source, state, asked = line.split(" ")
            noted[name] = Waiting(name, "" if source == NOT_KNOWN else source, state == NO_RECORD, int(asked))
        except ValueError:  # half a line, after a loss of power
            continue
    return noted


def gives_way(waiting: Sequence[Waiting], source: str, config: CaConfig) -> Waiting | None:
    """Return which request gives way to a new one from ``source``; None: there is room for one more.

    Where an address has as many as it may, it is one of its own. Where all places are taken, it is one of the
    address that has most of those that may go. Of these it is the one that was sent least lately. Raise
    CrowdedError if none may go.
    """
    own = [entry for entry in waiting if entry.source == source]
    if len(own) >= config.max_waiting_per_address:
        crowd, limit = own, f"{len(own)} requests from {source or 'one address'} wait already"
    elif len(waiting) >= config.max_waiting:
        crowd, limit = list(waiting), f"{len(waiting)} requests wait already"
    else:
        return None
    free = [entry for entry in crowd if entry.has_no_record]
    if not free:
        raise CrowdedError(f"{limit}; one more is not kept")
    count = Counter(entry.source for entry in free)
    return min(free, key=lambda entry: (-count[entry.source], entry.asked))
