"""What cells come to: for each workload and number of agents, both sides and their ratio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bench.agents.measure import percentile
from bench.catalogs_beside.load import Catalog, Cell
from bench.catalogs_beside.prepared import OURS, PUPPETSERVER
from bench.catalogs_beside.runs import Runs
from bench.spread import Spread

QUANTILES = (50, 95, 99)
Rounds = Sequence[Mapping[str, Cell]]  # by side


def of_catalogs(workload: str, agents: int, catalog: Catalog, rounds: Rounds) -> dict[str, Any]:
    """One row: throughput, latency, processor time and memory, of rounds in which both had their turn."""
    sides = {label: [cells[label] for cells in rounds] for label in (OURS, PUPPETSERVER)}
    return {
        "workload": workload,
        "agents": agents,
        "resources": catalog.resources,
        "bytes": catalog.size,
        "sides": {label: _of_cells(cells) for label, cells in sides.items()},
        "times_the_catalogs": _ratio([(_rate(cells[OURS]), _rate(cells[PUPPETSERVER])) for cells in rounds]),
        "times_the_processor_seconds": _ratio(
            [(_cost(cells[PUPPETSERVER]), _cost(cells[OURS])) for cells in rounds]
        ),
        "load_cores": _spread([cell.load_cores for cells in rounds for cell in cells.values()]),
    }


def of_runs(agents: int, rounds: Sequence[Mapping[str, Runs]]) -> dict[str, Any]:
    """The same of whole runs."""
    sides: dict[str, Any] = {}
    for label in (OURS, PUPPETSERVER):
        runs = [each[label] for each in rounds]
        seconds = sorted(value for each in runs for value in each.seconds)
        sides[label] = {
            "runs": len(seconds),
            "failed": sum(len(each.failures) for each in runs),
            "rate": _spread([each.rate for each in runs]),
            "seconds": _spread(seconds),
            "processor": _spread([each.processor / len(each.seconds) for each in runs if each.seconds]),
            **{f"p{percent}": percentile(seconds, percent) for percent in QUANTILES[:2]},
        }
    return {
        "agents": agents,
        "sides": sides,
        "times_the_runs": _ratio([(each[OURS].rate, each[PUPPETSERVER].rate) for each in rounds]),
    }


def of_starts(seconds: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """From the start to the first catalog."""
    return {
        **{label: _spread(values) for label, values in seconds.items()},
        "times_as_long": _ratio(list(zip(seconds[PUPPETSERVER], seconds[OURS], strict=True))),
    }


def of_memory(samples: Mapping[str, Sequence[Mapping[str, int]]]) -> dict[str, Any]:
    """Bytes of each side, and the last look's by process."""
    return {
        label: {
            "bytes": _spread([float(sum(sample.values())) for sample in looks]),
            "processes": dict(sorted(looks[-1].items(), key=lambda each: -each[1])) if looks else {},
        }
        for label, looks in samples.items()
    }


def _of_cells(cells: Sequence[Cell]) -> dict[str, Any]:
    ordered = sorted(seconds for cell in cells for seconds in cell.latencies)
    return {
        "catalogs": len(ordered),
        "failed": sum(len(cell.failures) for cell in cells),
        "rate": _spread([cell.rate for cell in cells]),
        "processor": _spread([_cost(cell) for cell in cells if cell.latencies]),
        "seconds": _spread(ordered),
        **{f"p{percent}": percentile(ordered, percent) for percent in QUANTILES},
        "memory": _spread([float(cell.memory) for cell in cells if cell.memory]),
    }


def _rate(cell: Cell) -> float:
    return cell.rate


def _cost(cell: Cell) -> float:
    """Processor seconds a catalog."""
    return cell.processor / len(cell.latencies) if cell.latencies else 0.0


def _ratio(pairs: Sequence[tuple[float, float]]) -> dict[str, Any] | None:
    return _spread([above / below for above, below in pairs if above and below])


def _spread(values: Sequence[float]) -> dict[str, Any] | None:
    """None if nothing was measured: what went wrong is told by itself."""
    return Spread.of(values).document() if values else None
