"""Nodes that enrol at a CA of Puppet's API, whoever has written it: each over a connection of its own."""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from pathlib import Path

from bench.agents.measure import percentile
from bench.enrol.figures import Rate
from bench.errors import BenchError

V1 = "/puppet-ca/v1/"
TIMEOUT = 60.0  # seconds
WARM_UP = 10  # nodes that are not counted


@dataclass(frozen=True)
class Place:
    """Where a CA answers, and the file of the CAs that its host's certificate is trusted by."""

    host: str
    port: int
    trusted: Path


@dataclass(frozen=True)
class Node:
    """A node's name and its request, PEM."""

    name: str
    request: bytes


def enrol_all(place: Place, nodes: Sequence[Node], clients: int) -> list[float]:
    """Enrol all, ``clients`` at a time; return the seconds from each connection's start to its certificate.

    Raises BenchError unless each gets its certificate at once.
    """
    context = ssl.create_default_context(cafile=str(place.trusted))
    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(lambda node: _enrol(place, context, node), nodes))


def timed(name: str, place: Place, nodes: Sequence[Node], clients: int) -> Rate:
    """Enrol all but the first ones, which warm the CA up, and say how fast that was."""
    enrol_all(place, nodes[:WARM_UP], clients)
    begin = time.perf_counter()
    answers = enrol_all(place, nodes[WARM_UP:], clients)
    return rate(name, answers, time.perf_counter() - begin)


def _enrol(place: Place, context: ssl.SSLContext, node: Node) -> float:
    begin = time.perf_counter()
    connection = HTTPSConnection(place.host, place.port, timeout=TIMEOUT, context=context)
    try:
        _ask(connection, "PUT", f"{V1}certificate_request/{node.name}", node.request)
        _ask(connection, "GET", f"{V1}certificate/{node.name}", None)
    except (OSError, HTTPException) as error:
        raise BenchError(f"{node.name}: {error!r}") from error
    finally:
        connection.close()
    return time.perf_counter() - begin


def _ask(connection: HTTPSConnection, method: str, path: str, body: bytes | None) -> None:
    connection.request(method, path, body, {"Content-Type": "text/plain", "Accept": "text/plain"})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:  # noqa: PLR2004
        raise BenchError(f"{method} {path}: {answer.status}: {text[:200].decode(errors='replace')}")


def rate(name: str, seconds: Sequence[float], elapsed: float) -> Rate:
    """What the answers come to; ``elapsed`` in seconds, for all of them."""
    ordered = sorted(seconds)
    return Rate(name, len(ordered) / elapsed, percentile(ordered, 50), percentile(ordered, 95), max(ordered))
