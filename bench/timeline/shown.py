"""The timeline's figures as tables and plots, from the document alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.plots import Plot
from bench.spread import Spread
from bench.tables import Goal, Table
from bench.timeline.cluster import MASTER
from bench.timeline.figures import FLOOR, PHASES, UP

TIMES_FLOOR = 1.3
RESULT_SECONDS = 360
LEAST_STEP = 1.0  # seconds: shorter steps of the path are added to the next one


def goals(document: dict[str, Any]) -> list[Goal]:
    """At most 1.3 times the floor; six minutes from `up` to the job's result."""
    found = []
    against = document["compared"]
    if against:
        ratio = Spread.load(against["to workers known"]["ratio"])
        found.append(
            Goal(
                "`up` to all workers known, against the floor",
                f"at most {TIMES_FLOOR} times",
                f"{ratio.text(2)} times",
                ratio.median <= TIMES_FLOOR,
            )
        )
    runs = _ups(document)
    demo = [run for run in runs if run["workers"] == document["compared_workers"]] or runs
    result = Spread.of([run["to result"] for run in demo])
    workers = f"{demo[0]['workers']} workers" if demo[0]["workers"] > 1 else "1 worker"
    found.append(
        Goal(
            f"`up` to the job's result, {workers}",
            f"at most {RESULT_SECONDS / 60:.0f} min",
            f"{result.text(1, 1 / 60)} min",
            result.median <= RESULT_SECONDS,
        )
    )
    return found


def tables(document: dict[str, Any]) -> list[Table]:
    """Against the floor, the phases, the nodes, processor time, the path."""
    return [
        *([_compared(document)] if document["compared"] else []),
        _phases(document),
        _nodes(document),
        _processor(document),
        _path(document),
    ]


def plots(document: dict[str, Any]) -> list[Plot]:
    """The phases over the number of workers."""
    sizes = sorted(_by_size(document))
    by_size = _by_size(document)
    return [
        Plot(
            "cluster-phases",
            "From up to the job's result",
            "workers",
            "seconds",
            [str(size) for size in sizes],
            {name: [_spread(by_size[size], name) for size in sizes] for name in PHASES},
            style="stacked",
            limits={"goal": RESULT_SECONDS},
        )
    ]


def _ups(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [run for run in document["runs"] if run["kind"] == UP]


def _by_size(document: dict[str, Any]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for run in _ups(document):
        found.setdefault(run["workers"], []).append(run)
    return found


def _spread(runs: Sequence[dict[str, Any]], phase: str) -> Spread:
    return Spread.of([run["phases"][phase] for run in runs])


def _compared(document: dict[str, Any]) -> Table:
    against = document["compared"]
    rows = [
        (
            name,
            *(Spread.load(found[side]).text() for side in (UP, FLOOR)),
            Spread.load(found["ratio"]).text(2),
        )
        for name, found in against.items()
        if name != "workers"
    ]
    return Table(
        f"The cluster by `up`, and by a shell script without Puppet (the floor), workers: "
        f"{against['workers']}; in seconds, run in turn.",
        ("", "up", "floor", "up / floor"),
        rows,
    )


def _phases(document: dict[str, Any]) -> Table:
    by_size = _by_size(document)
    sizes = sorted(by_size)
    rows = [(name, *(_spread(by_size[size], name).text() for size in sizes)) for name in PHASES]
    totals = [Spread.of([run["to result"] for run in by_size[size]]).text() for size in sizes]
    return Table(
        "Phases from `up` to the job's result, in seconds, by the number of workers: each from the last "
        "node's milestone to the last node's next one.",
        ("", *(str(size) for size in sizes)),
        [*rows, ("all", *totals)],
    )


def _nodes(document: dict[str, Any]) -> Table:
    by_size = _by_size(document)
    sizes = sorted(by_size)
    names = by_size[sizes[0]][0]["nodes"]
    rows = []
    for name in names:
        cells = []
        for size in sizes:
            found = [run["nodes"][name] for run in by_size[size] if name in run["nodes"]]
            cells.append(_middle_and_slowest(found))
        rows.append((name, *cells))
    return Table(
        "A node of Hadoop, by the number of workers: median over the nodes / the slowest, in seconds.",
        ("", *(str(size) for size in sizes)),
        rows,
    )


def _middle_and_slowest(found: Sequence[dict[str, float]]) -> str:
    if not found:
        return ""
    middle = Spread.of([each["p50"] for each in found]).median
    return f"{middle:.1f} / {max(each['max'] for each in found):.1f}"


def _processor(document: dict[str, Any]) -> Table:
    columns = [(run["kind"], run["workers"], run["processor"]) for run in _one_of_each(document)]
    names = sorted({(whose, name) for _, _, used in columns for whose in used for name in used[whose]})
    rows = [
        (
            whose if whose == MASTER else "all other nodes",
            name,
            *(_seconds(used, whose, name) for _, _, used in columns),
        )
        for whose, name in names
    ]
    totals = [f"{sum(sum(each.values()) for each in used.values()):.0f}" for _, _, used in columns]
    return Table(
        "Processor seconds from the start to the complete cluster, before the job.",
        ("", "", *(f"{kind}, {workers}" for kind, workers, _ in columns)),
        [*rows, ("all", "", *totals)],
        words=2,
    )


def _seconds(used: dict[str, dict[str, float]], whose: str, name: str) -> str:
    value = used.get(whose, {}).get(name)
    return "" if value is None else f"{value:.1f}"


def _one_of_each(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The last run of each kind and size."""
    found = {(run["kind"] == FLOOR, run["workers"]): run for run in document["runs"]}
    return [found[key] for key in sorted(found)]


def _path(document: dict[str, Any]) -> Table:
    rows = []
    for size, runs in sorted(_by_size(document).items()):
        passed = 0.0
        for step in runs[-1]["path"]:
            passed += step["seconds"]
            if step["seconds"] >= LEAST_STEP:
                rows.append((str(size), step["event"], f"{step['seconds']:.1f}", f"{passed:.1f}"))
    return Table(
        "What the job's result waited for: from each event to the next, in seconds.",
        ("workers", "until", "took", "since up"),
        rows,
        words=2,
    )
