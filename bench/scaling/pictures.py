"""bench/scale's figures as plots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.plots import Plot
from bench.scaling import figures
from bench.scaling.processor import OF_RUNS
from bench.spread import Spread

Json = dict[str, Any]
LOW = (10, 50, 100)  # so few nodes hardly ever meet: what one run takes alone is what theirs take


def plots(document: Json) -> list[Plot]:
    """Waiting and processor time over nodes; where it goes."""
    found = [_waiting(document), _used(document), _split(document)]
    return [*found, _growth(document)] if document["known"] else found


def _waiting(document: Json) -> Plot:
    series, at = {}, _at(document)
    for each in document["cores"]:
        low = Spread.load(each["alone"]["run"]["spread"])
        steps = [Spread.load(step["run"]["spread"]) for step in each["steps"]]
        series[f"{each['cores']} core{plural(each['cores'])}"] = [*([low] * len(LOW)), *steps]
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
        low = [idle + figures.rate_of(nodes) * total(each["alone"]) for nodes in LOW]
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
        at=[f"{each['cores']} core{plural(each['cores'])},\n{kinds[name]}" for each, name in bars],
        series={
            part: [Spread.of([each[name]["cost"]["parts"][part]]) for each, name in bars] for part in OF_RUNS
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
        series={part: [Spread.of([each["cost"]["parts"][part]]) for each in known] for part in OF_RUNS},
        style="stacked",
    )


def _at(document: Json) -> list[float]:
    return [*LOW, *(round(step["nodes"]) for step in document["cores"][0]["steps"])]


def plural(count: int) -> str:
    """The ending of a noun."""
    return "" if count == 1 else "s"


def total(step: Json) -> float:
    """Processor seconds of a run."""
    return float(step["cost"]["total"]["median"])
