"""What several measurements of the same thing come to. A figure alone says nothing on a noisy machine."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Spread:
    """Median, least and most of ``count`` values."""

    median: float
    least: float
    most: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Raises ValueError without values."""
        if not values:
            raise ValueError("nothing was measured")
        return cls(statistics.median(values), min(values), max(values), len(values))

    @classmethod
    def load(cls, document: dict[str, Any]) -> Spread:
        """From what ``document`` gave."""
        return cls(**document)

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return dict(vars(self))

    def text(self, digits: int = 1, scale: float = 1.0) -> str:
        """``12.3 (11.9 to 14.0)``; of a single value, that value. ``scale`` changes the unit."""
        median, least, most = (
            f"{value * scale:,.{digits}f}" for value in (self.median, self.least, self.most)
        )
        return median if self.count == 1 else f"{median} ({least} to {most})"
