"""Clients that take their time, many at once: they hold threads of Apache's, no worker, and not for long."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.attacks.site import ENVIRONMENT, Site
from tests.attacks.wire import Refused, Silent, request

EACH = 20  # connections of each kind; all together are fewer than Apache has threads (150)
PACE = 0.5  # seconds between two bytes
CUT = 60.0  # seconds after which none of them may be left
GOOD = 15.0  # seconds in which a good node is answered meanwhile, on a busy machine

JSON = "Content-Type: application/json"


@dataclass
class Kind:
    """What is sent at once, and what then follows byte by byte."""

    server: str
    who: str
    begin: str
    body: bytes = b""
    lasted: list[float] = field(default_factory=list)


KINDS = {
    "handshake": Kind("bare", "nobody", ""),
    "request line": Kind("master", "good", "GET /puppet/v3/"),
    "headers": Kind("master", "good", "GET /puppet/v3/environments HTTP/1.1\r\nHost: x\r\nX-"),
    "body": Kind(
        "master",
        "good",
        f"PUT /puppet/v3/facts/{{good}}?{ENVIRONMENT} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n",
    ),
    "CA's headers": Kind("ca", "nobody", "GET /puppet-ca/v1/certificate/ca HTTP/1.1\r\nHost: x\r\nX-"),
    "CA's body": Kind(
        "ca",
        "nobody",
        "PUT /puppet-ca/v1/certificate_request/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n",
    ),
}


def _dawdle(site: Site, kind: Kind, stop: threading.Event) -> None:
    begin = time.monotonic()
    bare = kind.server == "bare"
    try:
        connection = site.connect(kind.who, "master" if bare else kind.server, plain=bare)
    except (Refused, OSError):
        return
    with connection:
        connection.send(site.fill(kind.begin).encode() if not bare else b"\x16\x03\x01\x02\x00")
        while not stop.wait(PACE):
            # Whoever is told to go has an answer or an end; what TLS has to say first is none.
            if connection.pour([b"x"]) == 0:
                break
    kind.lasted.append(time.monotonic() - begin)


@pytest.fixture(scope="module")
def slow(site: Site) -> Iterator[dict[str, Kind]]:
    """All of them, under way."""
    site.server("master"), site.server("ca")
    stop = threading.Event()
    threads = [
        threading.Thread(target=_dawdle, args=(site, kind, stop))
        for kind in KINDS.values()
        for _ in range(EACH)
    ]
    for thread in threads:
        thread.start()
    time.sleep(3)  # all have begun
    yield KINDS
    stop.set()
    for thread in threads:
        thread.join(timeout=10)


def test_a_good_node_is_answered_while_many_are_slow(site: Site, slow: dict[str, Kind]) -> None:
    for _ in range(5):
        begin = time.monotonic()
        assert site.get("good", f"/puppet/v3/node/{{good}}?{ENVIRONMENT}").status == 200
        assert time.monotonic() - begin < GOOD
    assert not any(len(kind.lasted) == EACH for kind in slow.values()), (
        "they had gone before: nothing was tried"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_is_slow_is_cut_off(slow: dict[str, Kind], kind: str) -> None:
    limit = time.monotonic() + CUT
    while len(slow[kind].lasted) < EACH:
        assert time.monotonic() < limit, f"{EACH - len(slow[kind].lasted)} are still connected"
        time.sleep(0.5)
    assert max(slow[kind].lasted) < CUT


def test_a_client_that_reads_no_answer_holds_no_worker(site: Site) -> None:
    """Passenger keeps the answer; the worker is free at once."""
    path = f"/puppet/v3/file_metadatas/plugins?{ENVIRONMENT}&recurse=true&checksum_type=none"
    held = [site.connect("good") for _ in range(20)]
    try:
        for connection in held:
            connection.send(request("GET", path))
        begin = time.monotonic()
        assert site.get("good", "/puppet/v3/environments").status == 200
        assert time.monotonic() - begin < 2 * GOOD
    finally:
        for connection in held:
            connection.socket.close()


def test_connections_that_end_in_the_middle_hold_nothing(site: Site) -> None:
    for size in (0, 10, 50, 200):
        data = request(
            "PUT",
            site.fill(f"/puppet/v3/facts/{{good}}?{ENVIRONMENT}"),
            JSON,
            "Content-Length: 5000",
            body=b"{",
            length=False,
        )
        for _ in range(10):
            with site.connect("good") as connection:
                connection.send(data[: size or len(data)])
    try:
        assert site.get("good", "/puppet/v3/environments").status == 200
    except Silent as error:
        raise AssertionError("a good node has to wait") from error
