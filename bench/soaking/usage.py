"""The memory of a master's processes, its CRL files and workers, as probe.py reports them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from bench.errors import BenchError


@dataclass(frozen=True)
class Usage:
    """One look at one master. Memory is in MB."""

    at: float
    master: str
    # Of apache, passenger, workers, ...: PSS, where shared pages count once, over all who share them.
    groups: Mapping[str, float]
    workers: Mapping[int, float]  # pid -> resident
    limit: float | None  # of what is resident of one worker
    crl_names: int  # in the folder that Apache reads, links among them
    crl_files: int
    cpu_seconds: float  # of the whole host, since its boot

    @property
    def total(self) -> float:
        return sum(self.groups.values())

    @classmethod
    def parse(cls, text: str, *, at: float, master: str) -> Usage:
        """Raises BenchError."""
        try:
            found = json.loads(text)
            return cls(
                at=at,
                master=master,
                groups={name: kilobytes / 1024 for name, kilobytes in found["groups"].items()},
                workers={int(pid): kilobytes / 1024 for pid, kilobytes in found["workers"].items()},
                limit=found["limit_mb"],
                crl_names=int(found["crl_names"]),
                crl_files=int(found["crl_files"]),
                cpu_seconds=float(found["cpu_seconds"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BenchError(f"{master}: the probe's answer cannot be read: {text[:200]!r}") from error


@dataclass
class Growth:
    """Early against late memory of one master, in MB."""

    master: str
    early: float
    late: float
    limit: float

    @property
    def too_much(self) -> bool:
        return self.late > self.limit


@dataclass
class Watch:
    """All looks at all masters."""

    looks: list[Usage] = field(default_factory=list)

    def of(self, master: str) -> list[Usage]:
        return [look for look in self.looks if look.master == master]

    @property
    def masters(self) -> list[str]:
        return sorted({look.master for look in self.looks})


def growth(looks: Sequence[Usage], *, minutes: float, factor: float, slack: float) -> Growth | None:
    """The rule on memory: the mean of the last ten minutes may be `factor` times the mean of minutes 10 to
    20, and `slack` MB on top. None when the run was too short to have both (less than 30 minutes).
    """
    if minutes < 30:  # noqa: PLR2004 - two windows of ten minutes after a start of ten
        return None
    early = [look.total for look in looks if 600 <= look.at < 1200]  # noqa: PLR2004
    late = [look.total for look in looks if look.at >= minutes * 60 - 600]
    if not early or not late:
        return None
    mean = fmean(early)
    return Growth(looks[0].master, mean, fmean(late), mean * factor + slack)


def stuck(looks: Sequence[Usage]) -> list[int]:
    """Workers over their limit at three looks in a row: nothing recycled them."""
    over = [{pid for pid, used in look.workers.items() if look.limit and used > look.limit} for look in looks]
    return sorted(set().union(*(a & b & c for a, b, c in zip(over, over[1:], over[2:], strict=False))))
