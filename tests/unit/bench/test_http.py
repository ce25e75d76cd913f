"""The HTTP client reports what a server does, and repeats nothing."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bench.agents.http import Connection, Response
from bench.errors import ProtocolError

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def ask(answers: list[bytes], *, method: str = "GET", times: int = 1, timeout: float = 5) -> list[Response]:
    """What a client gets from a server that answers a request each with these bytes, then goes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        writer.close()

    async def run() -> list[Response]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            connection = await Connection.open("127.0.0.1", port, None, timeout=timeout)
            try:
                return [await connection.request(method, "/", timeout=timeout) for _ in range(times)]
            finally:
                await connection.close()

    return asyncio.run(run())


def test_a_body_of_known_length_is_read_and_the_connection_serves_again() -> None:
    first, second = ask(
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none",
            b"HTTP/1.1 404 No\r\nContent-Length: 3\r\n\r\ntwo",
        ],
        times=2,
    )
    assert (first.status, first.body) == (200, b"one")
    assert (second.status, second.body) == (404, b"two")


def test_a_body_in_chunks_is_joined() -> None:
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n4;x=y\r\n two\r\n0\r\n\r\n"
    assert ask([chunks])[0].body == b"one two"


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    assert ask([b"HTTP/1.1 200 OK\r\n\r\nall of it"])[0].body == b"all of it"


def test_an_answer_to_head_has_no_body_whatever_its_length_says() -> None:
    assert ask([b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"], method="HEAD")[0].body == b""


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ],
)
def test_a_broken_answer_is_an_error_and_not_asked_for_again(broken: bytes) -> None:
    with pytest.raises(ProtocolError):
        ask([broken])


def test_a_connection_that_the_server_is_about_to_close_is_not_reusable() -> None:
    async def run() -> list[bool]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for more in (b"", b"Connection: close\r\n"):
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + more + b"\r\n")
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            connection = await Connection.open("127.0.0.1", port, None, timeout=5)
            found = []
            for _ in range(2):
                await connection.request("GET", "/", timeout=5)
                found.append(connection.reusable)
            await connection.close()
            return found

    assert asyncio.run(run()) == [True, False]


def test_a_server_that_says_nothing_is_a_time_out() -> None:
    async def run() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            connection = await Connection.open("127.0.0.1", port, None, timeout=5)
            try:
                with pytest.raises(TimeoutError):
                    await connection.request("GET", "/", timeout=0.05)
                assert not connection.reusable
            finally:
                await connection.close()

    asyncio.run(run())
