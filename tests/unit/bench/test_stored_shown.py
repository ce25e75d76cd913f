"""bench/database's tables and plots, from its document alone."""

from pathlib import Path
from typing import Any

import pytest

from bench.drawing import picture
from bench.stored import measure, shown
from bench.stored.measure import Size
from bench.stored.run import COLLECTOR, WORKER


def size(nodes: int, exporting: int, *, again: bool = False) -> Any:
    found = Size(nodes, exporting, 3.0, again)
    found.known = {"resources": nodes * 100, "nodes": nodes}
    for name in (WORKER, COLLECTOR, *measure.queries("a")):
        found.add(name, [0.1, 0.2, 0.3], 2)
        found.add(name + measure.ALONE, [0.05], 2)
    found.counts[f"{COLLECTOR}: collected"] = exporting
    return found.document()


@pytest.fixture
def whole() -> Any:
    return {"sizes": [size(10, 10), size(1000, 1000), size(1000, 0), size(10, 10, again=True)]}


def test_each_size_is_called_by_whose_nodes_they_are(whole: Any) -> None:
    assert [row[0] for row in shown.tables(whole)[0].rows] == [
        "10, each of a cluster of its own",
        "1,000, each of a cluster of its own",
        "1,000 workers of the same cluster, which export nothing",
        "10, again at the end",
    ]


def test_catalogs_are_in_milliseconds_with_what_was_collected(whole: Any) -> None:
    row = shown.tables(whole)[0].rows[1]
    assert row[1:] == ("100,000", "200 (100 to 300)", "300", "1,000", "200 (100 to 300)", "300")


def test_a_run_that_was_cut_short_shows_the_sizes_that_it_has(whole: Any) -> None:
    whole["sizes"] = whole["sizes"][:1]
    assert [len(table.rows) for table in shown.tables(whole)] == [1, 1]


def test_the_plot_has_only_the_sizes_that_export(whole: Any, tmp_path: Path) -> None:
    [plot] = shown.plots(whole)
    assert list(plot.at) == [10, 1000]
    assert picture.write(plot, tmp_path).exists()


def test_the_queries_are_those_of_the_collectors() -> None:
    found = measure.queries("worker-1")
    assert ["=", ["parameter", "cluster"], "hadoop"] in found[measure.OWN]
    assert all(["not", ["=", "certname", "worker-1"]] in query for query in found.values())
