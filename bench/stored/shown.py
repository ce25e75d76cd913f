"""bench/database's figures in words."""

from __future__ import annotations

from typing import Any

from bench.plots import Plot
from bench.spread import Spread
from bench.stored.measure import ALL, ALONE, OWN
from bench.stored.run import COLLECTOR, WORKER
from bench.tables import Table

Json = dict[str, Any]
MS = 1000


def _spread(size: Json, name: str) -> Spread:
    return Spread.load(size["seconds"][name]["spread"])


def _cell(size: Json, name: str) -> str:
    return _spread(size, name).text(0, MS)


def _tail(size: Json, name: str) -> str:
    return f"{size['seconds'][name]['p95'] * MS:,.0f}"


def label(size: Json) -> str:
    """How a size is called."""
    if size["again"]:
        return f"{size['nodes']:,}, again at the end"
    if not size["exporting"]:
        return f"{size['nodes']:,} workers of the same cluster, which export nothing"
    return f"{size['nodes']:,}, each of a cluster of its own"


def tables(document: Json) -> list[Table]:
    """Catalogs, then the queries that they wait for."""
    sizes = document["sizes"]
    catalogs = [
        (
            label(size),
            f"{size['known']['resources']:,}",
            _cell(size, WORKER),
            _tail(size, WORKER),
            f"{size['counts'][f'{COLLECTOR}: collected']:,}",
            _cell(size, COLLECTOR),
            _tail(size, COLLECTOR),
        )
        for size in sizes
    ]
    asked = [
        (
            label(size),
            _cell(size, OWN),
            _tail(size, OWN),
            _cell(size, OWN + ALONE),
            f"{size['counts'][ALL]:,}",
            _cell(size, ALL),
            _tail(size, ALL),
            _cell(size, ALL + ALONE),
        )
        for size in sizes
    ]
    return [
        Table(
            "A worker's catalog, from request to answer, while PuppetDB knows so many other nodes. It "
            "collects the namenode and the jobtracker of its cluster; beside it, in turn, the same worker "
            "with a class that collects a file of every node that exports one.",
            (
                "nodes in PuppetDB", "resources in it", "catalog ms", "p95",
                "collected from all", "catalog ms", "p95",
            ),
            catalogs,
        ),
        Table(
            "The queries behind it, through Apache over a new connection, as a master asks; beside it "
            "PuppetDB alone, over a kept one.",
            (
                "nodes in PuppetDB", "own cluster ms", "p95", "PuppetDB alone",
                "rows of all", "all ms", "p95", "PuppetDB alone",
            ),
            asked,
        ),
    ]  # fmt: skip


def plots(document: Json) -> list[Plot]:
    """Milliseconds over nodes."""
    sizes = [size for size in document["sizes"] if size["exporting"] and not size["again"]]
    names = {
        WORKER: WORKER,
        COLLECTOR: COLLECTOR,
        "its query, two rows": OWN,
        "its query, all rows": ALL,
    }
    return [
        Plot(
            name="database",
            title="A worker's catalog, by nodes that export",
            x="nodes that export to PuppetDB",
            y="ms",
            at=[size["nodes"] for size in sizes],
            series={shown: [_scaled(_spread(size, name)) for size in sizes] for shown, name in names.items()},
            log_x=True,
            log_y=True,
        )
    ]


def _scaled(spread: Spread) -> Spread:
    return Spread(spread.median * MS, spread.least * MS, spread.most * MS, spread.count)
