"""Agents of bench/catalogs count what they get, and tell what they do not."""

import asyncio
import json
import ssl
from typing import cast

import pytest

from bench.agents.enrolment import Identity
from bench.catalogs_beside import load
from bench.catalogs_beside.load import Catalog, Cell
from bench.catalogs_beside.prepared import Node
from bench.errors import BenchError
from tests.differential.sides import Server

NODE = Node(Identity("node", cast("ssl.SSLContext", None)), "/puppet/v3/catalog/node", {}, b"facts")
GOOD = json.dumps({"resources": [{"title": name, "exported": False} for name in "ab"]}, separators=(",", ":"))


def answer(body: str, status: str = "200 OK", more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}\r\n{body}".encode()


def asked(answers: list[bytes], agents: int = 1) -> tuple[Cell, int]:
    """What agents make of a server with these answers, of which the last one stays; and its connections."""
    connections = 0
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        try:
            while True:
                await reader.readuntil(b"facts")
                await asyncio.sleep(0.005)
                sent = left.pop(0) if len(left) > 1 else left[0]
                writer.write(sent)
                await writer.drain()
                if b"Connection: close" in sent:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def run() -> Cell:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            server = Server("ours", (), "127.0.0.1", "127.0.0.1", 8141, port)
            return await load.ask(server, [NODE] * agents, 0.1, Catalog(2, len(GOOD)))

    return asyncio.run(run()), connections


def test_catalogs_that_are_whole_make_the_rate() -> None:
    cell, connections = asked([answer(GOOD)], agents=3)
    assert cell.failures == []
    assert cell.latencies
    assert min(cell.latencies) >= 0.005
    assert 0 < cell.rate <= 3 / 0.005
    assert connections == 3


def test_an_error_is_a_failure_and_no_catalog() -> None:
    cell, _ = asked([answer("no", "500 Internal Server Error"), answer(GOOD)])
    assert len(cell.failures) == 1
    assert "500: no" in cell.failures[0]


def test_a_catalog_that_lacks_a_resource_is_a_failure() -> None:
    cell, _ = asked([answer(GOOD.replace('"exported"', '"e"', 1))])
    assert cell.latencies == []
    assert cell.rate == 0
    assert "1 resources, not 2" in cell.failures[0]


def test_a_connection_that_the_server_ends_after_its_answer_is_no_failure() -> None:
    cell, connections = asked([answer(GOOD, more="Connection: close\r\n")])
    assert cell.failures == []
    assert connections >= len(cell.latencies) > 1


def test_nobody_who_listens_is_told_as_a_failure() -> None:
    server = Server("ours", (), "127.0.0.1", "127.0.0.1", 8141, 1)
    cell = asyncio.run(load.ask(server, [NODE], 0.05, None))
    assert cell.latencies == []
    assert cell.failures


def test_the_first_catalog_tells_what_later_ones_must_have() -> None:
    assert load.seen(GOOD.encode()) == Catalog(2, len(GOOD))


def test_a_catalog_whose_resources_cannot_be_counted_by_their_words_is_refused() -> None:
    with pytest.raises(BenchError, match="a catalog of 1 resources has 2 times"):
        load.seen(b'{"resources":[{"exported":false,"parameters":{"exported":1}}]}')
