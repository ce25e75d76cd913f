"""A figure, what it is compared with, and how much it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ratio:
    """Processor time of a command against another one's, in seconds, medians of calls in turn."""

    name: str
    reference: str
    seconds: float
    reference_seconds: float
    limit: float | None = None  # None: for information
    wall: float = 0.0  # the same in elapsed time, which on a busy machine says most about that
    reference_wall: float = 0.0

    @property
    def ratio(self) -> float:
        return self.seconds / self.reference_seconds

    @property
    def good(self) -> bool:
        return self.limit is None or self.ratio <= self.limit

    def row(self) -> list[str]:
        """As a line of a table."""
        return [
            self.name,
            self.reference,
            f"{self.seconds * 1000:.1f}",
            f"{self.reference_seconds * 1000:.1f}",
            f"{self.ratio:.2f}",
            "" if self.limit is None else f"{self.limit:g}",
            f"{self.wall * 1000:.0f} / {self.reference_wall * 1000:.0f}",
        ]


RATIO_HEAD = ("command", "against", "ms", "ms", "ratio", "limit", "elapsed ms")


@dataclass(frozen=True)
class Duration:
    """Elapsed time of something, in seconds."""

    name: str
    seconds: float
    processor: float  # seconds of processor time in it
    limit: float | None = None

    @property
    def good(self) -> bool:
        return self.limit is None or self.seconds <= self.limit

    def row(self) -> list[str]:
        """As a line of a table."""
        limit = "" if self.limit is None else f"{self.limit:g}"
        return [self.name, f"{self.seconds:.1f}", f"{self.processor:.1f}", limit]


DURATION_HEAD = ("sweep", "s", "processor s", "limit s")


@dataclass(frozen=True)
class Rate:
    """How many nodes a CA enrolled in a second, and how long the answers took, in seconds."""

    name: str
    per_second: float
    p50: float
    p95: float
    longest: float

    def row(self) -> list[str]:
        """As a line of a table."""
        latencies = [f"{seconds * 1000:.0f}" for seconds in (self.p50, self.p95, self.longest)]
        return [self.name, f"{self.per_second:.1f}", *latencies]


RATE_HEAD = ("CA", "signed/s", "p50 ms", "p95 ms", "max ms")


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, words: int) -> str:
    """Lines of columns: the first ``words`` of them to the left, the others, figures, to the right."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(
            cell.ljust(width) if column < words else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()

    return "\n".join(line(cells) for cells in (head, *rows))


def document(figures: Sequence[Ratio | Duration | Rate]) -> list[dict[str, Any]]:
    """For JSON."""
    extra = [{"ratio": entry.ratio} if isinstance(entry, Ratio) else {} for entry in figures]
    return [{**vars(entry), **more} for entry, more in zip(figures, extra, strict=True)]
