"""bench/scale's figures, as they are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.scaling import figures
from bench.scaling.growth import Known
from bench.scaling.measure import Measured

Json = dict[str, Any]


def of(done: Measured, known: Sequence[Known]) -> Json:
    """All that was measured."""
    return {
        "agents": len(done.crowd.agents),
        "limit_seconds": figures.LIMIT,
        "idle_cores": done.idle,
        "memory_mb": done.memory,
        "cores": [of_cores(done, cores) for cores in sorted(done.most)],
        "known": [of_known(each) for each in known],
        "requests": done.crowd.journal.kinds(),
        "failures": done.crowd.journal.failure_rows(),
    }


def of_cores(done: Measured, cores: int) -> Json:
    """With so many cores."""
    steps = [figures.together(steps, done.idle) for steps in done.offered[cores].values()]
    most = figures.together(done.most[cores], done.idle)
    return {
        "cores": cores,
        "alone": figures.together(done.alone[cores], done.idle),
        "steps": steps,
        "most": most,
        "capacity": figures.capacity(cores, done.idle, most, steps),
    }


def of_known(known: Known) -> Json:
    """With so many nodes known besides those that run."""
    found = figures.together([known.step], known.idle)
    return {**found, "nodes": known.nodes, "fill_seconds": known.seconds, "idle_cores": known.idle}


def wrong(document: Json) -> list[str]:
    """Whether it was measured: runs that failed, steps without runs, rates that were not offered."""
    found = []
    for each in document["cores"]:
        named = {"alone": each["alone"], "as many as can be done": each["most"]}
        named |= {f"{step['nodes']:.0f} nodes": step for step in each["steps"]}
        for name, step in named.items():
            what = f"{each['cores']} cores, {name}"
            if step["failed"]:
                found.append(f"{what}: {step['failed']} of {step['runs']} runs failed")
            if not step["runs"]:
                found.append(f"{what}: no run")
            if step["short"]:
                found.append(f"{what}: {step['short']} runs had no agent free; take more --agents")
    for known in document["known"]:
        if known["failed"] or not known["runs"]:
            found.append(f"{known['nodes']} nodes known: {known['failed']} of {known['runs']} runs failed")
    if document["failures"]:
        first = document["failures"][0]
        found.append(f"the first failure, at {first['at']:.0f} s: {first['kind']}: {first['error']}")
    return found
