"""With so many cores: runs that do not meet, each rate in turn, and as many as can be done."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from bench.agents.agent import Agent
from bench.agents.site import Say, Site
from bench.errors import BenchError
from bench.scaling import figures, pinning
from bench.scaling.crowd import Crowd, Run
from bench.scaling.load import Load, Step, at_random, evenly
from bench.scaling.processor import BY_ITSELF, Machine, between, usage
from bench.stored import partners
from bench.stored.database import Database
from lab import cgroups

AT_ONCE = 8  # agents that run as often as they can
APART = 2.5  # seconds between runs that do not meet
PATIENCE = 120.0  # seconds for what takes a few on a machine that has nothing else to do


@dataclass(frozen=True)
class Plan:
    """Times in seconds; ``nodes``: what rates are offered; ``known``: how many nodes are known, rising."""

    agents: int
    nodes: Sequence[int]
    cores: Sequence[int]
    rounds: int
    idle: float
    alone: int  # runs that do not meet
    step: float
    most: float
    known: Sequence[int]
    known_runs: int


@dataclass
class Measured:
    """All of it, as it was measured. Methods raise BenchError and LabError."""

    site: Site
    crowd: Crowd
    plan: Plan
    say: Say
    idle: dict[str, float] = field(default_factory=dict)
    alone: dict[int, list[Step]] = field(default_factory=dict)  # by cores
    offered: dict[int, dict[int, list[Step]]] = field(default_factory=dict)  # by cores and nodes
    most: dict[int, list[Step]] = field(default_factory=dict)
    memory: dict[str, dict[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.machine = Machine(cgroups.group(self.crowd.master.instance))
        self.database = Database.of(self.site)
        self.load = Load(self.crowd)
        self._chance = random.Random(1800)  # noqa: S311 - the same arrivals each time
        self._partners: list[str] = []

    async def run(self) -> None:
        """Everything but what more nodes cost, in order."""
        self.say("every agent runs once")
        first = self.crowd.agents[0]
        await self._first_run(first)
        await partners.make_known(self.database, first.identity.certname, self._partners)
        await self._first_runs()
        await self._quiet()
        self.memory["idle"] = self.machine.memory()
        self.idle = await self.rest(self.plan.idle)
        before, began = self.machine.processor(), time.monotonic()
        for number in range(self.plan.rounds):
            for cores in self.plan.cores:
                await self._with(cores, f"round {number + 1}, cores: {cores}")
        self.memory["after load"] = self.machine.memory()
        used, seconds = between(before, self.machine.processor()), time.monotonic() - began
        # In a few seconds of rest they may have had no turn.
        self.idle |= {part: used[part] / seconds for part in BY_ITSELF}

    async def _first_runs(self) -> None:
        """PuppetDB has a catalog of each: later ones change little, as in a cluster that has run a while."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(agent: Agent) -> None:
            async with turns:
                await self._first_run(agent)

        await asyncio.gather(*(one(agent) for agent in self.crowd.agents))

    async def _first_run(self, agent: Agent) -> None:
        if not (await self.crowd.run(agent, applying=False)).well:
            first = self.crowd.journal.failures[0]
            raise BenchError(f"an agent's first run failed: {first.kind}: {first.error}")

    async def leave(self) -> None:
        """Take away what was put into PuppetDB."""
        await asyncio.to_thread(self.database.remove, self._partners)

    async def _with(self, cores: int, title: str) -> None:
        master, others = pinning.shares(cores, pinning.every())
        with ExitStack() as stack:
            stack.enter_context(pinning.kept_to(self.machine.pids, master))
            stack.enter_context(pinning.kept_to(lambda: cgroups.members("daemon"), others))
            # Last: from it the others' are read.
            stack.enter_context(pinning.kept_to(lambda: [os.getpid()], others))
            alone = await self.alone_runs(self.plan.alone)
            self.alone.setdefault(cores, []).append(alone)
            self.say(f"{title}: alone {told(alone)}")
            for nodes in self.plan.nodes:
                step = await self._offered(figures.rate_of(nodes))
                self.offered.setdefault(cores, {}).setdefault(nodes, []).append(step)
                used = sum(step.used.values()) / step.seconds
                self.say(f"{title}: runs of {nodes} nodes begun, {used:.2f} cores used")
            await self.load.drained()
            most = await self._saturated()
            most.queue = await asyncio.to_thread(self.database.depth)
            self.most.setdefault(cores, []).append(most)
            rate = len(most.runs) / most.seconds
            self.say(f"{title}: {rate:.2f} runs/s at most; {told(most)}; PuppetDB's queue {most.queue}")
            await self._quiet()

    async def alone_runs(self, runs: int) -> Step:
        """Runs that do not meet, and all that follows from them."""
        step, before, began = Step(1 / APART), self._read(), time.monotonic()
        await self.load.offer(step, evenly(step.rate, runs * APART), runs * APART)
        await self.load.drained()
        step.seconds = time.monotonic() - began
        self._note(step, before)
        return step

    async def _saturated(self) -> Step:
        """As many runs as can be done, from when as many have ended as are under way at once."""
        runs: list[Run] = []
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.load.saturate(runs, AT_ONCE, over))
            await _until(lambda: len(runs) >= AT_ONCE)
            before, began, passed = self._read(), time.monotonic(), len(runs)
            await asyncio.sleep(self.plan.most)
            await _until(lambda: len(runs) - passed >= AT_ONCE)
            step = Step(0, time.monotonic() - began, runs[passed:])
            self._note(step, before)
            over.set()
        return step

    async def _offered(self, rate: float) -> Step:
        """Runs at random times; those under way at the end still belong to it."""
        step, before = Step(rate), self._read()
        times = at_random(rate, self.plan.step, self._chance)
        await self.load.offer(step, times, self.plan.step)
        self._note(step, before)
        return step

    def _read(self) -> tuple[dict[str, float], float, float]:
        return self.machine.processor(), time.process_time(), usage(cgroups.group("daemon"))

    def _note(self, step: Step, before: tuple[dict[str, float], float, float]) -> None:
        now = self._read()
        step.used = between(before[0], now[0])
        step.generator, step.cloud = now[1] - before[1], now[2] - before[2]

    async def rest(self, seconds: float) -> dict[str, float]:
        """Processor seconds a second, by part, while nobody asks."""
        before = self.machine.processor()
        await asyncio.sleep(seconds)
        return {part: used / seconds for part, used in between(before, self.machine.processor()).items()}

    async def _quiet(self) -> None:
        """Wait until PuppetDB has done what it was sent."""
        began = time.monotonic()
        while depth := await asyncio.to_thread(self.database.depth):
            if time.monotonic() - began > PATIENCE:
                raise BenchError(f"after {PATIENCE:.0f} s PuppetDB still has {depth} commands to do")
            await asyncio.sleep(1)


async def _until(done: Callable[[], bool]) -> None:
    began = time.monotonic()
    while not done():
        if time.monotonic() - began > PATIENCE:
            raise BenchError(f"not done in {PATIENCE:.0f} s: the machine has too much else to do")
        await asyncio.sleep(0.1)


def told(step: Step) -> str:
    """One line on its runs."""
    seconds = sorted(run.seconds for run in step.runs)
    used = sum(step.used.values()) / max(1, len(step.runs))
    middle = seconds[len(seconds) // 2] if seconds else float("nan")
    return f"{len(step.runs)} runs of {middle:.2f} s in the median, {used:.2f} processor s each"
