"""From times to durations: the phases of a cluster, what its nodes took, what its end waited for."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from bench.spread import Spread
from bench.timeline.awaited import path
from bench.timeline.cluster import MASTER, Measured
from bench.timeline.node import Node, Run

UP, FLOOR = "up", "floor"
# Milestones in their order; a phase is named after what it ends with.
PHASES = (
    "CA ready, nodes launched",
    "all booted",
    "all have certificates",
    "all have a catalog",
    "packages installed",
    "daemons started",
    "all workers known",
    "all healthy",
    "job done",
)


def phases(measured: Measured) -> dict[str, float]:
    """Seconds of each phase: from the last node's milestone to the last node's next one."""
    nodes = hadoop(measured.nodes)
    stones = [
        measured.began,
        min(each.launched for each in nodes),
        *_latest(each.booted for each in nodes),
        *_latest(each.certified for each in nodes),
        *_latest(each.first.compiled if each.first else None for each in nodes),
        *_latest(end for each in nodes for _, end in each.packages.values()),
        *_latest(each.daemons_up for each in nodes),
        *_latest(measured.registered.values()),
        measured.complete,
        measured.done,
    ]
    # A phase that was over before the one before it had no time of its own.
    for place in range(1, len(stones)):
        stones[place] = max(stones[place], stones[place - 1])
    return dict(zip(PHASES, (after - before for before, after in pairwise(stones)), strict=True))


def _latest(times: Iterable[float | None]) -> list[float]:
    return [max((at for at in times if at is not None), default=0.0)]


def hadoop(nodes: Iterable[Node]) -> list[Node]:
    """All but the puppetmaster."""
    return [each for each in nodes if each.role != MASTER]


def of_node(each: Node) -> dict[str, float | None]:
    """One node's durations in seconds; None: it has no such phase."""
    first = each.first or Run(0.0)
    return {
        "boot": _between(each.launched, each.booted),
        "launch to certificate": _between(each.launched, each.certified),
        "request to certificate": _between(each.requested, each.certified),
        "certificate to first request of a catalog": _between(
            each.certified, each.runs[0].asked if each.runs else None
        ),
        "first catalog: request to answer": _between(
            each.runs[0].asked if each.runs else None, first.compiled
        ),
        "runs without a catalog": float(each.failed_runs),
        "first catalog applied": _between(first.compiled, first.applied),
        "packages": sum(end - begin for begin, end in each.packages.values()) or None,
        "launch to daemons": _between(each.launched, each.daemons_up),
    }


def _between(begin: float | None, end: float | None) -> float | None:
    return None if begin is None or end is None else end - begin


def over_nodes(nodes: Sequence[Node]) -> dict[str, dict[str, float]]:
    """Median and most of each duration over the nodes that have it."""
    rows = [of_node(each) for each in nodes]
    found = {}
    for name in rows[0]:
        values = [value for row in rows if (value := row[name]) is not None]
        if values:
            found[name] = {"p50": statistics.median(values), "max": max(values)}
    return found


def document(measured: Measured, kind: str) -> dict[str, Any]:
    """One run of either kind, for JSON."""
    nodes = measured.nodes
    last = max(measured.registered.values(), default=measured.complete)
    found: dict[str, Any] = {
        "kind": kind,
        "workers": measured.workers,
        "to workers known": last - measured.began,
        "nodes alone": last - min(each.launched for each in hadoop(nodes)),
        "to result": measured.done - measured.began,
        "job": measured.job,
        "processor": by_kind(nodes, measured.processor_complete),
        "processor with job": by_kind(nodes, measured.processor),
    }
    if kind == UP:
        found |= {
            "phases": phases(measured),
            "nodes": over_nodes(hadoop(nodes)),
            "master": over_nodes([each for each in nodes if each.role == MASTER]),
            "path": [vars(step) for step in path(measured)],
            "plugins": max(each.plugins for each in nodes),
        }
    return found


def by_kind(nodes: Sequence[Node], processor: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Processor seconds of the puppetmaster, and of all other nodes together, by what used them."""
    sums: dict[str, Counter[str]] = {}
    for each in nodes:
        whose = MASTER if each.role == MASTER else "nodes"
        sums.setdefault(whose, Counter()).update(processor.get(each.name, {}))
    return {whose: dict(counter) for whose, counter in sums.items()}


def compared(runs: Sequence[dict[str, Any]], workers: int) -> dict[str, Any]:
    """`up` against the floor, by pairs that ran one after the other; empty where there is no pair."""
    ups, floors = (
        [run for run in runs if run["kind"] == kind and run["workers"] == workers] for kind in (UP, FLOOR)
    )
    pairs = list(zip(ups, floors, strict=False))
    if not pairs:
        return {}
    found: dict[str, Any] = {"workers": workers}
    for name in ("to workers known", "nodes alone", "to result", "job"):
        found[name] = _side_by_side([(left[name], right[name]) for left, right in pairs])
    used = [(_used(left), _used(right)) for left, right in pairs]
    found["processor seconds"] = _side_by_side(used)
    nodes = [(_used(left, "nodes"), _used(right, "nodes")) for left, right in pairs]
    found["processor seconds of the nodes"] = _side_by_side(nodes)
    return found


def _used(run: dict[str, Any], whose: str | None = None) -> float:
    return sum(sum(used.values()) for name, used in run["processor"].items() if whose in {None, name})


def _side_by_side(pairs: Sequence[tuple[float, float]]) -> dict[str, Any]:
    return {
        UP: Spread.of([left for left, _ in pairs]).document(),
        FLOOR: Spread.of([right for _, right in pairs]).document(),
        "ratio": Spread.of([left / right for left, right in pairs]).document(),
    }
