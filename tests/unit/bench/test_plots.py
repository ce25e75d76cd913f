"""Pictures of figures: the same for the same figures, and readable whatever they are of."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from bench.drawing.picture import RC, drawn
from bench.drawing.styles import COLOURS
from bench.plots import Plot, write
from bench.spread import Spread

CHECKOUT = Path(__file__).parents[3]
NODES = (10, 20, 50, 100, 200, 500, 1000, 2000)


def spread(median: float) -> Spread:
    return Spread(median, median * 0.9, median * 1.2, 5)


def values(*medians: float) -> list[Spread | None]:
    return [spread(each) for each in medians]


LINES = Plot(
    "lines",
    "Catalogs a second",
    "agents at once",
    "catalogs/s",
    (1, 2, 4, 8),
    {"ours": values(9, 16, 17, 17), "puppetserver": values(3, 4.5, 5, 5)},
    limits={"goal": 18},
)
BARS = Plot(
    "bars",
    "Memory",
    "",
    "MB",
    ("idle", "under load"),
    {"ours": values(120, 200), "puppetserver": values(1200, 1700)},
    style="bars",
)
STACKED = Plot(
    "stacked",
    "Phases",
    "workers",
    "s",
    ("1", "8"),
    {"boot": values(20, 30), "catalog": values(5, 6), "job": values(25, 12.25)},
    style="stacked",
)
DENSE = replace(LINES, name="dense", at=NODES, series={"one core": values(*range(1, 9))})
MANY = replace(
    STACKED, name="many", at=NODES, series={f"phase number {n}": values(*NODES) for n in range(11)}
)
LONG = replace(
    BARS,
    name="long",
    at=("node_classifier, by a kept answer", "check_csr with an https store", "nothing at all", "python3"),
    series={"processor time of one call": values(1, 2, 3, 4)},
)
LONGEST = replace(LONG, name="longest", at=tuple(f"{name} {n}" for n in range(3) for name in LONG.at))
LONGEST = replace(LONGEST, series={"one call": values(*range(1, 13))})
WORDY = replace(
    BARS,
    name="wordy",
    at=(
        "warm: kept, and asked a moment ago",
        "cold: nothing kept, the store answers",
        "stale",
        "unknown to it",
    ),
    series={f"store number {n}, by a process of its own": values(1, 2, 3, 4) for n in range(4)},
    limits={"what Python takes for nothing": 2, "what it takes for an import": 3},
)
BESIDE = replace(
    WORDY,
    name="beside",
    series={f"twenty-two letters, {n}.": values(1, 2, 3, 4) for n in range(3)},
    limits={},
)
ALL = (LINES, BARS, STACKED, DENSE, replace(DENSE, name="dense-log", log_x=True, log_y=True), MANY, LONG)


def texts(path: Path) -> list[str]:
    return [
        "".join(each.itertext())
        for each in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")  # noqa: S314 - our own
    ]


def laid_out(plot: Plot) -> Figure:
    with mpl.rc_context(RC):
        figure = drawn(plot)
        FigureCanvasAgg(figure).draw()
    return figure


def boxes(labels: Sequence[Text]) -> list[Bbox]:
    return [each.get_window_extent() for each in labels if each.get_text() and not each.get_rotation()]


def overlapping(found: Sequence[Bbox]) -> list[tuple[Bbox, Bbox]]:
    return [pair for pair in itertools.combinations(found, 2) if pair[0].overlaps(pair[1])]


def test_the_same_figures_give_the_same_picture_in_any_process(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from tests.unit.bench.test_plots import ALL, write\n"
        "for plot in ALL: write(plot, Path(sys.argv[1]))"
    )
    subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "elsewhere")],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONHASHSEED": "1"},
        check=True,
        timeout=120,
    )
    for plot in ALL:
        written = write(plot, tmp_path / "here")
        assert written.read_bytes() == (tmp_path / "elsewhere" / written.name).read_bytes()


def test_other_figures_give_another_picture(tmp_path: Path) -> None:
    other = replace(LINES, series={**LINES.series, "ours": values(9, 16, 17, 17.5)})
    one = write(LINES, tmp_path).read_bytes()
    assert write(other, tmp_path).read_bytes() != one


@pytest.mark.parametrize("plot", ALL, ids=lambda plot: plot.name)
def test_title_axes_and_series_are_named_in_text_that_can_be_searched(plot: Plot, tmp_path: Path) -> None:
    found = texts(write(plot, tmp_path))
    wanted = {plot.title, plot.x, plot.y, *plot.limits, *(plot.series if len(plot.series) > 1 else ())}
    assert wanted - {""} <= set(found)


@pytest.mark.parametrize("plot", [*ALL, LONGEST, WORDY, BESIDE], ids=lambda plot: plot.name)
def test_labels_below_the_axis_do_not_overlap(plot: Plot) -> None:
    [axes] = laid_out(plot).axes
    labels = axes.get_xticklabels()
    assert any(label.get_text() for label in labels)
    assert overlapping(boxes(labels)) == []


@pytest.mark.parametrize("plot", [LINES, BARS, STACKED, MANY, WORDY, BESIDE], ids=lambda plot: plot.name)
def test_the_legend_is_outside_the_axes_and_within_the_picture(plot: Plot) -> None:
    figure = laid_out(plot)
    [legend], [axes] = figure.legends, figure.axes
    box = legend.get_window_extent()
    assert not box.overlaps(axes.get_window_extent())
    assert figure.bbox.contains(*box.min) and figure.bbox.contains(*box.max)
    assert axes.get_window_extent().width > figure.bbox.width / 2
    assert axes.get_window_extent().height > figure.bbox.height / 2


@pytest.mark.parametrize("plot", [LINES, BARS, STACKED], ids=lambda plot: plot.name)
def test_the_background_is_white_so_that_it_shows_on_dark_pages(plot: Plot, tmp_path: Path) -> None:
    root = ElementTree.parse(write(plot, tmp_path)).getroot()  # noqa: S314 - our own
    [background] = root.findall(".//*[@id='patch_1']/*")
    assert "fill: #ffffff" in background.attrib["style"]


def test_what_was_not_measured_is_a_gap() -> None:
    [axes] = drawn(replace(LINES, series={"ours": [*values(9, 16), None, *values(17)]}, limits={})).axes
    [line] = axes.lines
    assert list(line.get_xdata()) == [1, 2, 8]
    [axes] = drawn(replace(BARS, series={"ours": [None, *values(200)]})).axes
    assert [patch.get_height() for patch in axes.patches] == [200]


def test_bars_tell_their_values_where_there_is_room_for_them(tmp_path: Path) -> None:
    assert {"120", "1,700"} <= set(texts(write(BARS, tmp_path)))
    full = replace(BARS, series={f"side {n}": values(123, 456) for n in range(9)})
    assert "123" not in texts(write(full, tmp_path))


def test_a_stack_tells_its_sum_and_its_legend_is_in_its_order(tmp_path: Path) -> None:
    found = texts(write(STACKED, tmp_path))
    assert {"50", "48.2"} <= set(found)
    assert [text for text in found if text in STACKED.series] == ["job", "catalog", "boot"]


def test_series_beyond_the_colours_differ_by_their_pattern() -> None:
    [axes] = drawn(MANY).axes
    looks = {(patch.get_facecolor(), patch.get_hatch()) for patch in axes.patches}
    assert len(looks) == len(MANY.series) > len(COLOURS)


def test_numbers_that_have_no_room_are_left_out_but_marked() -> None:
    [axes] = laid_out(DENSE).axes
    assert list(axes.get_xticks()) == list(NODES)
    shown = [label.get_text() for label in axes.get_xticklabels()]
    assert shown[0] == "10" and shown[-1] == "2,000" and "" in shown
    [axes] = laid_out(replace(DENSE, log_x=True)).axes
    assert "" not in [label.get_text() for label in axes.get_xticklabels()]


def test_a_logarithm_over_few_tens_has_labels_between_them() -> None:
    [axes] = laid_out(replace(LINES, log_y=True)).axes
    assert {"2", "5", "10", "20"} <= {label.get_text() for label in axes.get_yticklabels()}


def test_a_series_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="ours has 2 values at 4 places"):
        drawn(replace(LINES, series={"ours": values(1, 2)}))


def test_files_end_lines_as_editorconfig_has_them(tmp_path: Path) -> None:
    lines = write(LINES, tmp_path).read_text().split("\n")
    assert lines[-1] == ""
    assert [line for line in lines if line != line.rstrip()] == []


def test_what_measures_does_not_load_what_draws() -> None:
    program = "import sys, bench.parts; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, check=False).returncode == 0
