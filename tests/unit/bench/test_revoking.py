"""From a revocation to the refusal, against small servers on this machine (without TLS: a 403 refuses)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest

from bench.agents.enrolment import Identity
from bench.errors import BenchError
from bench.soaking import revoking
from bench.soaking.revoking import Revocation, measure

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Master:
    """Serves until `refusing` is set; then each new and old connection gets `after`."""

    def __init__(self, after: str = "403", old: str = "403") -> None:
        self.refusing = asyncio.Event()
        self.after, self.old = after, old

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        status = self.after if self.refusing.is_set() else "200"
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                if self.refusing.is_set() and status == "200":
                    status = self.old
                if status == "closed":
                    break
                if status != "no answer":
                    writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
        except (asyncio.IncompleteReadError, ConnectionResetError):
            pass
        writer.close()


def run(make: Callable[[], Master], *, revokes: bool = True) -> Revocation:
    async def everything() -> Revocation:
        master = make()
        server = await asyncio.start_server(master.serve, "127.0.0.1", 0)

        async def revoke() -> None:
            if revokes:
                master.refusing.set()

        port = server.sockets[0].getsockname()[1]
        try:
            found = Revocation("node-1", "a test")
            return await measure(Identity("node-1", cast(Any, None)), [("127.0.0.1", port)], revoke, found)
        finally:
            server.close()

    return asyncio.run(everything())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("GIVE_UP", 0.3), ("EVERY", 0.01), ("TIMEOUT", 0.05), ("PATIENCE", 0.1)):
        monkeypatch.setattr(revoking, name, seconds)


def test_a_master_that_refuses_new_and_old_connections_is_right() -> None:
    found = run(Master)
    assert found.refused["127.0.0.1"] is not None
    assert found.kept_open == {"127.0.0.1": "403"}
    assert not found.failed


def test_a_master_that_goes_on_serving_is_wrong() -> None:
    found = run(Master, revokes=False)
    assert found.refused == {"127.0.0.1": None}
    assert found.kept_open == {"127.0.0.1": "200"}
    assert found.failed


def test_an_old_connection_that_is_still_served_is_wrong() -> None:
    found = run(lambda: Master(old="200"))
    assert found.refused["127.0.0.1"] is not None
    assert found.failed


def test_no_answer_is_no_refusal() -> None:
    found = run(lambda: Master(after="no answer"))
    assert found.refused == {"127.0.0.1": None}


def test_an_old_connection_without_an_answer_is_not_taken_for_closed() -> None:
    found = run(lambda: Master(old="no answer"))
    assert found.kept_open == {"127.0.0.1": "no answer"}
    assert found.failed


def test_a_master_that_did_not_serve_the_node_before_is_an_error() -> None:
    def refuses_already() -> Master:
        master = Master()
        master.refusing.set()
        return master

    with pytest.raises(BenchError, match="answers 403 to node-1 before it was revoked"):
        run(refuses_already)
