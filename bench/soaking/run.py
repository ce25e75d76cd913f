"""The soak: agents at work for an hour, while certificates are revoked and code is deployed."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.agents import documents
from bench.agents.agent import Agent, Server, World
from bench.agents.enrolment import Identity
from bench.agents.measure import Journal
from bench.agents.nodes import Nodes
from bench.agents.site import Host, Say, Site
from bench.errors import BenchError
from bench.soaking.deploy import MODULE, Deployer
from bench.soaking.revoking import Revocation, measure
from bench.soaking.usage import Usage, Watch
from conductor.errors import ConductorError
from conductor.servers import MASTER_PORT
from lab.errors import LabError

PROBE = Path(__file__).with_name("probe.py")
MINUTE = 60.0


@dataclass(frozen=True)
class Plan:
    """What is asked for; times in seconds."""

    agents: int
    seconds: float
    interval: float
    splay: float  # the first runs are spread over this
    apply_seconds: float
    deploy_every: float
    refresh: str
    seed: int = 8140


@dataclass
class Counts:
    """Runs of agents."""

    done: int = 0
    failed: int = 0
    late: int = 0  # took longer than the interval, so that the next began at once
    seconds: list[float] = field(default_factory=list)


@dataclass
class Soak:
    """One soak, and all that it saw."""

    site: Site
    plan: Plan
    nodes: Nodes
    say: Say
    save: Callable[[Soak], None] = lambda _: None  # called each minute, in a thread of its own
    journal: Journal = field(default_factory=Journal)
    watch: Watch = field(default_factory=Watch)
    counts: Counts = field(default_factory=Counts)
    revocations: list[Revocation] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    measured: float = 0.0  # seconds that the agents were at work
    interrupted: bool = False

    def __post_init__(self) -> None:
        self._began = time.monotonic()
        self._over = asyncio.Event()
        self.deployer = Deployer(self.site, self.clock, self.plan.refresh)

    def clock(self) -> float:
        """Seconds since the agents began."""
        return time.monotonic() - self._began

    def stop(self) -> None:
        """End early; what was measured is still shown."""
        self.interrupted = True
        self._over.set()

    async def run(self) -> None:
        """All of it. Raises BenchError when it cannot even begin; what fails later is in `problems`."""
        self.say(f"deploying module {MODULE}, version 0")
        await asyncio.to_thread(self.deployer.deploy, "0")
        self.say(f"enrolling {self.plan.agents} agents at the CA")
        batch, identities = await self.nodes.enrol(self.plan.agents, [MODULE])
        try:
            await self._work(identities)
        finally:
            self.measured = self.clock()
            self.say("ending the agents' records, taking the module away")
            await self._attempt("terminating the agents", self.nodes.terminate(batch))
            await self._attempt("removing the module", asyncio.to_thread(self.deployer.remove))

    async def _work(self, identities: list[Identity]) -> None:
        world = World(
            journal=self.journal,
            clock=self.clock,
            on_catalog=lambda _, server, asked, catalog: self.deployer.saw(server, asked, catalog),
            recorded_report=documents.fill(documents.template("report.json"), {"MASTER": "master"}),
            apply_seconds=self.plan.apply_seconds,
        )
        agents = [self._agent(number, identity, world) for number, identity in enumerate(identities)]
        chance = random.Random(self.plan.seed)  # noqa: S311 - the same splay each time
        self._shift_began()
        async with asyncio.TaskGroup() as group:
            for agent in agents:
                group.create_task(self._keep_running(agent, chance.uniform(0, self.plan.splay)))
            group.create_task(self._every(MINUTE, 0.5 * MINUTE, self._revoke))
            group.create_task(self._every(self.plan.deploy_every, self.plan.deploy_every, self._deploy))
            group.create_task(self._every(MINUTE, 1.0, self._look))
            group.create_task(self._every(MINUTE, MINUTE, self._tell))
            group.create_task(self._end())

    def _shift_began(self) -> None:
        """Time counts from the first agent's run; the deploy of version 0 lies before it."""
        before = self.clock()
        self._began = time.monotonic()
        for deploy in self.deployer.deploys:
            deploy.began -= before
            deploy.refreshed = deploy.refreshed - before if deploy.refreshed is not None else None

    def _agent(self, number: int, identity: Identity, world: World) -> Agent:
        servers: list[Server] = [(host.name, MASTER_PORT) for host in self.site.masters]
        turn = number % len(servers)
        words = documents.words(identity.certname, number)
        words |= {"CA": self.site.authority.host, "MASTER": servers[turn][0]}
        facts = documents.fill(documents.template("facts.json"), words)
        return Agent(identity, servers[turn:] + servers[:turn], facts, world)

    async def _end(self) -> None:
        await self._pause(self.plan.seconds)
        self._over.set()

    async def _pause(self, seconds: float) -> bool:
        """Wait, but not beyond the end; says whether it goes on."""
        try:
            await asyncio.wait_for(self._over.wait(), max(0.0, seconds))
        except TimeoutError:
            return True
        return False

    async def _keep_running(self, agent: Agent, offset: float) -> None:
        """As the agent's daemon does it: splay once, then a run each interval."""
        due = offset
        while await self._pause(due - self.clock()):
            began = self.clock()
            await self._attempt("an agent's run", self._run(agent))
            due = max(due + self.plan.interval, self.clock())
            self.counts.late += self.clock() - began > self.plan.interval

    async def _run(self, agent: Agent) -> None:
        began = self.clock()
        well = await agent.run()
        self.counts.done += well
        self.counts.failed += not well
        self.counts.seconds.append(self.clock() - began)

    async def _every(self, seconds: float, first: float, work: Callable[[int], Awaitable[None]]) -> None:
        """Do it now and then; it is not begun when there is no time left to finish it."""
        turn = 0
        while await self._pause(first + turn * seconds - self.clock()):
            await self._attempt(work.__name__.strip("_"), work(turn))
            turn += 1

    async def _attempt(self, doing: str, work: Awaitable[Any]) -> None:
        try:
            await work
        except (BenchError, LabError, ConductorError) as error:
            self._problem(f"{doing}: {error}")
        except Exception as error:  # a fault of one part must not end the others an hour into a run
            self._problem(f"{doing}: {error!r}")

    def _problem(self, text: str) -> None:
        self.problems.append(f"at {self.clock():.0f} s: {text}")
        self.say(f"PROBLEM {text}")

    async def _revoke(self, turn: int) -> None:
        """A new node, revoked at once: in turn on the CA, and by the bucket with an idle CRL before it."""
        _, [identity] = await self.nodes.enrol(1, [MODULE])
        by_bucket = turn % 2 == 1
        if by_bucket:
            await asyncio.to_thread(self.site.shell, self.site.ca, "puppet_ca renew-crl")
        how = "record moved to terminated/" if by_bucket else "puppet_ca clean"
        revocation = Revocation(identity.certname, how, self.clock())
        revoke = self.nodes.mark if by_bucket else self.nodes.clean
        servers = [(host.name, MASTER_PORT) for host in self.site.masters]
        try:
            await measure(identity, servers, lambda: revoke(identity.certname), revocation)
        except BaseException:
            await self.nodes.mark(identity.certname)
            raise
        self.revocations.append(revocation)
        if revocation.failed:
            self.say(f"NOT REFUSED in time: {revocation.row()}")

    async def _deploy(self, turn: int) -> None:
        if self.plan.seconds - self.clock() < self.plan.interval:
            return  # nobody would see it
        version = str(turn + 1)
        self.say(f"deploying version {version}")
        await asyncio.to_thread(self.deployer.deploy, version)

    async def _look(self, turn: int) -> None:
        del turn
        for host in self.site.masters:
            at = self.clock()
            answer = await asyncio.to_thread(self._probe, host)
            self.watch.looks.append(Usage.parse(answer, at=at, master=host.name))

    def _probe(self, host: Host) -> str:
        return self.site.shell(host, "nice python3 -", stdin=PROBE.read_text(encoding="utf-8"))

    async def _tell(self, turn: int) -> None:
        del turn
        memory = ", ".join(f"{self.watch.of(name)[-1].total:.0f} MB" for name in self.watch.masters)
        last = self.revocations[-1].refused.values() if self.revocations else []
        refusal = ", ".join("-" if value is None else f"{value:.0f} s" for value in last) or "-"
        counts, requests = self.counts, len(self.journal.samples)
        self.say(
            f"{self.clock() / MINUTE:3.0f} min: {counts.done} runs, {counts.failed} failed, "
            f"{counts.late} late; "
            f"{requests} requests, {len(self.journal.failures)} failed; masters' memory {memory}; "
            f"last revocation refused after {refusal}"
        )
        await asyncio.to_thread(self.save, self)
