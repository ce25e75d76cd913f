"""What is measured, how often and for how long; and so how long it takes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

WORKLOADS = ("worker", "apache", "hundred", "keystone")
BY = "worker"  # whose catalog is the first one after a start, and whose nodes make whole runs
SIDES = 2
CORES = 2
# What each of these takes beside the measured seconds, roughly.
INSTALLATION, PREPARATION = 30.0, 10.0  # of modules, on hosts without them; of code and data
PER_NODE, PER_CELL = 0.2, 0.6
PUPPETSERVER_START, OUR_START = 42.0, 4.0
FIRST_RUN = 4.0
# Processor seconds of a catalog: ours, puppetserver. An agent finishes what it has asked for.
COSTS = {"worker": (0.15, 0.8), "apache": (1.6, 5.0), "hundred": (0.35, 0.8), "keystone": (0.13, 0.5)}


@dataclass(frozen=True)
class Plan:
    """Times in seconds. A cell is one side with one workload and so many agents at once."""

    workloads: tuple[str, ...]
    agents: tuple[int, ...]
    rounds: int
    cell_seconds: float
    starts: int
    warming: float  # puppetserver, for each workload, with as many agents as there are most of
    our_warming: float
    first_runs: int
    run_agents: tuple[int, ...]
    run_rounds: int
    run_seconds: float

    @property
    def nodes(self) -> int:
        """So many nodes each workload needs: agents that ask at once are different ones."""
        return max(*self.agents, *self.run_agents)

    @property
    def estimated_seconds(self) -> float:
        """The whole time, on hosts that have the modules."""
        count = len(self.workloads)
        cells = count * len(self.agents) * self.rounds * SIDES
        costs = sum(sum(COSTS[workload]) for workload in self.workloads) / CORES
        runs = len(self.run_agents) * self.run_rounds * SIDES
        return (
            PREPARATION
            + self.nodes * count * PER_NODE
            + self.starts * (PUPPETSERVER_START + OUR_START)
            + count * (self.warming + self.our_warming)
            + cells * (self.cell_seconds + PER_CELL)
            + self.rounds * costs * sum(self.agents)
            + self.first_runs * SIDES * FIRST_RUN
            + runs * (self.run_seconds + PER_CELL)
        )

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


FULL = Plan(
    workloads=WORKLOADS,
    agents=(1, 2, 4, 8),
    rounds=3,
    cell_seconds=2.0,
    starts=2,
    warming=15.0,
    our_warming=2.0,
    first_runs=2,
    run_agents=(1, 4),
    run_rounds=2,
    run_seconds=4.0,
)
QUICK = Plan(
    workloads=("worker",),  # puppetserver's first catalogs of each take their time
    agents=(1, 4),
    rounds=1,
    cell_seconds=1.0,
    starts=1,
    warming=3.0,
    our_warming=1.0,
    first_runs=1,
    run_agents=(4,),
    run_rounds=1,
    run_seconds=2.0,
)
