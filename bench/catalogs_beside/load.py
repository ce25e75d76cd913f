"""Agents that ask for catalogs, each on a connection that stays, one request after another."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.agents.http import Connection
from bench.catalogs_beside.prepared import Node
from bench.errors import BenchError
from tests.differential.sides import Server

CONNECT_DEADLINE, REQUEST_DEADLINE = 10.0, 600.0  # Puppet's own for an answer
RESOURCE = b'"exported":'  # each resource has it once
OK = 200


@dataclass(frozen=True)
class Catalog:
    """What a workload's catalog must be like."""

    resources: int
    size: int


@dataclass
class Cell:
    """One side, asked for one workload's catalogs for some seconds."""

    latencies: list[float] = field(default_factory=list)
    rate: float = 0.0  # catalogs a second
    failures: list[str] = field(default_factory=list)
    load_cores: float = 0.0  # processor seconds a second of the agents themselves
    processor: float = 0.0  # seconds that the master used
    memory: int = 0  # bytes (PSS) of the master right afterwards


async def one(server: Server, node: Node) -> bytes:
    """A catalog on a connection of its own; raises BenchError, OSError or TimeoutError."""
    connection = await _open(server, node)
    try:
        return await _catalog(connection, node)
    finally:
        await connection.close()


def seen(body: bytes) -> Catalog:
    """Read a catalog whole, once: later ones are compared by what can be counted at little cost."""
    resources = len(json.loads(body)["resources"])
    counted = body.count(RESOURCE)
    if counted != resources:
        raise BenchError(f"a catalog of {resources} resources has {counted} times {RESOURCE.decode()}")
    return Catalog(resources, len(body))


async def ask(server: Server, nodes: Sequence[Node], seconds: float, expected: Catalog | None) -> Cell:
    """As many agents as nodes, for some seconds; each finishes what it has asked for."""
    cell = Cell()
    opened = await asyncio.gather(*(_open_if_it_can(server, node) for node in nodes))
    begin, used = time.monotonic(), time.process_time()
    rates = await asyncio.gather(
        *(
            _Agent(server, node, expected, connection).run(cell, begin + seconds)
            for node, connection in zip(nodes, opened, strict=True)
        )
    )
    cell.rate = sum(rates)
    cell.load_cores = (time.process_time() - used) / (time.monotonic() - begin)
    return cell


@dataclass
class _Agent:
    server: Server
    node: Node
    expected: Catalog | None
    connection: Connection | None

    async def run(self, cell: Cell, until: float) -> float:
        """Catalogs a second, up to this agent's last one: so the wait for slower agents is not in it."""
        begin = last = time.monotonic()
        done = 0
        while last < until:
            try:
                seconds = await self._ask()
            except (OSError, TimeoutError, BenchError) as error:
                cell.failures.append(f"{self.node.identity.certname}: {error!r}")
                await self._close()
                await asyncio.sleep(0.1)  # a master that refuses is not to be asked in a tight loop
            else:
                cell.latencies.append(seconds)
                done += 1
            last = time.monotonic()
        await self._close()
        return done / (last - begin)

    async def _ask(self) -> float:
        """One catalog; seconds from its request to its end, without the time for a new connection."""
        if self.connection is None or not self.connection.reusable:
            await self._close()
            self.connection = await _open(self.server, self.node)
        asked = time.monotonic()
        body = await _catalog(self.connection, self.node)
        seconds = time.monotonic() - asked
        resources = body.count(RESOURCE)
        if self.expected is not None and resources != self.expected.resources:
            raise BenchError(f"{resources} resources, not {self.expected.resources}")
        return seconds

    async def _close(self) -> None:
        if self.connection is not None:
            await self.connection.close()
            self.connection = None


async def _open_if_it_can(server: Server, node: Node) -> Connection | None:
    """An agent that cannot connect says so when it asks."""
    try:
        return await _open(server, node)
    except (OSError, TimeoutError):
        return None


async def _open(server: Server, node: Node) -> Connection:
    return await Connection.open(server.name, server.master_port, node.identity.tls, timeout=CONNECT_DEADLINE)


async def _catalog(connection: Connection, node: Node) -> bytes:
    answer = await connection.request(
        "POST", node.target, headers=node.headers, body=node.body, timeout=REQUEST_DEADLINE
    )
    if answer.status != OK:
        raise BenchError(f"{answer.status}: {answer.body[:300].decode(errors='replace')}")
    return answer.body
