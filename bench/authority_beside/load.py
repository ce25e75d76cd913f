"""Nodes that enrol at a CA of Puppet's API, whoever has written it: each over a connection of its own."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from pathlib import Path

from bench.agents.measure import percentile
from bench.errors import BenchError

V1 = "/puppet-ca/v1/"
TIMEOUT = 60.0  # seconds
OK = 200


@dataclass(frozen=True)
class Place:
    """Where a CA answers, its name there, and the file of the CAs that vouch for it."""

    address: str
    port: int
    name: str
    trusted: Path

    def context(self) -> ssl.SSLContext:
        """For any number of connections."""
        return ssl.create_default_context(cafile=str(self.trusted))


@dataclass(frozen=True)
class Node:
    """A node's name and its request, PEM."""

    name: str
    request: bytes


@dataclass(frozen=True)
class Burst:
    """What enrolling some nodes came to. ``own`` is the processor time of the load itself, in seconds."""

    answers: Sequence[float]  # seconds from a connection's start to the certificate
    failures: Sequence[str]
    elapsed: float
    own: float

    @property
    def per_second(self) -> float:
        return len(self.answers) / self.elapsed

    def percentile(self, percent: float) -> float:
        """Of the answers; NaN if there are none."""
        return percentile(sorted(self.answers), percent)


class _Connection(HTTPSConnection):
    """To an address, with the certificate checked for a name, so that no name server is needed."""

    def __init__(self, place: Place, context: ssl.SSLContext, timeout: float) -> None:
        super().__init__(place.name, place.port, timeout=timeout, context=context)
        self._address = place.address
        self._tls = context

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def burst(place: Place, nodes: Sequence[Node], clients: int) -> Burst:
    """Enrol all, ``clients`` at a time, each of which must get its certificate at once."""
    context = place.context()
    failures: list[str] = []

    def one(node: Node) -> float | None:
        try:
            return enrol(place, context, node)
        except BenchError as error:
            failures.append(str(error))
            return None

    begin, own = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(clients) as pool:
        found = list(pool.map(one, nodes))
    elapsed = time.perf_counter() - begin
    answers = [seconds for seconds in found if seconds is not None]
    return Burst(answers, failures, elapsed, time.process_time() - own)


def enrol(place: Place, context: ssl.SSLContext, node: Node) -> float:
    """Seconds from the connection's start to the certificate; raises BenchError."""
    begin = time.perf_counter()
    connection = _Connection(place, context, TIMEOUT)
    try:
        _ask(connection, "PUT", f"{V1}certificate_request/{node.name}", node.request)
        _ask(connection, "GET", f"{V1}certificate/{node.name}", None)
    except (OSError, HTTPException) as error:
        raise BenchError(f"{node.name}: {error!r}") from error
    finally:
        connection.close()
    return time.perf_counter() - begin


def answers(place: Place, context: ssl.SSLContext, timeout: float) -> bool:
    """Whether the CA says what its certificate is."""
    connection = _Connection(place, context, timeout)
    try:
        _ask(connection, "GET", f"{V1}certificate/ca", None)
    except (OSError, HTTPException, BenchError):
        return False
    finally:
        connection.close()
    return True


def await_answer(place: Place, *, every: float, deadline: float, alive: Callable[[], None]) -> None:
    """Ask until the CA answers; ``alive`` raises if that can never be. Raises BenchError."""
    context = place.context()
    end = time.monotonic() + deadline
    while not answers(place, context, deadline):
        alive()
        if time.monotonic() > end:
            raise BenchError(f"{place.name}:{place.port}: no answer within {deadline:g} s of its start")
        time.sleep(every)


def _ask(connection: HTTPSConnection, method: str, path: str, body: bytes | None) -> None:
    connection.request(method, path, body, {"Content-Type": "text/plain", "Accept": "text/plain"})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != OK:
        raise BenchError(f"{method} {path}: {answer.status}: {text[:200].decode(errors='replace')}")
