"""bench/scale's figures in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.plots import Plot
from bench.scaling import figures
from bench.scaling.processor import PARTS
from bench.spread import Spread
from bench.tables import Table

Json = dict[str, Any]
LOW = (10, 50, 100)  # so few nodes hardly ever meet: what one run takes alone is what theirs take


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
            used = sum(document["idle_cores"].values()) + figures.rate_of(nodes) * _total(alone)
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


def _total(step: Json) -> float:
    return float(step["cost"]["total"]["median"])


def _cost(document: Json) -> Table:
    rows = []
    for part in PARTS:
        cells = [part, f"{document['idle_cores'][part]:.3f}"]
        for each in document["cores"]:
            cells += [f"{each[name]['cost']['parts'][part]:.3f}" for name in ("alone", "most")]
        rows.append(tuple(cells))
    every = ["all", f"{sum(document['idle_cores'].values()):.3f}"]
    for each in document["cores"]:
        every += [f"{sum(each[name]['cost']['parts'].values()):.3f}" for name in ("alone", "most")]
    head = ["processor time of", "idle, cores"]
    for each in document["cores"]:
        head += [f"s a run, {each['cores']} core{_s(each['cores'])}, alone", "as many as can be done"]
    return Table("Where the processor time of the master's host goes.", head, [*rows, tuple(every)])


def _memory(document: Json) -> Table:
    stages = list(document["memory_mb"])
    rows = [
        (part, *(f"{document['memory_mb'][stage][part]:,.0f}" for stage in stages))
        for part in (*PARTS,)
        if any(document["memory_mb"][stage][part] >= 1 for stage in stages)
    ]
    every = ("all", *(f"{sum(document['memory_mb'][stage].values()):,.0f}" for stage in stages))
    return Table("Memory of the master's host, MB (PSS).", ("", *stages), [*rows, every])


def _known(document: Json) -> Table:
    rows = [
        (
            f"{known['nodes']:,}",
            *_latencies(known)[2:],
            f"{_total(known):.2f}",
            *(f"{known['cost']['parts'][part]:.2f}" for part in PARTS[:1]),
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


def plots(document: Json) -> list[Plot]:
    """Waiting and processor time over nodes; where it goes."""
    found = [_waiting(document), _used(document), _split(document)]
    return [*found, _growth(document)] if document["known"] else found


def _waiting(document: Json) -> Plot:
    series, at = {}, _at(document)
    for each in document["cores"]:
        low = Spread.load(each["alone"]["run"]["spread"])
        steps = [Spread.load(step["run"]["spread"]) for step in each["steps"]]
        series[f"{each['cores']} core{_s(each['cores'])}"] = [*([low] * len(LOW)), *steps]
    return Plot(
        name="scale-runs",
        title="What an agent waits for in a run, in all",
        x="nodes at an interval of 30 minutes",
        y="s",
        at=at,
        series=series,
        log_x=True,
        limits={"kept up (p95)": document["limit_seconds"]},
    )


def _used(document: Json) -> Plot:
    series, at = {}, _at(document)
    idle = sum(document["idle_cores"].values())
    for each in document["cores"]:
        low = [idle + figures.rate_of(nodes) * _total(each["alone"]) for nodes in LOW]
        steps = [sum(step["cores_used"].values()) for step in each["steps"]]
        series[f"of {each['cores']}"] = [Spread.of([value]) for value in (*low, *steps)]
    return Plot(
        name="scale-cores",
        title="Cores that the master's host keeps busy",
        x="nodes at an interval of 30 minutes",
        y="cores",
        at=at,
        series=series,
        log_x=True,
    )


def _split(document: Json) -> Plot:
    kinds: Mapping[str, str] = {"alone": "alone", "most": "as many as can be done"}
    bars = [(each, name) for each in document["cores"] for name in kinds]
    return Plot(
        name="scale-split",
        title="Processor time of a run, by who uses it",
        x="",
        y="s",
        at=[f"{each['cores']} core{_s(each['cores'])},\n{kinds[name]}" for each, name in bars],
        series={
            part: [Spread.of([each[name]["cost"]["parts"][part]]) for each, name in bars] for part in PARTS
        },
        style="stacked",
    )


def _growth(document: Json) -> Plot:
    known = document["known"]
    return Plot(
        name="scale-known",
        title="Processor time of a run, by how many more nodes are known",
        x="more nodes known",
        y="s",
        at=[f"{each['nodes']:,}" for each in known],
        series={part: [Spread.of([each["cost"]["parts"][part]]) for each in known] for part in PARTS},
        style="stacked",
    )


def _at(document: Json) -> list[float]:
    return [*LOW, *(round(step["nodes"]) for step in document["cores"][0]["steps"])]


def _s(count: int) -> str:
    return "" if count == 1 else "s"
