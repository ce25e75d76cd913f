"""Simulated agents of one master, as those of a cluster that has run for a while."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bench.agents import documents
from bench.agents.agent import Agent, World
from bench.agents.enrolment import Identity
from bench.agents.measure import Journal
from bench.agents.site import Host, Site
from conductor.servers import MASTER_PORT

APPLYING = 4.5  # seconds that an agent applies its catalog: longer than it keeps a connection
DAY = 86_400


@dataclass(frozen=True)
class Run:
    """One whole run of an agent; times in seconds, `at` since the crowd came together."""

    at: float
    seconds: float  # that the agent waited for answers
    catalog: float
    well: bool


@dataclass
class Crowd:
    """They share what nodes have on their disks: of all files that one has fetched, the others know."""

    site: Site
    master: Host
    journal: Journal = field(default_factory=Journal)
    agents: list[Agent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._began = time.monotonic()
        self._known: dict[str, str] = {}
        self._chance = random.Random(8140)  # noqa: S311 - the same facts each time
        self._world = World(
            journal=self.journal,
            clock=self.clock,
            on_catalog=lambda *_: None,
            recorded_report=documents.fill(documents.template("report.json"), {"MASTER": "master"}),
            apply_seconds=APPLYING,
        )
        self._hurried = replace(self._world, apply_seconds=0.0)

    def clock(self) -> float:
        """Seconds since the crowd came together."""
        return time.monotonic() - self._began

    def join(self, identities: Iterable[Identity]) -> None:
        """Nodes that have a certificate become agents of the master."""
        for number, identity in enumerate(identities, len(self.agents)):
            words = documents.words(identity.certname, number)
            words |= {"CA": self.site.authority.host, "MASTER": self.master.name}
            facts = documents.fill(documents.template("facts.json"), words)
            servers = [(self.master.name, MASTER_PORT)]
            self.agents.append(Agent(identity, servers, facts, self._world, self._known))

    async def run(self, agent: Agent, *, applying: bool = True) -> Run:
        """One run, with facts that differ from the last ones as a real node's do."""
        agent.facts = aged(agent.facts, self._chance)
        agent.world = self._world if applying else self._hurried
        began, before = self.clock(), len(self.journal.samples)
        well = await agent.run()
        name = agent.identity.certname
        mine = [sample for sample in self.journal.samples[before:] if sample.agent == name]
        asked = sum(sample.seconds for sample in mine)
        catalog = sum(sample.seconds for sample in mine if sample.kind == "catalog")
        return Run(began, asked, catalog, well)


def aged(facts: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    """The same node half an hour later: uptime, load and memory, which PuppetDB stores anew at each run."""
    uptime = facts["system_uptime"]["seconds"] + 1800
    free = chance.randrange(10**9, 2 * 10**10)
    memory = {"available": f"{free / 2**30:.2f} GiB", "available_bytes": free}
    system = facts["memory"]["system"]
    return {
        **facts,
        "load_averages": {name: round(chance.uniform(0, 4), 2) for name in facts["load_averages"]},
        "memory": {**facts["memory"], "system": {**system, **memory}},
        "system_uptime": {
            "days": uptime // DAY,
            "hours": uptime // 3600,
            "seconds": uptime,
            "uptime": f"{uptime // 3600}:{uptime % 3600 // 60:02} hours",
        },
    }
