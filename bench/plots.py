"""Plots of figures, as SVG that is the same for the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import matplotlib as mpl
from matplotlib.figure import Figure

from bench.spread import Spread

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Style = Literal["lines", "bars", "stacked"]
SIZE = (7.5, 3.6)  # inches
COLOURS = ("#1f6feb", "#d1690e", "#2da44e", "#8250df", "#bf3989", "#6e7781", "#b08800", "#0e7490")


@dataclass(frozen=True)
class Plot:
    """One picture. ``name`` is its file's, without ending; each of ``series`` has a value at each of ``at``.

    ``lines``: over numbers in ``at``, least to most as a band. ``bars``: groups of bars, least to most as a
    whisker. ``stacked``: one bar each of ``at``, made of the series.
    """

    name: str
    title: str
    x: str
    y: str
    at: Sequence[float] | Sequence[str]
    series: Mapping[str, Sequence[Spread]]
    style: Style = "lines"
    log_x: bool = False
    log_y: bool = False
    limits: Mapping[str, float] = field(default_factory=dict)  # goals, as lines across


def write(plot: Plot, folder: Path) -> Path:
    """Draw it into ``folder``; gives the file."""
    with mpl.rc_context({"svg.hashsalt": plot.name, "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.subplots()
        _draw(plot, axes)
        axes.set(title=plot.title, xlabel=plot.x, ylabel=plot.y)
        if plot.log_y:
            axes.set_yscale("log")
        else:
            axes.set_ylim(bottom=0)
        for number, (label, value) in enumerate(plot.limits.items()):
            axes.axhline(value, label=label, color="#cf222e", linestyle=(0, (4, 2 + number)), linewidth=1)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", linewidth=0.3)
        if len(plot.series) + len(plot.limits) > 1:
            figure.legend(loc="outside right upper", frameon=False)
        path = folder / f"{plot.name}.svg"
        folder.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None, "Creator": None})
    text = path.read_text(encoding="utf-8")
    path.write_text("".join(f"{line.rstrip()}\n" for line in text.splitlines()), encoding="utf-8")
    return path


def _draw(plot: Plot, axes: Axes) -> None:
    if plot.style == "lines":
        _lines(plot, axes)
        return
    places = range(len(plot.at))
    axes.set_xticks(list(places), [str(label) for label in plot.at])
    if plot.style == "stacked":
        floor = [0.0] * len(plot.at)
        for colour, (label, values) in zip(COLOURS, plot.series.items(), strict=False):
            heights = [value.median for value in values]
            axes.bar(places, heights, bottom=floor, label=label, color=colour, width=0.6)
            floor = [low + height for low, height in zip(floor, heights, strict=True)]
        return
    width = 0.8 / len(plot.series)
    for number, (label, values) in enumerate(plot.series.items()):
        heights = [value.median for value in values]
        whiskers = [
            [value.median - value.least for value in values],
            [value.most - value.median for value in values],
        ]
        where = [place + (number - (len(plot.series) - 1) / 2) * width for place in places]
        axes.bar(
            where,
            heights,
            width,
            label=label,
            color=COLOURS[number],
            yerr=whiskers,
            error_kw={"linewidth": 0.8},
        )


def _lines(plot: Plot, axes: Axes) -> None:
    at = [float(value) for value in plot.at]
    for colour, (label, values) in zip(COLOURS, plot.series.items(), strict=False):
        axes.plot(at, [value.median for value in values], label=label, color=colour, marker="o", markersize=3)
        axes.fill_between(
            at, [value.least for value in values], [value.most for value in values], color=colour, alpha=0.15
        )
    if plot.log_x:
        axes.set_xscale("log")
    axes.set_xticks(at, [f"{value:g}" for value in at])
    axes.minorticks_off()
