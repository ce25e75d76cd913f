"""A small HTTP/1.1 client for asyncio streams that hides nothing.

The usual libraries repeat a request when a kept-alive connection breaks. A benchmark that counts failed
requests must not: Puppet's agent does not repeat either.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from bench.errors import ProtocolError

MAX_LINE = 64 * 1024
BODILESS = frozenset({204, 304})


@dataclass(frozen=True)
class Response:
    """An answer; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    """One connection to one server, with TLS where there is a context; used for one request at a time."""

    def __init__(self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._host = host
        self._reader = reader
        self._writer = writer
        self.reusable = True

    @classmethod
    async def open(cls, host: str, port: int, context: ssl.SSLContext | None, *, timeout: float) -> Self:
        """Connect; raises OSError (ssl.SSLError among them) or TimeoutError."""
        async with asyncio.timeout(timeout):
            reader, writer = await asyncio.open_connection(host, port, ssl=context, limit=MAX_LINE)
        return cls(host, reader, writer)

    async def request(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout: float,
    ) -> Response:
        """Send one request and read its answer to the end.

        Raises OSError or TimeoutError, and ProtocolError when the server ends the connection early.
        """
        self.reusable = False  # until the answer has been read whole
        async with asyncio.timeout(timeout):
            self._writer.write(_head(method, target, self._host, headers or {}, len(body)) + body)
            await self._writer.drain()
            response, keep = await _read(self._reader, method)
        self.reusable = keep
        return response

    async def close(self) -> None:
        """End the connection; what goes wrong with that is of no interest to anybody."""
        self.reusable = False
        self._writer.close()
        try:
            async with asyncio.timeout(2):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            pass


def _head(method: str, target: str, host: str, headers: Mapping[str, str], length: int) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if length or method in ("POST", "PUT"):
        lines.append(f"Content-Length: {length}")
    return "\r\n".join([*lines, "", ""]).encode()


async def _read(reader: asyncio.StreamReader, method: str) -> tuple[Response, bool]:
    try:
        version, status = _status(await _line(reader))
        headers = await _headers(reader)
        keep = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
        if method == "HEAD" or status in BODILESS:
            return Response(status, headers, b""), keep
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return Response(status, headers, await _chunks(reader)), keep
        if "content-length" in headers:
            return Response(status, headers, await reader.readexactly(int(headers["content-length"]))), keep
        return Response(status, headers, await reader.read()), False
    except asyncio.IncompleteReadError as early:
        raise ProtocolError("the server closed the connection before its answer was complete") from early
    except (ValueError, asyncio.LimitOverrunError) as wrong:
        raise ProtocolError(f"the answer is not HTTP/1.1: {wrong}") from wrong


async def _line(reader: asyncio.StreamReader) -> str:
    return (await reader.readuntil(b"\r\n"))[:-2].decode("latin-1")


def _status(line: str) -> tuple[str, int]:
    version, _, rest = line.partition(" ")
    if not version.startswith("HTTP/1."):
        raise ValueError(f"it begins with {line[:40]!r}")
    return version, int(rest[:3])


async def _headers(reader: asyncio.StreamReader) -> dict[str, str]:
    headers: dict[str, str] = {}
    while line := await _line(reader):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while size := int((await _line(reader)).partition(";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    while await _line(reader):  # trailers
        pass
    return bytes(body)
