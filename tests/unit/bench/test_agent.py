"""A simulated agent's run, against a small server on this machine."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from bench.agents import agent as agents
from bench.agents.agent import Agent, World
from bench.agents.enrolment import Identity
from bench.agents.measure import Journal

CATALOG = {
    "version": 1,
    "resources": [{"type": "File", "title": "/f", "parameters": {"source": "puppet:///modules/m/f"}}],
}
PLUGINS = [{"type": "file", "relative_path": "facter/x.rb", "checksum": {"value": "1"}}]


@dataclass
class Master:
    """Answers as a master does; remembers what it was asked."""

    statuses: dict[str, int] = field(default_factory=dict)  # path's beginning -> status
    asked: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                method, target, _ = head.split(" ", 2)
                lower = head.lower()
                if "content-length:" in lower:
                    await reader.readexactly(int(lower.split("content-length:")[1].split("\r\n")[0]))
                path = urlsplit(target).path
                self.asked.append(f"{method} {path}")
                body = json.dumps(self.answer(path)).encode()
                status = next((code for start, code in self.statuses.items() if path.startswith(start)), 200)
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        except asyncio.IncompleteReadError:
            writer.close()

    def answer(self, path: str) -> Any:
        if path.startswith("/puppet/v3/catalog/"):
            return CATALOG
        if path == "/puppet/v3/file_metadatas/plugins":
            return PLUGINS
        if path.startswith("/puppet/v3/file_metadata/"):
            return {"type": "file", "relative_path": None, "checksum": {"value": "2"}}
        return []


def run(masters: list[Master], *, runs: int = 1) -> tuple[Journal, list[bool], list[str]]:
    """Some runs of one agent; the journal, whether each went well, and which masters' catalogs came."""
    seen: list[str] = []

    async def everything() -> tuple[Journal, list[bool], list[str]]:
        servers = [await asyncio.start_server(master.serve, "127.0.0.1", 0) for master in masters]
        addresses = [("127.0.0.1", server.sockets[0].getsockname()[1]) for server in servers]
        world = World(
            journal=Journal(),
            clock=lambda: 0.0,
            on_catalog=lambda name, server, asked, catalog: seen.append(name),
            recorded_report={},
            apply_seconds=0,
        )
        agent = Agent(Identity("node-1", cast(Any, None)), addresses, {"clientversion": "8"}, world)
        well = [await agent.run() for _ in range(runs)]
        for server in servers:
            server.close()
        return world.journal, well, seen

    return asyncio.run(everything())


FIRST_RUN = [
    "GET /status/v1/simple/server",
    "GET /puppet/v3/node/node-1",
    "GET /puppet/v3/file_metadatas/plugins",
    "GET /puppet/v3/file_metadatas/pluginfacts",
    "GET /puppet/v3/file_metadatas/plugins",
    "GET /puppet/v3/file_content/plugins/facter/x.rb",
    "POST /puppet/v3/catalog/node-1",
    "GET /puppet/v3/file_metadata/modules/m/f",
    "GET /puppet/v3/file_content/modules/m/f",
    "PUT /puppet/v3/report/node-1",
]


def test_a_first_run_asks_in_puppets_order_on_one_connection() -> None:
    master = Master()
    journal, well, seen = run([master])
    assert well == [True]
    assert master.asked == FIRST_RUN
    assert master.connections == 1
    assert journal.failures == []
    assert seen == ["node-1"]


def test_a_later_run_asks_neither_for_its_node_nor_for_what_it_has() -> None:
    master = Master()
    run([master], runs=2)
    later = [asked for asked in FIRST_RUN if "/node/" not in asked and "/file_content/" not in asked]
    assert master.asked == FIRST_RUN + later


def test_an_idle_connection_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agents, "KEPT", -1)
    master = Master()
    run([master])
    assert master.connections == len(FIRST_RUN)


def test_a_master_that_is_not_well_is_passed_over_and_that_is_in_the_journal() -> None:
    ill, good = Master(statuses={"/status": 503}), Master()
    journal, well, _ = run([ill, good])
    assert well == [True]
    assert ill.asked == ["GET /status/v1/simple/server"]
    assert good.asked == FIRST_RUN
    assert [failure.status for failure in journal.failures] == [503]


def test_a_failed_catalog_ends_the_run_and_the_error_is_kept() -> None:
    master = Master(statuses={"/puppet/v3/catalog": 500})
    journal, well, seen = run([master])
    assert well == [False]
    assert seen == []
    assert [(failure.kind, failure.status) for failure in journal.failures] == [("catalog", 500)]
    assert "PUT /puppet/v3/report/node-1" not in master.asked


def test_nobody_there_is_a_failed_run() -> None:
    world = World(Journal(), lambda: 0.0, lambda *_: None, {}, 0)
    agent = Agent(Identity("node-1", cast(Any, None)), [("127.0.0.1", 1)], {}, world)
    assert asyncio.run(agent.run()) is False
    assert [(failure.kind, failure.status) for failure in world.journal.failures] == [("connect", 0)]
