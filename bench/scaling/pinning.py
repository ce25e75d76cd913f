"""A machine of so many cores: processes are kept to some of this one's, and set free again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

Pids = Callable[[], Iterable[int]]
TRIES = 20  # processes that start meanwhile are found by the next look


def shares(cores: int, every: set[int]) -> tuple[set[int], set[int]]:
    """The cores of the master, and those of all others: the rest, or the same where there is none."""
    ordered = sorted(every)
    return set(ordered[:cores]), set(ordered[cores:]) or set(every)


def every() -> set[int]:
    """All cores that this process may use."""
    return os.sched_getaffinity(0)


@contextmanager
def kept_to(pids: Pids, cores: set[int]) -> Iterator[None]:
    """All threads of all these processes, and what they start, run on ``cores`` only."""
    before = every()
    keep(pids, cores)
    try:
        yield
    finally:
        keep(pids, before)


def keep(pids: Pids, cores: set[int]) -> None:
    """Until a look finds none that may run elsewhere."""
    for _ in range(TRIES):
        changed = False
        for pid in pids():
            for thread in _threads(pid):
                try:
                    if os.sched_getaffinity(thread) != cores:
                        os.sched_setaffinity(thread, cores)
                        changed = True
                except ProcessLookupError:
                    continue
        if not changed:
            return


def _threads(pid: int) -> list[int]:
    try:
        return [int(path.name) for path in Path(f"/proc/{pid}/task").iterdir()]
    except (FileNotFoundError, ProcessLookupError):
        return []
