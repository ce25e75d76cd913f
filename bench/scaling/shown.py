"""bench/scale's figures in words."""

from __future__ import annotations

from typing import Any

from bench.scaling import figures
from bench.scaling.pictures import LOW, plots, plural, total
from bench.scaling.processor import BY_ITSELF, OF_RUNS, PARTS
from bench.spread import Spread
from bench.tables import Table

Json = dict[str, Any]
__all__ = ["plots", "tables"]


def tables(document: Json) -> list[Table]:
    """Capacity, load by load, what a run costs, and what more nodes cost."""
    found = [_capacity(document), _curve(document), _cost(document), _memory(document)]
    return [*found, _known(document)] if document["known"] else found


def _capacity(document: Json) -> Table:
    rows = []
    for each in document["cores"]:
        capacity, most = each["capacity"], each["most"]
        rows.append(
            (
                f"{each['cores']}",
                f"{most['runs_a_second']:.2f}",
                f"{capacity['most_nodes_measured']:,.0f}",
                f"{capacity['most_nodes_by_cost']:,.0f}",
                Spread.load(most["cost"]["total"]).text(2),
                ", ".join(f"{part} {share:.0%}" for part, share in figures.first(most)[:3]),
                f"{most['generator_cores']:.2f} + {most['cloud_cores']:.2f}",
                f"{most['queue']}",
            )
        )
    return Table(
        "How many nodes at an interval of 30 minutes one master carries, with CA and database on the same "
        "host. Measured: as many runs as could be done, with 2 cores beside the agents and the lab's cloud, "
        "which have the other core where the master has one. By cost: were its cores its own.",
        (
            "cores", "runs/s", "nodes, measured", "nodes, by cost", "processor s a run", "who used them",
            "cores of agents + cloud", "PuppetDB's queue after",
        ),
        rows,
    )  # fmt: skip


def _curve(document: Json) -> Table:
    rows = []
    for each in document["cores"]:
        label = f"{each['cores']}"
        alone = each["alone"]
        for nodes in LOW:
            used = sum(document["idle_cores"].values()) + figures.rate_of(nodes) * total(alone)
            rows.append((label, f"{nodes:,}", *_latencies(alone), f"{used:.2f} (reckoned)", "yes"))
        for step in each["steps"]:
            used = sum(step["cores_used"].values())
            kept = "yes" if figures.carried(step) else "no"
            rows.append((label, f"{step['nodes']:,.0f}", *_latencies(step), f"{used:.2f}", kept))
    return Table(
        "Runs as nodes of that number make them, at random times. Kept up: no run failed, and 95 of 100 "
        f"waited for answers {document['limit_seconds']:.0f} s or less in all. Up to {LOW[-1]} nodes runs do "
        "not meet: their times are those of runs alone.",
        ("cores", "nodes", "runs", "failed", "run s", "p95", "catalog s", "p95", "cores used", "kept up"),
        rows,
    )


def _latencies(step: Json) -> tuple[str, ...]:
    if "run" not in step:
        return (f"{step['runs']}", f"{step['failed']}", "-", "-", "-", "-")
    cells = [f"{step['runs']}", f"{step['failed']}"]
    for name in ("run", "catalog"):
        cells += [Spread.load(step[name]["spread"]).text(2), f"{step[name]['p95']:.2f}"]
    return tuple(cells)


def _cost(document: Json) -> Table:
    rows = []
    for part in OF_RUNS:
        cells = [part, f"{document['idle_cores'][part]:.3f}"]
        for each in document["cores"]:
            cells += [f"{each[name]['cost']['parts'][part]:.3f}" for name in ("alone", "most")]
        rows.append(tuple(cells))
    rows += [
        (part, f"{document['idle_cores'][part]:.3f}", *["-"] * (2 * len(document["cores"])))
        for part in BY_ITSELF
    ]
    every = ["all", f"{sum(document['idle_cores'].values()):.3f}"]
    for each in document["cores"]:
        every += [f"{sum(each[name]['cost']['parts'].values()):.3f}" for name in ("alone", "most")]
    head = ["processor time of", "idle, cores"]
    for each in document["cores"]:
        head += [f"s a run, {each['cores']} core{plural(each['cores'])}, alone", "as many as can be done"]
    return Table("Where the processor time of the master's host goes.", head, [*rows, tuple(every)])


def _memory(document: Json) -> Table:
    stages = list(document["memory_mb"])
    rows = [
        (part, *(f"{document['memory_mb'][stage][part]:,.0f}" for stage in stages))
        for part in PARTS
        if any(document["memory_mb"][stage][part] >= 1 for stage in stages)
    ]
    every = ("all", *(f"{sum(document['memory_mb'][stage].values()):,.0f}" for stage in stages))
    return Table("Memory of the master's host, MB (PSS).", ("", *stages), [*rows, every])


def _known(document: Json) -> Table:
    rows = [
        (
            f"{known['nodes']:,}",
            *_latencies(known)[2:],
            f"{total(known):.2f}",
            *(f"{known['cost']['parts'][part]:.2f}" for part in OF_RUNS[:1]),
            f"{known['cost']['parts']['PuppetDB'] + known['cost']['parts']['PostgreSQL']:.2f}",
            f"{sum(known['idle_cores'].values()):.3f}",
        )
        for known in document["known"]
    ]
    return Table(
        "Runs that do not meet, while PuppetDB and the bucket know so many more nodes.",
        (
            "more nodes known", "run s", "p95", "catalog s", "p95", "processor s a run", "workers",
            "PuppetDB, PostgreSQL", "idle, cores",
        ),
        rows,
    )  # fmt: skip
