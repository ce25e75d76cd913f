"""Agents at a rate that is offered."""

import asyncio
import random
from functools import partial
from typing import Any

import pytest

from bench.scaling.crowd import Run
from bench.scaling.load import Load, Step, at_random, evenly

chance = partial(random.Random, 1)


class Crowd:
    """Agents are names; a run takes no time unless it has to wait for ``go``."""

    def __init__(self, *agents: str) -> None:
        self.agents = list(agents)
        self.ran: list[str] = []
        self.go = asyncio.Event()
        self.go.set()

    async def run(self, agent: Any, *, applying: bool = True) -> Run:
        del applying
        self.ran.append(agent)
        await self.go.wait()
        await asyncio.sleep(0)
        return Run(0.0, 1.0, 0.5, True)


def load(crowd: Crowd) -> Load:
    whole: Any = crowd
    return Load(whole)


def test_random_times_are_as_many_as_the_rate_has_and_rise() -> None:
    times = list(at_random(2.0, 10.0, chance()))
    assert len(times) == 20
    assert times == sorted(times)
    assert min(times) >= 0
    assert max(times) <= 10


def test_a_rate_has_at_least_one_run() -> None:
    assert len(list(at_random(0.01, 5.0, chance()))) == 1


def test_runs_that_do_not_meet_are_equally_far_apart() -> None:
    assert list(evenly(0.5, 6.0)) == [0.0, 2.0, 4.0]


@pytest.mark.parametrize("starts", [6])
def test_the_agent_that_has_rested_longest_is_next(starts: int) -> None:
    async def work() -> Crowd:
        crowd, step = Crowd("a", "b", "c"), Step(1.0)
        loading = load(crowd)
        for _ in range(starts):
            await loading.offer(step, iter([0.0]), 0.0)
            await loading.drained()
        assert len(step.runs) == starts
        return crowd

    assert asyncio.run(work()).ran == ["a", "b", "c", "a", "b", "c"]


def test_a_run_that_no_agent_is_free_for_is_counted_as_short() -> None:
    async def work() -> Step:
        crowd, step = Crowd("a", "b"), Step(1.0)
        crowd.go.clear()
        loading = load(crowd)
        await loading.offer(step, iter([0.0] * 5), 0.0)
        crowd.go.set()
        await loading.drained()
        return step

    step = asyncio.run(work())
    assert (len(step.runs), step.short) == (2, 3)


def test_as_many_runs_as_can_be_done_end_when_it_is_over() -> None:
    async def work() -> tuple[list[Run], Crowd]:
        crowd, runs, over = Crowd("a", "b", "c"), [], asyncio.Event()
        task = asyncio.create_task(load(crowd).saturate(runs, 2, over))
        while len(runs) < 10:
            await asyncio.sleep(0)
        over.set()
        await task
        return runs, crowd

    runs, crowd = asyncio.run(work())
    assert 10 <= len(runs) <= 12
    assert set(crowd.ran) == {"a", "b", "c"}
