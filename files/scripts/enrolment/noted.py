"""Small numbers that one process notes and another reads: ``NAME NUMBER``, one a line.

For `puppet_metrics`. Nothing depends on them: what cannot be noted is not, and nothing is said of it.
"""

import contextlib
import os
import time
from collections.abc import Mapping
from pathlib import Path

from .files import locked, write_atomic

LOCK_TIMEOUT = 1.0  # seconds
MAX_BYTES = 64 * 1024


def note(path: Path, numbers: Mapping[str, int]) -> None:
    """Replace what the file says."""
    with contextlib.suppress(OSError):
        _write(path, numbers, None)


def count(path: Path, name: str, *, owner: tuple[int, int] | None = None) -> None:
    """Add one to a number, and set ``last`` to now; ``owner`` is (uid, gid) of the file."""
    lock = path.with_name(f"{path.name}.lock")
    with contextlib.suppress(OSError, TimeoutError), locked(lock, timeout=LOCK_TIMEOUT, owner=owner):
        numbers = read(path)
        _write(path, {**numbers, name: numbers.get(name, 0) + 1, "last": int(time.time())}, owner)


def read(path: Path) -> dict[str, int]:
    """Return the numbers; none from what is not there or is no such file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return {}
    with os.fdopen(descriptor, "rb") as file:
        try:
            lines = file.read(MAX_BYTES).decode("ascii").splitlines()
        except (OSError, UnicodeDecodeError):
            return {}
    pairs = (line.rpartition(" ") for line in lines)
    return {name: int(number) for name, _, number in pairs if name and number.isdecimal()}


def _write(path: Path, numbers: Mapping[str, int], owner: tuple[int, int] | None) -> None:
    text = "".join(f"{name} {number}\n" for name, number in numbers.items())
    write_atomic(path, text.encode("ascii"), mode=0o644, owner=owner, durable=False)
