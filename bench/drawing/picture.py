"""A plot as SVG that is the same for the same figures."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator

from bench.drawing import styles

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.typing import RcKeyType

    from bench.plots import Plot

SIZE = (7.5, 3.6)  # inches
LINE = 0.2  # inches that a line of a legend takes
ACROSS = 100  # letters that have room side by side
HANDLE = 9  # letters that have room in place of a legend's sample and the gap to the next one
FEW_TENS = 1000.0  # a logarithmic axis up to here has more than powers of ten
RC: dict[RcKeyType, Any] = {
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.axisbelow": True,
    "hatch.linewidth": 0.6,
}


def write(plot: Plot, folder: Path) -> Path:
    """See `bench.plots.write`."""
    path = folder / f"{plot.name}.svg"
    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context({**RC, "svg.hashsalt": plot.name}):
        drawn(plot).savefig(path, metadata={"Date": None, "Creator": None, "Title": plot.title})
    text = path.read_text(encoding="utf-8")
    path.write_text("".join(f"{line.rstrip()}\n" for line in text.splitlines()), encoding="utf-8")
    return path


def drawn(plot: Plot) -> Figure:
    """The picture before it is written. Raises ValueError."""
    for label, values in plot.series.items():
        if len(values) != len(plot.at):
            raise ValueError(f"{plot.name}: {label} has {len(values)} values at {len(plot.at)} places")
    with mpl.rc_context(RC):
        figure = Figure(figsize=SIZE, layout="constrained", facecolor="white")
        axes = figure.subplots()
        {"lines": styles.lines, "bars": styles.bars, "stacked": styles.stacked}[plot.style](plot, axes)
        axes.set(title=plot.title, xlabel=plot.x, ylabel=plot.y)
        for number, (label, value) in enumerate(plot.limits.items()):
            dashes = styles.DASHES[number % len(styles.DASHES)]
            axes.axhline(value, label=label, color=styles.INK, linestyle=(0, dashes), linewidth=1)
        _frame(plot, axes)
        _legend(plot, figure)
    return figure


def _legend(plot: Plot, figure: Figure) -> None:
    """To the right, or below if its names would leave too little width for the figures."""
    names = plot.legend
    if not names:
        return
    if plot.legend_below:
        columns = max(1, min(len(names), ACROSS // (plot.longest + HANDLE)))
        figure.set_figheight(SIZE[1] + LINE * math.ceil(len(names) / columns))
        figure.legend(loc="outside lower left", frameon=False, ncols=columns)
    else:
        # A stack and its legend are read from the same end.
        figure.legend(loc="outside right upper", frameon=False, reverse=plot.style == "stacked")


def _frame(plot: Plot, axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", linewidth=0.3)
    if plot.log_y:
        axes.set_yscale("log")
        low, high = axes.get_ylim()
        if high / low < FEW_TENS:
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    else:
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_locator(MaxNLocator(steps=[1, 2, 5, 10]))
    _plain(axes.yaxis)


def _plain(axis: Axis) -> None:
    """Figures as one reads them: 10,000, and not powers; those between a logarithm's tens have none."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axis.set_minor_formatter(FuncFormatter(lambda *_: ""))
