"""How each style of a plot is drawn into its axes."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bench.plots import Plot

INK = "#222222"  # goals and whiskers
DASHES = ((5, 2), (1, 1.5), (5, 2, 1, 2), (10, 3))  # of goals
# Okabe and Ito's, which those who are colour-blind tell apart; their yellow does not show on white.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#666666")
HATCHES = ("", "///", "...")  # one for each time that the colours have been used up
MARKERS = "osD^vPX"
FEW = 14  # bars that have room for their values
LETTERS = 78  # of the axis' width, all labels together
LEGEND = 4  # letters that a legend takes beside its names
NEAR = 0.035  # of the axis' width, between labels


def _numbers(plot: Plot) -> list[float]:
    return [float(value) for value in plot.at]


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _hatch(number: int) -> str:
    return HATCHES[number // len(COLOURS) % len(HATCHES)]


def lines(plot: Plot, axes: Axes) -> None:
    """Medians over numbers, least to most as a band."""
    for number, (label, values) in enumerate(plot.series.items()):
        there = [(at, value) for at, value in zip(_numbers(plot), values, strict=True) if value]
        at = [place for place, _ in there]
        colour, marker = _colour(number), MARKERS[number % len(MARKERS)]
        axes.plot(
            at, [value.median for _, value in there], label=label, color=colour, marker=marker, markersize=4
        )
        axes.fill_between(
            at,
            [value.least for _, value in there],
            [value.most for _, value in there],
            color=colour,
            alpha=0.18,
            linewidth=0,
        )
    if plot.log_x:
        axes.set_xscale("log")
    else:
        axes.set_xlim(left=min(0.0, *_numbers(plot)))
    _ticks(plot, axes)


def _ticks(plot: Plot, axes: Axes) -> None:
    """At what was measured; without the label where the one before leaves no room."""
    at = sorted(_numbers(plot))
    places = axes.transAxes.inverted().transform(axes.transData.transform([(value, 0.5) for value in at]))
    labels: list[str] = []
    end = -1.0  # of the last label
    for value, (place, _) in zip(at, places, strict=True):
        text = f"{value:,g}"
        half = NEAR / 4 * len(text)
        fits = place - half >= end
        labels.append(text if fits else "")
        end = place + half + NEAR / 4 if fits else end
    axes.set_xticks(at, labels)
    axes.minorticks_off()


def _names(plot: Plot, axes: Axes) -> None:
    """What stands below bars, in lines as long as there is room."""
    beside = 0 if plot.legend_below or not plot.legend else plot.longest + LEGEND
    room = (LETTERS - beside) // len(plot.at)
    texts = [str(label) for label in plot.at]
    longest = max(len(word) for text in texts for word in text.split())
    if longest <= room:
        axes.set_xticks(range(len(texts)), [textwrap.fill(text, room) for text in texts])
    else:
        axes.set_xticks(range(len(texts)), texts, rotation=25, ha="right", rotation_mode="anchor")
    axes.tick_params(axis="x", length=0)


def bars(plot: Plot, axes: Axes) -> None:
    """Groups of bars, least to most as a whisker."""
    width = 0.8 / len(plot.series)
    tell = len(plot.series) * len(plot.at) <= FEW
    for number, (label, values) in enumerate(plot.series.items()):
        shift = (number - (len(plot.series) - 1) / 2) * width
        there = [(place + shift, value) for place, value in enumerate(values) if value]
        drawn = axes.bar(
            [place for place, _ in there],
            [value.median for _, value in there],
            width * 0.92,
            label=label,
            color=_colour(number),
            hatch=_hatch(number),
            yerr=[
                [value.median - value.least for _, value in there],
                [value.most - value.median for _, value in there],
            ],
            error_kw={"linewidth": 0.9, "capsize": 2, "ecolor": INK},
        )
        if tell:
            axes.bar_label(drawn, [_short(value.median) for _, value in there], padding=2, fontsize=8)
    if tell:
        axes.margins(y=0.12)
    _names(plot, axes)


def stacked(plot: Plot, axes: Axes) -> None:
    """One bar at each place, made of the medians."""
    floor = [0.0] * len(plot.at)
    for number, (label, values) in enumerate(plot.series.items()):
        heights = [value.median if value else 0.0 for value in values]
        axes.bar(
            range(len(floor)),
            heights,
            0.6,
            bottom=floor,
            label=label,
            color=_colour(number),
            hatch=_hatch(number),
            edgecolor="white",
            linewidth=0.7,
        )
        floor = [low + height for low, height in zip(floor, heights, strict=True)]
    for place, total in enumerate(floor):
        axes.annotate(
            _short(total), (place, total), (0, 2), textcoords="offset points", ha="center", fontsize=8
        )
    axes.margins(y=0.1)
    _names(plot, axes)


def _short(value: float) -> str:
    """Three digits of it, more only where they stand before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004
