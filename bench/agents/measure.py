"""Samples of requests, and what they come to."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

QUANTILES = (50, 95, 99)
KEPT_FAILURES = 200  # of more, the first ones say enough


@dataclass(frozen=True)
class Sample:
    """One request. `at`: seconds since the beginning; status 0: there was no answer, `error` says why."""

    at: float
    agent: str
    server: str
    kind: str
    status: int
    seconds: float
    failed: bool = False
    error: str = ""


@dataclass
class Journal:
    """All that happened."""

    samples: list[Sample] = field(default_factory=list)

    def add(self, sample: Sample) -> None:
        self.samples.append(sample)

    @property
    def failures(self) -> list[Sample]:
        return [sample for sample in self.samples if sample.failed]

    def kinds(self) -> list[dict[str, Any]]:
        """One row a kind of request, in the order of first use."""
        groups: dict[str, list[Sample]] = defaultdict(list)
        for sample in list(self.samples):
            groups[sample.kind].append(sample)
        return [{"kind": kind, **summary(group)} for kind, group in groups.items()]

    def servers(self) -> dict[str, int]:
        """Requests a server."""
        counts: dict[str, int] = defaultdict(int)
        for sample in list(self.samples):
            counts[sample.server] += 1
        return dict(sorted(counts.items()))

    def failure_rows(self) -> list[dict[str, Any]]:
        return [asdict(sample) for sample in self.failures[:KEPT_FAILURES]]


def percentile(ordered: Sequence[float], percent: float) -> float:
    """By nearest rank, of values in rising order: a value that was measured, never one between two."""
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def summary(samples: Iterable[Sample]) -> dict[str, Any]:
    """Count, failures, statuses and latencies (in seconds) of samples."""
    group = list(samples)
    ordered = sorted(sample.seconds for sample in group)
    statuses: dict[str, int] = defaultdict(int)
    for sample in group:
        statuses[str(sample.status or "none")] += 1
    return {
        "count": len(group),
        "failed": sum(sample.failed for sample in group),
        "statuses": dict(sorted(statuses.items())),
        **{f"p{percent}": percentile(ordered, percent) for percent in QUANTILES},
        "max": ordered[-1] if ordered else math.nan,
    }
