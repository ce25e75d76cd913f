"""bench/tunings' figures in words."""

from __future__ import annotations

from typing import Any

from bench.plots import Plot
from bench.spread import Spread
from bench.tables import Table

MS, MB, PERCENT = 1000.0, 1e-6, 100.0
KEPT = {True: "yes", False: "no, tried", None: "no, before"}


def tables(document: dict[str, Any]) -> list[Table]:
    """One row a variant."""
    workloads = list(document["variants"][0]["processor"])
    head = ["", "part of the master", *(f"{name}: ms" for name in workloads)]
    head += [*(f"{name}: % of plain" for name in workloads), "MB"]
    rows = []
    for variant in document["variants"]:
        costs = [Spread.load(variant["processor"][name]).text(0, MS) for name in workloads]
        parts = [Spread.load(variant["of_plain"][name]).text(0, PERCENT) for name in workloads]
        memory = Spread.load(variant["resident"]).text(0, MB)
        kept = KEPT[variant["kept"]]
        rows.append([f"{variant['name']}: {variant['what']}", kept, *costs, *parts, memory])
    title = (
        "Processor time of a whole catalog request in one worker (its classification with it, PuppetDB's own"
        " not), and the worker's resident memory: medians (least to most) of"
        f" {document['rounds']} rounds, the variants in turn."
    )
    return [Table(title, head, rows, words=2)]


def plots(document: dict[str, Any]) -> list[Plot]:
    """What is left of the plain cost."""
    workloads = list(document["variants"][0]["processor"])
    return [
        Plot(
            name="tunings",
            title="What each tuning leaves of a catalog's processor time",
            x="workload",
            y="part of the plain master's",
            at=workloads,
            series={
                variant["name"]: [Spread.load(variant["of_plain"][name]) for name in workloads]
                for variant in document["variants"]
            },
            style="bars",
        )
    ]
