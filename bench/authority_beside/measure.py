"""Both CAs in turn: started, left alone, and asked by one node and by eight at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.authority_beside.authority import SIDES, Authority
from bench.authority_beside.load import Node, burst
from bench.authority_beside.nodes import Nodes
from bench.errors import BenchError

CLIENTS = (1, 8)


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    starts: int
    settle: float  # seconds from a start's first certificate to the look at the idle CA's memory
    warm_up: int  # nodes that enrol at each CA first, and are not counted
    rounds: int
    nodes: Mapping[int, int]  # how many enrol, by clients at a time


FULL = Plan(starts=3, settle=5.0, warm_up=600, rounds=5, nodes={1: 50, 8: 240})
QUICK = Plan(starts=1, settle=2.0, warm_up=60, rounds=1, nodes={1: 10, 8: 60})


@dataclass(frozen=True)
class Start:
    """Seconds since the service's start; bytes of memory (PSS) a little later."""

    side: str
    answered: float
    certified: float
    idle: int


@dataclass(frozen=True)
class Load:
    """What one burst came to: latencies in seconds, processor seconds a certificate, bytes after it."""

    side: str
    clients: int
    per_second: float
    p50: float
    p95: float
    processor: float
    own: float
    memory: int


@dataclass(frozen=True)
class Measured:
    """All of a run, round by round."""

    starts: Sequence[Start]
    loads: Sequence[Load]
    failures: Sequence[str]


def run(
    authorities: Mapping[str, Authority], plan: Plan, nodes: Nodes, say: Callable[[str], None]
) -> Measured:
    """Measure; raises BenchError if a CA enrols nobody."""
    starts = []
    for number in range(plan.starts):
        for side in SIDES:
            starts.append(_start(authorities[side], _allowed(authorities, nodes, 1)[0], plan.settle))
            say(
                f"start {number + 1} of {plan.starts}: {side}: first answer after"
                f" {starts[-1].answered:.1f} s, {starts[-1].idle / 1e6:.0f} MB"
            )
    loads: list[Load] = []
    failures: list[str] = []
    waiting = _allowed(authorities, nodes, plan.warm_up)
    for side in SIDES:
        _burst(authorities[side], waiting, max(CLIENTS), failures)
    for number in range(plan.rounds):
        for clients in CLIENTS:
            waiting = _allowed(authorities, nodes, plan.nodes[clients])
            for side in SIDES:
                loads.append(_burst(authorities[side], waiting, clients, failures))
                say(
                    f"round {number + 1} of {plan.rounds}: {side}, {clients} at a time:"
                    f" {loads[-1].per_second:.1f} a second, p95 {loads[-1].p95 * 1000:.0f} ms"
                )
    return Measured(starts, loads, failures)


def _allowed(authorities: Mapping[str, Authority], nodes: Nodes, count: int) -> list[Node]:
    """Nodes that both sign at once: the same ones, with the same requests."""
    made = nodes.make(count)
    for authority in authorities.values():
        authority.allow([node.name for node in made])
    return made


def _start(authority: Authority, node: Node, settle: float) -> Start:
    answered, certified = authority.restart(node)
    time.sleep(settle)
    return Start(authority.side, answered, certified, authority.usage().memory)


def _burst(authority: Authority, nodes: Sequence[Node], clients: int, failures: list[str]) -> Load:
    before = authority.usage()
    found = burst(authority.place, nodes, clients)
    after = authority.usage()
    failures += [f"{authority.side}, {clients} at a time: {failure}" for failure in found.failures]
    if not found.answers:
        raise BenchError(f"{authority.side} gives nobody a certificate: {found.failures[0]}")
    count = len(found.answers)
    return Load(
        authority.side,
        clients,
        found.per_second,
        found.percentile(50),
        found.percentile(95),
        (after.processor - before.processor) / count,
        found.own / count,
        after.memory,
    )
