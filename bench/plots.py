"""Plots of figures, as SVG that is the same for the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bench.spread import Spread

Style = Literal["lines", "bars", "stacked"]
BESIDE = 22  # letters of a legend that is beside the figures


@dataclass(frozen=True)
class Plot:
    """One picture. ``name`` is its file's, without ending; each of ``series`` has a value at each of ``at``.

    ``lines``: over numbers in ``at``, least to most as a band. ``bars``: groups of bars, least to most as a
    whisker. ``stacked``: one bar each of ``at``, made of the series, medians. None: not measured there.
    """

    name: str
    title: str
    x: str
    y: str
    at: Sequence[float] | Sequence[str]
    series: Mapping[str, Sequence[Spread | None]]
    style: Style = "lines"
    log_x: bool = False
    log_y: bool = False
    limits: Mapping[str, float] = field(default_factory=dict)  # goals, as lines across

    @property
    def legend(self) -> list[str]:
        """What the legend explains; a single series is what the title says."""
        names = [*self.series, *self.limits]
        return names if len(names) > 1 else []

    @property
    def longest(self) -> int:
        """Letters of the legend's longest line."""
        return max((len(line) for name in self.legend for line in name.split("\n")), default=0)

    @property
    def legend_below(self) -> bool:
        """Whether it would take too much of the width."""
        return self.longest > BESIDE


def write(plot: Plot, folder: Path) -> Path:
    """Draw it into ``folder``; gives the file. Raises ValueError: a series has too few values or too many."""
    from bench.drawing import picture  # noqa: PLC0415 - matplotlib is not for measurements to wait for

    return picture.write(plot, folder)
