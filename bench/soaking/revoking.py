"""From a revocation to the refusal by each master: how long, in seconds, and whether at all."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

from bench.agents.enrolment import Identity
from bench.agents.http import Connection
from bench.errors import BenchError, ProtocolError

LIMIT = 60.0  # seconds that the issue allows
GIVE_UP = 120.0
EVERY = 0.25
TIMEOUT = 10.0
PATIENCE = 60.0  # for what is asked once, before and after
TARGET = "/puppet/v3/file_metadatas/plugins?recurse=false&environment=production"
HEADERS = {"Accept": "application/json"}
OK, FORBIDDEN = 200, 403


@dataclass
class Revocation:
    """One node's end. A time of None: not refused within GIVE_UP."""

    certname: str
    how: str
    at: float = 0.0
    refused: dict[str, float | None] = field(default_factory=dict)
    kept_open: dict[str, str] = field(default_factory=dict)  # what a connection from before got afterwards

    @property
    def failed(self) -> bool:
        late = any(seconds is None or seconds >= LIMIT for seconds in self.refused.values())
        return late or any(found not in ("403", "closed") for found in self.kept_open.values())

    def row(self) -> dict[str, Any]:
        return {
            "certname": self.certname,
            "how": self.how,
            "at": round(self.at),
            "seconds": {
                name: None if value is None else round(value, 1) for name, value in self.refused.items()
            },
            "kept_open": self.kept_open,
            "failed": self.failed,
        }


async def ask(identity: Identity, host: str, port: int) -> str:
    """One question over a new TLS connection: the status, or `refused` where TLS came to nothing.

    In TLS 1.3 the refusal arrives after the client's own part of the handshake, in place of the answer. No
    answer for another reason (a master that is down) raises OSError or TimeoutError.
    """
    try:
        connection = await Connection.open(host, port, identity.tls, timeout=TIMEOUT)
    except ssl.SSLError:
        return "refused"
    try:
        answer = await connection.request("GET", TARGET, headers=HEADERS, timeout=TIMEOUT)
    except ssl.SSLError:
        return "refused"
    except (ConnectionResetError, BrokenPipeError, ProtocolError):
        return "refused"  # closed in the handshake, before the alert could be read
    finally:
        await connection.close()
    return str(answer.status)


async def measure(
    identity: Identity,
    servers: list[tuple[str, int]],
    revoke: Callable[[], Awaitable[None]],
    revocation: Revocation,
) -> Revocation:
    """Make sure that each master serves the node, revoke it, and ask each until it refuses.

    Raises BenchError if a master did not serve it before.
    """
    async with AsyncExitStack() as stack:
        kept: dict[str, Connection] = {}
        for host, port in servers:
            connection = await Connection.open(host, port, identity.tls, timeout=PATIENCE)
            stack.push_async_callback(connection.close)
            kept[host] = connection
            if (found := await _on(connection, PATIENCE)) != str(OK):
                raise BenchError(f"{host} answers {found} to {identity.certname} before it was revoked")
        began = time.monotonic()
        over = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(_keep_open(list(kept.values()), over))
            polls = [group.create_task(_until_refused(identity, *server, began)) for server in servers]
            await revoke()
            times = await asyncio.gather(*polls)
            over.set()
        revocation.refused = {host: seconds for (host, _), seconds in zip(servers, times, strict=True)}
        revocation.kept_open = {host: await _on(connection, PATIENCE) for host, connection in kept.items()}
    return revocation


async def _until_refused(identity: Identity, host: str, port: int, began: float) -> float | None:
    while time.monotonic() - began < GIVE_UP:
        asked = time.monotonic()
        if await _refused(identity, host, port) and await _refused(identity, host, port):  # not by chance
            return asked - began
        await asyncio.sleep(EVERY)
    return None


async def _refused(identity: Identity, host: str, port: int) -> bool:
    """No answer at all is no refusal: a busy master may be slow, and a dead one proves nothing."""
    try:
        return await ask(identity, host, port) in ("refused", str(FORBIDDEN))
    except (OSError, TimeoutError):
        return False


async def _keep_open(connections: list[Connection], over: asyncio.Event) -> None:
    """Ask now and then, so that Apache does not end the idle connections (KeepAliveTimeout)."""
    while not over.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), 2)
        for connection in connections:
            if connection.reusable:
                await _on(connection, PATIENCE)


async def _on(connection: Connection, timeout: float) -> str:
    """The status of one question on an open connection, `closed`, or `no answer`."""
    try:
        answer = await connection.request("GET", TARGET, headers=HEADERS, timeout=timeout)
    except TimeoutError:
        return "no answer"
    except (OSError, BenchError):
        return "closed"
    return str(answer.status)
