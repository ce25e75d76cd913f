"""What the steps come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bench.agents.measure import percentile
from bench.scaling.load import Step
from bench.scaling.processor import OF_RUNS, PARTS
from bench.spread import Spread

INTERVAL = 1800.0  # seconds from run to run of a node
LIMIT = 5.0  # seconds that 95 of 100 runs may wait for answers in all
Json = dict[str, Any]


def rate_of(nodes: float) -> float:
    """Runs a second of so many nodes."""
    return nodes / INTERVAL


def nodes_at(rate: float) -> float:
    """How many nodes make so many runs a second."""
    return rate * INTERVAL


def latency(values: Sequence[float]) -> Json:
    """A Spread as a document, and its p95."""
    return {"spread": Spread.of(values).document(), "p95": percentile(sorted(values), 95)}


def carried(step: Json) -> bool:
    """Whether the master keeps up with it."""
    return not step["failed"] and bool(step["runs"]) and bool(step["run"]["p95"] <= LIMIT)


def together(steps: Sequence[Step], idle: Mapping[str, float]) -> Json:
    """Steps of one rate, of all rounds, as one. ``idle``: processor seconds a second without runs."""
    runs = [run for step in steps for run in step.runs]
    well = [run for run in runs if run.well]
    seconds = sum(step.seconds for step in steps)
    used = {part: sum(step.used.get(part, 0.0) for step in steps) for part in PARTS}
    found = {
        "nodes": nodes_at(steps[0].rate),
        "seconds": seconds,
        "runs": len(runs),
        "failed": len(runs) - len(well),
        "short": sum(step.short for step in steps),
        "queue": max(step.queue for step in steps),
        "runs_a_second": len(well) / seconds if seconds else 0.0,
        "cores_used": {part: value / seconds for part, value in used.items()} if seconds else {},
        "generator_cores": sum(step.generator for step in steps) / seconds if seconds else 0.0,
        "cloud_cores": sum(step.cloud for step in steps) / seconds if seconds else 0.0,
    }
    if well:
        found["run"] = latency([run.seconds for run in well])
        found["catalog"] = latency([run.catalog for run in well])
        found["cost"] = _cost(steps, idle)
    return found


def _cost(steps: Sequence[Step], idle: Mapping[str, float]) -> Json:
    """Processor seconds a run: of all, as a Spread over the rounds, and by part."""
    each = [
        {
            part: max(0.0, step.used.get(part, 0.0) - idle.get(part, 0.0) * step.seconds) / len(step.runs)
            for part in OF_RUNS
        }
        for step in steps
        if step.runs
    ]
    parts = {part: sum(cost[part] for cost in each) / len(each) for part in OF_RUNS}
    return {"total": Spread.of([sum(cost.values()) for cost in each]).document(), "parts": parts}


def capacity(cores: int, idle: Mapping[str, float], most: Json, steps: Sequence[Json]) -> Json:
    """How many nodes so many cores carry. ``most``: the step of as many runs as could be done."""
    kept = [step["nodes"] for step in steps if carried(step)]
    cost = most["cost"]["total"]["median"]
    return {
        "most_nodes_measured": nodes_at(most["runs_a_second"]),
        "most_nodes_offered": max(kept, default=0.0),
        # Were the master's cores its own, and all of their time for runs.
        "most_nodes_by_cost": nodes_at((cores - sum(idle.values())) / cost) if cost else 0.0,
    }


def first(most: Json) -> list[tuple[str, float]]:
    """Who used how much of the processor time, with all that could be done; the most first."""
    used: Mapping[str, float] = most["cores_used"]
    every = sum(used.values())
    shares = [(part, value / every) for part, value in used.items()] if every else []
    return sorted(shares, key=lambda share: -share[1])
