"""How often an address may be told no: requests that came to nothing, counted for all processes of the CA.

One file of a fixed size, whatever a flood looks like. An address has its place in one of SETS sets of WAYS
entries; where a set is full, the entry that has rested longest gives way. An entry holds the address's digest
and the moment at which all that it may ask for is at its disposal again. There is no lock: of two processes
at the same entry at the same moment one may lose its count, and nothing else is lost.
"""

import hashlib
import math
import os
import struct
from collections.abc import Callable
from pathlib import Path

from .log import Log

PERIOD = 60.0  # seconds in which an address may be refused so often; as many at once
SETS, WAYS = 1024, 8
LEAST_WAIT = 10  # seconds; an agent gives up after 100 answers like this one
_ENTRY = struct.Struct("<8sd")  # digest, moment in seconds since the epoch
_SET = _ENTRY.size * WAYS


class Rates:
    """Counts what came to nothing, by address."""

    def __init__(self, path: Path, per_minute: int, clock: Callable[[], float], log: Log) -> None:
        """``per_minute`` 0 counts nothing; ``clock`` gives seconds since the epoch."""
        self._path = path
        self._interval = PERIOD / per_minute if per_minute else 0.0
        self._clock = clock
        self._log = log
        self._file: int | None = None
        self._said = -math.inf

    def wait(self, source: str) -> int:
        """Return after how many seconds ``source`` may ask again; 0: now."""
        if not self._interval:
            return 0
        now = self._clock()
        try:
            _, full = self._find(source, now)
        except OSError as error:
            self._fault(error)
            return 0
        wait = full - now - (PERIOD - self._interval)
        return max(LEAST_WAIT, math.ceil(wait)) if wait > 1e-6 else 0  # noqa: PLR2004 - of rounding

    def take(self, source: str) -> None:
        """Count one request of ``source`` that came to nothing."""
        if not self._interval:
            return
        now = self._clock()
        try:
            offset, full = self._find(source, now)
            full = min(max(full, now) + self._interval, now + PERIOD)
            os.pwrite(self._opened(), _ENTRY.pack(_digest(source), full), offset)
        except OSError as error:
            self._fault(error)
            return
        if full > now + PERIOD - self._interval and now - self._said >= PERIOD:
            self._said = now
            self._log.warning(f"Slowing {source or 'one address'}: too many of its requests come to nothing")

    def _find(self, source: str, now: float) -> tuple[int, float]:
        """Return where the entry of ``source`` is, or may be made, and its moment."""
        digest = _digest(source)
        begin = int.from_bytes(digest, "big") % SETS * _SET
        raw = os.pread(self._opened(), _SET, begin).ljust(_SET, b"\0")
        entries = list(_ENTRY.iter_unpack(raw))
        for index, (found, full) in enumerate(entries):
            if found == digest:
                # Beyond what this ever writes: the clock was set back.
                return begin + index * _ENTRY.size, full if full <= now + PERIOD + 1 else now
        rested = min(range(WAYS), key=lambda index: entries[index][1])
        return begin + rested * _ENTRY.size, now

    def _opened(self) -> int:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
        return self._file

    def _fault(self, error: OSError) -> None:
        """Say it once a while; a CA that cannot count still signs."""
        now = self._clock()
        if now - self._said >= PERIOD:
            self._said = now
            self._log.error(f"{self._path}: {error.strerror}; requests are not counted")


def _digest(source: str) -> bytes:
    return hashlib.blake2b(source.encode(), digest_size=8).digest()
