"""The whole measurement: starts, warming, catalogs, whole runs; the sides always in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bench.catalogs_beside import figures, load, usage
from bench.catalogs_beside.load import Catalog, Cell
from bench.catalogs_beside.plan import BY, Plan
from bench.catalogs_beside.prepared import OURS, Node, Prepared, Side
from bench.catalogs_beside.runs import Fleet, Runs
from bench.catalogs_beside.starting import seconds_to_first_catalog
from lab.lifecycle import Say

MOST_LOAD_CORES = 0.7  # above, the agents themselves may be what is slow
TOLD = 3  # failures of a cell that are told one by one


@dataclass
class Measurement:
    """One measurement, and what went wrong in it."""

    prepared: Prepared
    plan: Plan
    say: Say
    wrong: list[str] = field(default_factory=list)
    _warmed: dict[str, dict[str, int]] = field(default_factory=dict)
    _memory: dict[str, dict[str, list[Mapping[str, int]]]] = field(default_factory=dict)

    def run(self) -> dict[str, Any]:
        """All figures. Raises BenchError, HostCommandFailed."""
        starts = self._starts()
        expected = self._warm()
        rows = self._catalogs(expected)
        runs = self._runs()
        self._look("after")
        return {
            "plan": self.plan.document(),
            "puppetserver": self.prepared.tuning,
            "warmed": self._warmed,
            "starts": starts,
            "catalogs": rows,
            "runs": runs,
            "memory": {when: figures.of_memory(looks) for when, looks in self._memory.items()},
        }

    def _starts(self) -> dict[str, Any]:
        seconds: dict[str, list[float]] = {side.label: [] for side in self.prepared.sides}
        for _ in range(self.plan.starts):
            for side in self.prepared.sides:
                seconds[side.label].append(seconds_to_first_catalog(side, self.prepared.nodes[BY][0]))
                self.say(f"{side.label}: the first catalog after {seconds[side.label][-1]:.1f} s")
        self._look("idle")
        return figures.of_starts(seconds)

    def _warm(self) -> dict[str, Catalog]:
        """Let both compile each workload for a while, which puppetserver needs to be as fast as it can be."""
        expected: dict[str, Catalog] = {}
        for workload in self.plan.workloads:
            nodes = self.prepared.nodes[workload][: max(self.plan.agents)]
            for side in self.prepared.sides:
                seconds = self.plan.our_warming if side.label == OURS else self.plan.warming
                warmed = asyncio.run(load.ask(side.server, nodes, seconds, None))
                self._note(f"{side.label}, warming, {workload}", warmed.failures)
                self._warmed.setdefault(side.label, {})[workload] = len(warmed.latencies)
                self.say(f"{workload}, {side.label}: {len(warmed.latencies)} catalogs to warm up")
            usage.settle(self.prepared.sides[0])  # what the nodes export is in each other's catalogs
            for side in self.prepared.sides:
                found = load.seen(asyncio.run(load.one(side.server, nodes[0])))
                known = expected.setdefault(workload, found)
                if known.resources != found.resources:
                    self.wrong.append(
                        f"{workload}: {found.resources} resources by {side.label}, not {known.resources}"
                    )
                self.say(f"{workload}, {side.label}: {found.resources} resources, {found.size / 1000:.0f} kB")
        return expected

    def _catalogs(self, expected: Mapping[str, Catalog]) -> list[dict[str, Any]]:
        cells: dict[tuple[str, int], list[dict[str, Cell]]] = {}
        for number in range(self.plan.rounds):
            for workload in self.plan.workloads:
                for agents in self.plan.agents:
                    nodes = self.prepared.nodes[workload][:agents]
                    both = {
                        side.label: self._cell(side, nodes, expected[workload])
                        for side in self.prepared.sides
                    }
                    cells.setdefault((workload, agents), []).append(both)
                    rates = ", ".join(f"{label} {cell.rate:.2f}/s" for label, cell in both.items())
                    self.say(f"round {number + 1}: {workload}, {agents} at once: {rates}")
        return [
            figures.of_catalogs(workload, agents, expected[workload], rounds)
            for (workload, agents), rounds in cells.items()
        ]

    def _cell(self, side: Side, nodes: Sequence[Node], catalog: Catalog) -> Cell:
        usage.settle(self.prepared.sides[0])
        used = usage.processor_seconds(side)
        cell = asyncio.run(load.ask(side.server, nodes, self.plan.cell_seconds, catalog))
        cell.processor = usage.processor_seconds(side) - used
        cell.memory = sum(usage.memory(side).values())
        where = f"{side.label}, {nodes[0].identity.certname}, {len(nodes)} at once"
        self._note(where, cell.failures)
        if not cell.latencies:
            self.wrong.append(f"{where}: no catalog at all")
        if cell.load_cores > MOST_LOAD_CORES:
            self.wrong.append(f"{where}: the agents themselves used {cell.load_cores:.1f} cores")
        return cell

    def _runs(self) -> dict[str, Any]:
        fleets = [Fleet(side, self.prepared.nodes[BY]) for side in self.prepared.sides]
        first = [
            {fleet.side.label: self._run(fleet, fleet.first, "the first run") for fleet in fleets}
            for _ in range(self.plan.first_runs)
        ]
        later: dict[int, list[dict[str, Runs]]] = {agents: [] for agents in self.plan.run_agents}
        for number in range(self.plan.run_rounds):
            for agents, rounds in later.items():
                both: dict[str, Runs] = {}
                for fleet in fleets:
                    ask = partial(fleet.later, agents, self.plan.run_seconds)
                    both[fleet.side.label] = self._run(fleet, ask, f"round {number + 1}, {agents} at once")
                rounds.append(both)
        return {
            "first": figures.of_runs(1, first),
            "later": [figures.of_runs(agents, rounds) for agents, rounds in later.items()],
            "requests": {fleet.side.label: fleet.journal.kinds() for fleet in fleets},
        }

    def _run(self, fleet: Fleet, ask: Callable[[], Runs], what: str) -> Runs:
        usage.settle(self.prepared.sides[0])
        used = usage.processor_seconds(fleet.side)
        found = ask()
        found.processor = usage.processor_seconds(fleet.side) - used
        self._note(f"{fleet.side.label}, whole runs, {what}", found.failures)
        self.say(f"whole runs, {what}: {fleet.side.label} {found.rate:.2f}/s")
        return found

    def _look(self, when: str) -> None:
        """Memory of both, while nobody asks them."""
        for side in self.prepared.sides:
            looks = self._memory.setdefault(when, {}).setdefault(side.label, [])
            looks.append(usage.memory(side))

    def _note(self, where: str, failures: Sequence[str]) -> None:
        """Failed requests are counted, and the first ones told."""
        if failures:
            told = "; ".join(failures[:TOLD])
            self.wrong.append(f"{where}: {len(failures)} requests failed: {told}")
