"""What the end waited for: from the last event back to the first, always by the latest that it needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Events:
    """What happened when, and what each event had to wait for."""

    times: dict[str, float] = field(default_factory=dict)
    needs: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, at: float | None, *needs: str) -> None:
        """An event that did not happen is left out, and so is every need of it."""
        if at is not None:
            self.times[name] = at
            self.needs[name] = list(needs)


@dataclass(frozen=True)
class Step:
    """``event`` came ``seconds`` after the one before it on the path."""

    event: str
    seconds: float


def critical(events: Events, end: str) -> list[Step]:
    """The path to ``end``, from its first event (which took 0 s) on."""
    path = [end]
    while True:
        before = _latest(events.times, events.needs[path[-1]], events.times[path[-1]])
        if before is None or before in path:
            break
        path.append(before)
    path.reverse()
    times = [events.times[name] for name in path]
    return [
        Step(name, at - earlier) for name, at, earlier in zip(path, times, [times[0], *times], strict=False)
    ]


def _latest(times: Mapping[str, float], needs: Sequence[str], before: float) -> str | None:
    """The latest of the needed events; one that is later than what needs it was no need of it after all."""
    known = [name for name in needs if name in times and times[name] <= before]
    return max(known, key=lambda name: times[name], default=None)
