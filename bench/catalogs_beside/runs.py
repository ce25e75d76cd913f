"""Whole runs of simulated agents, with a cold disk and later: bench/soak's agents, without the wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.agents import documents
from bench.agents.agent import Agent, World
from bench.agents.measure import Journal
from bench.catalogs_beside.prepared import Node, Side
from tests.differential import catalogs
from tests.differential.master import ENVIRONMENT


@dataclass
class Runs:
    """Runs of some agents at once against one side."""

    seconds: list[float] = field(default_factory=list)
    rate: float = 0.0  # runs a second
    failures: list[str] = field(default_factory=list)
    processor: float = 0.0  # seconds that the master used


@dataclass
class Fleet:
    """The agents of one side, with what they remember of it, and the requests that they made."""

    side: Side
    nodes: Sequence[Node]
    journal: Journal = field(default_factory=Journal)
    agents: list[Agent] = field(default_factory=list)

    def first(self) -> Runs:
        """One run of an agent that has nothing yet. Its own requests are not kept in the journal."""
        journal = Journal()
        agent = self._agent(self.nodes[0], journal)
        found = asyncio.run(_in_turn([agent], 0.0, journal))
        agent.world = self._world(self.journal)
        self.agents = [agent]
        return found

    def later(self, count: int, seconds: float) -> Runs:
        """So many agents at once, one run after another. All have on their disks what the first one got."""
        pattern = self.agents[0]
        for node in self.nodes[len(self.agents) : count]:
            agent = self._agent(node, self.journal)
            agent.known, agent.has_run = dict(pattern.known), True
            self.agents.append(agent)
        return asyncio.run(_in_turn(self.agents[:count], seconds, self.journal))

    def _agent(self, node: Node, journal: Journal) -> Agent:
        server = (self.side.server.name, self.side.server.master_port)
        return Agent(node.identity, [server], catalogs.facts_of(node.identity.certname), self._world(journal))

    def _world(self, journal: Journal) -> World:
        words = documents.words(self.nodes[0].identity.certname, 0)
        return World(
            journal=journal,
            clock=time.monotonic,
            on_catalog=_ignore,
            recorded_report=documents.fill(documents.template("report.json"), words),
            apply_seconds=0.0,
            environment=ENVIRONMENT,
        )


async def _in_turn(agents: Sequence[Agent], seconds: float, journal: Journal) -> Runs:
    """Each agent runs at least once."""
    found = Runs()
    known = len(journal.failures)
    until = time.monotonic() + seconds
    found.rate = sum(await asyncio.gather(*(_runs(agent, until, found) for agent in agents)))
    found.failures = [f"{each.agent}, {each.kind}: {each.error}" for each in journal.failures[known:]]
    return found


async def _runs(agent: Agent, until: float, found: Runs) -> float:
    begin = last = time.monotonic()
    done = 0
    while done == 0 or last < until:
        went_well = await agent.run()
        now = time.monotonic()
        if went_well:
            found.seconds.append(now - last)
            done += 1
        last = now
        if not went_well:
            break  # told by the journal
    return done / (last - begin)


def _ignore(_agent: str, _server: str, _asked: float, _catalog: dict[str, Any]) -> None:
    """The catalogs themselves are looked at elsewhere."""
