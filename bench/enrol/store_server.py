"""An https store on the loopback address: files of a folder as S3 serves objects, each answer after a delay.

A process of its own (``python -m bench.enrol.store_server FOLDER CERTIFICATE KEY DELAY``, seconds), since it
must not share a processor's time slice with what is measured. It prints its port.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from bench.errors import BenchError

ABSENT = b"<Error><Code>NoSuchKey</Code></Error>"


@contextlib.contextmanager
def serving(folder: Path, pair: tuple[Path, Path], delay: float) -> Iterator[str]:
    """Serve ``folder``; gives the URL."""
    argv = [sys.executable, "-m", __name__, *(str(word) for word in (folder, *pair, delay))]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101
        try:
            port = process.stdout.readline().strip()
            if not port:
                raise BenchError("the store on the loopback address has not started")
            yield f"https://127.0.0.1:{port}"
        finally:
            process.terminate()


async def _serve(folder: Path, context: ssl.SSLContext, delay: float) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                await asyncio.sleep(delay)
                writer.write(_answer(folder, head))
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def _answer(folder: Path, head: str) -> bytes:
    try:
        body = (folder / unquote(head.split(" ")[1]).lstrip("/")).read_bytes()
    except OSError:
        return _response("404 Not Found", ABSENT, "Content-Type: application/xml\r\n")
    etag = '"' + hashlib.md5(body, usedforsecurity=False).hexdigest() + '"'
    if etag in head:  # If-None-Match
        return f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode()
    return _response("200 OK", body, f"ETag: {etag}\r\nContent-Type: binary/octet-stream\r\n")


def _response(status: str, body: bytes, headers: str) -> bytes:
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


def main(argv: list[str]) -> None:
    """Serve until ended."""
    folder, certificate, key, delay = argv
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    asyncio.run(_serve(Path(folder), context, float(delay)))


if __name__ == "__main__":
    main(sys.argv[1:])
