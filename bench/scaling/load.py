"""Runs at a rate that is offered, whatever becomes of them; and as many as the master can do."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.agents.agent import Agent
from bench.scaling.crowd import Crowd, Run


@dataclass
class Step:
    """Runs that were begun at one rate, and what was seen meanwhile."""

    rate: float  # runs a second; 0: as many as were done
    seconds: float = 0.0
    runs: list[Run] = field(default_factory=list)
    short: int = 0  # runs that no agent was free for: they are not counted
    used: dict[str, float] = field(default_factory=dict)  # seconds of processor time, by part
    generator: float = 0.0  # seconds of processor time of this process
    cloud: float = 0.0  # and of the lab's
    queue: int = 0  # commands that PuppetDB had yet to do at the end


def at_random(rate: float, seconds: float, chance: random.Random) -> Iterator[float]:
    """When runs begin, in seconds from the beginning: agents with splay know nothing of one another.

    As many as the rate has in the time, and not by chance more or less.
    """
    yield from sorted(chance.uniform(0, seconds) for _ in range(max(1, round(rate * seconds))))


def evenly(rate: float, seconds: float) -> Iterator[float]:
    """When runs begin that do not meet."""
    yield from (number / rate for number in range(max(1, round(rate * seconds))))


class Load:
    """A crowd at work: the agent that has rested longest is the next one."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._idle: deque[Agent] = deque(crowd.agents)
        self._under_way: set[asyncio.Task[None]] = set()

    async def offer(self, step: Step, times: Iterator[float], seconds: float) -> None:
        """Begin runs at these times; returns when the time is over, without waiting for them."""
        began = time.monotonic()
        for at in times:
            await asyncio.sleep(max(0.0, began + at - time.monotonic()))
            if not self._idle:
                step.short += 1
                continue
            task = asyncio.create_task(self._one(step, self._idle.popleft()))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        await asyncio.sleep(max(0.0, began + seconds - time.monotonic()))
        step.seconds = time.monotonic() - began

    async def saturate(self, runs: list[Run], agents: int, over: asyncio.Event) -> None:
        """So many agents, each beginning its next run as soon as it can, until ``over``; fills ``runs``."""

        async def one() -> None:
            while not over.is_set():
                agent = self._idle.popleft()
                try:
                    runs.append(await self._crowd.run(agent, applying=False))
                finally:
                    self._idle.append(agent)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(agents, len(self._idle))):
                group.create_task(one())

    async def drained(self) -> None:
        """Wait for all runs under way."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _one(self, step: Step, agent: Agent) -> None:
        try:
            step.runs.append(await self._crowd.run(agent))
        finally:
            self._idle.append(agent)
