"""Bytes that Apache and what stands behind it might take for different requests.

Each request carries another one in what may be its body. If that one is answered where HTTP sees only one, or
worse as the next client's, it was smuggled.
"""

import contextlib

import pytest

from tests.attacks.site import ENVIRONMENT, Site
from tests.attacks.wire import request

Q = f"?{ENVIRONMENT}"
FACTS = f"/puppet/v3/facts/{{good}}{Q}"
JSON = "Content-Type: application/json"
QUIET = 0.3  # seconds in which a second answer would have come

# Lines that say in two ways how long the body is. LENGTH: the length of what follows.
AMBIGUOUS = {
    "a length, and chunks": ("Content-Length: LENGTH", "Transfer-Encoding: chunked"),
    "chunks, and a length": ("Transfer-Encoding: chunked", "Content-Length: LENGTH"),
    "a short length, and chunks": ("Content-Length: 4", "Transfer-Encoding: chunked"),
    "no length, and chunks": ("Content-Length: 0", "Transfer-Encoding: chunked"),
    "two lengths": ("Content-Length: 0", "Content-Length: LENGTH"),
    "two lengths, the other way": ("Content-Length: LENGTH", "Content-Length: 0"),
    "two lengths in one": ("Content-Length: 0, LENGTH",),
    "a negative length": ("Content-Length: -1",),
    "a length with a sign": ("Content-Length: +LENGTH",),
    "a length with a space": ("Content-Length: 1 0",),
    "a length in hexadecimal": ("Content-Length: 0x10",),
    "a huge length": ("Content-Length: 99999999999999999999999",),
    "a length that overflows to 0": ("Content-Length: 18446744073709551616",),
    "a length of no digits": ("Content-Length: ",),
    "a length after a space": ("Content-Length : LENGTH",),
    "a length with an underscore": ("Content_Length: LENGTH",),
    "chunks after a space": ("Transfer-Encoding : chunked", "Content-Length: LENGTH"),
    "chunks in capitals": ("Transfer-Encoding: CHUNKED", "Content-Length: LENGTH"),
    "chunks after a tab": ("Transfer-Encoding:\tchunked", "Content-Length: LENGTH"),
    "chunks after a vertical tab": ("Transfer-Encoding:\x0bchunked", "Content-Length: LENGTH"),
    "chunks in quotes": ('Transfer-Encoding: "chunked"', "Content-Length: LENGTH"),
    "chunks and identity": ("Transfer-Encoding: chunked, identity", "Content-Length: LENGTH"),
    "identity and chunks": ("Transfer-Encoding: identity, chunked", "Content-Length: LENGTH"),
    "identity": ("Transfer-Encoding: identity", "Content-Length: LENGTH"),
    "chunks twice": ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
    "chunks, and something else": ("Transfer-Encoding: chunked", "Transfer-Encoding: x"),
    "something else, and chunks": ("Transfer-Encoding: x", "Transfer-Encoding: chunked"),
    "chunks with a letter too many": ("Transfer-Encoding: xchunked", "Content-Length: LENGTH"),
    "chunks with an underscore": ("Transfer_Encoding: chunked", "Content-Length: LENGTH"),
    "chunks in a folded line": ("X: y", " Transfer-Encoding: chunked", "Content-Length: LENGTH"),
    "chunks on a folded line of their own": ("Transfer-Encoding:", " chunked", "Content-Length: LENGTH"),
    "chunks behind a bare newline": ("X: y\nTransfer-Encoding: chunked", "Content-Length: LENGTH"),
    "chunks behind a bare return": ("X: y\rTransfer-Encoding: chunked", "Content-Length: LENGTH"),
    "a name with NUL": ("Transfer-Encoding\0: chunked", "Content-Length: LENGTH"),
    "an empty name": (": chunked", "Content-Length: LENGTH"),
    "a connection that drops the length": ("Connection: close, Content-Length", "Content-Length: LENGTH"),
    "gzip and chunks": ("Transfer-Encoding: gzip, chunked",),
}


def _hidden(site: Site) -> bytes:
    """What is to be smuggled: if the master answers it, there is a 200 of it."""
    return request("GET", site.fill(f"/puppet/v3/node/{{good}}{Q}"), "X-Smuggled: yes")


SHAPES = ("an empty chunk first", "all in one chunk", "as it is")


def _ambiguous(site: Site, server: str, shape: str, lines: tuple[str, ...]) -> bytes:
    hidden = _hidden(site) if server == "master" else request("GET", "/puppet-ca/v1/certificate/ca")
    if shape == "all in one chunk":
        payload = b"%x\r\n%s\r\n0\r\n\r\n" % (len(hidden), hidden)
    else:
        payload = hidden if shape == "as it is" else b"0\r\n\r\n" + hidden
    filled = [line.replace("LENGTH", str(len(payload))).encode("latin-1") for line in lines]
    path = site.fill(FACTS if server == "master" else "/puppet-ca/v1/certificate_request/{good}")
    return request("PUT", path, JSON, *filled, close=False) + payload


@pytest.mark.parametrize("lines", AMBIGUOUS.values(), ids=AMBIGUOUS)
@pytest.mark.parametrize("server", ["master", "ca"])
def test_a_request_in_a_body_of_two_lengths_is_answered_by_nobody(
    site: Site, server: str, lines: tuple[str, ...]
) -> None:
    """The first is refused. What comes after its end, by the one length that HTTP says it has, is a second
    request on this client's own connection, not a smuggled one; without such an end nothing is answered.
    """
    ends = ("transfer-encoding: chunked", "content-length: 0")
    has_end = any(line.replace("\t", " ").lower() in ends for line in lines)
    with contextlib.ExitStack() as stack:
        connections = {shape: stack.enter_context(site.connect("good", server)) for shape in SHAPES}
        for shape, connection in connections.items():
            connection.send(_ambiguous(site, server, shape, lines))
        for shape, connection in connections.items():
            statuses = [answer.status for answer in connection.answers(quiet=QUIET)]
            assert statuses[0] in (400, 403, 411, 413, 415, 422, 501), (shape, statuses)
            assert len(statuses) == 1 or (has_end and shape != "all in one chunk"), (shape, statuses)


CHUNKS = {
    "no size": b"\r\n\r\n",
    "a size of no digits": b"zz\r\n",
    "a negative size": b"-1\r\n",
    "a size in 0x": b"0x10\r\n",
    "a huge size": b"ffffffffffffffffff\r\n",
    "a size that overflows": b"10000000000000000\r\n",
    "a space before the size": b" 5\r\nabcde\r\n0\r\n\r\n",
    "a size that is too small": b"2\r\nabcde\r\n0\r\n\r\n",
    "a size that is too large": b"f\r\nabcde\r\n0\r\n\r\n",
    "a bare newline after the size": b"5\nabcde\n0\n\n",
    "a bare return after the size": b"5\rabcde\r0\r\r",
    "a long extension": b"5;" + b"a" * 20_000 + b"\r\nabcde\r\n0\r\n\r\n",
    "an extension with a newline": b"5;a\nb\r\nabcde\r\n0\r\n\r\n",
    "an extension with quotes": b'5;a="\r\nGET / HTTP/1.1\r\n\r\n"\r\nabcde\r\n0\r\n\r\n',
    "many zeros": b"0" * 10_000 + b"5\r\nabcde\r\n0\r\n\r\n",
    "a trailer that says who asks": b"5\r\nabcde\r\n0\r\nSSL_CLIENT_S_DN_CN: x\r\nX-Client-DN: CN=x\r\n\r\n",
    "a trailer that says the length": b"5\r\nabcde\r\n0\r\nContent-Length: 100\r\n\r\n",
    "a very long trailer": b"5\r\nabcde\r\n0\r\n" + b"X: " + b"a" * 20_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("chunks", CHUNKS.values(), ids=CHUNKS)
def test_a_malformed_chunk_ends_the_connection(site: Site, chunks: bytes) -> None:
    data = request("PUT", site.fill(FACTS), JSON, "Transfer-Encoding: chunked", close=False) + chunks
    with site.connect("good") as connection:
        connection.send(data + b"\r\n" + _hidden(site))
        answers = connection.answers(quiet=QUIET)
    assert answers[0].status in (400, 403, 413, 500)  # 500: Apache itself, about a trailer
    # After chunks that have an end there is a request, on the client's own connection; after others none.
    assert len(answers) == 1 or chunks.startswith((b"5\r\n", b"5;a")), [answer.status for answer in answers]


@pytest.mark.parametrize(
    "data",
    [
        b"GET /puppet/v3/node/VICTIM?environment=production HTTP/1.1\nHost: x\nAccept: application/json\n\n",
        b"GET /puppet/v3/node/VICTIM?environment=production\r\n\r\n",
        b"GET /puppet/v3/node/VICTIM?environment=production HTTP/0.9\r\n\r\n",
        b"GET /puppet/v3/node/VICTIM?environment=production HTTP/1.0\r\n\r\n",
        b"GET /puppet/v3/node/VICTIM?environment=production HTTP/2.0\r\nHost: x\r\n\r\n",
        b"GET /puppet/v3/node/VICTIM?environment=production HTTP/1.1\r\nAccept: application/json\r\n\r\n",
        b"GET /puppet/v3/node/VICTIM?environment=production HTTP/1.1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET\t/puppet/v3/node/VICTIM?environment=production\tHTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET  /puppet/v3/node/VICTIM?environment=production  HTTP/1.1\r\nHost: x\r\n\r\n",
        b" GET /puppet/v3/node/VICTIM?environment=production HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\r\n\r\n\r\nGET /puppet/v3/node/VICTIM?environment=production HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /puppet/v3/node/VICTIM\0?environment=production HTTP/1.1\r\nHost: x\r\n\r\n",
        b"G\0ET /puppet/v3/node/VICTIM?environment=production HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET https://localhost/puppet/v3/node/VICTIM?environment=production HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://127.0.0.1:8082/pdb/query/v4/nodes HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET https://127.0.0.1:5432/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET ftp://VICTIM/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET //VICTIM/puppet/v3/node/VICTIM?environment=production HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET @VICTIM/puppet/v3/node/VICTIM?environment=production HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT 127.0.0.1:8082 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT localhost:5432 HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        b"TRACE / HTTP/1.1\r\nHost: x\r\nX-Secret: y\r\n\r\n",
        b"TRACK /puppet/v3/node/VICTIM HTTP/1.1\r\nHost: x\r\n\r\n",
        b"DEBUG / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /puppet/v3/node/VICTIM?environment=production HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET /puppet/v3/node/VICTIM?environment=production HTTP/1.1\r\nHost: x/../y\r\n\r\n",
        b"GET /puppet/v3/node/VICTIM?environment=production HTTP/1.1\r\nHost: \r\n\r\n",
        b"\0" * 1000 + b"\r\n\r\n",
        b"A" * 100_000,
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
@pytest.mark.parametrize("server", ["master", "ca", "puppetdb", "health"])
def test_an_odd_request_line_gets_a_refusal_and_no_data(site: Site, server: str, data: bytes) -> None:
    """PuppetDB answers a node with 403; the CA has no such path."""
    data = data.replace(b"VICTIM", site.identity("victim").certname.encode())
    with site.connect("good", server) as connection:
        connection.send(data + (b"\r\n\r\n" if data.startswith(b"A") else b""))
        for answer in connection.answers(quiet=QUIET):
            # An old client (HTTP/0.9) is told no as well, without a status: by Apache's page.
            assert not answer.is_success or (answer.status == 0 and b"<h1>" in answer.body), answer
            assert b"X-Secret" not in answer.body


@pytest.mark.parametrize("server", ["master", "ca"])
def test_options_of_the_server_tell_nothing(site: Site, server: str) -> None:
    answer = site.ask("good", request("OPTIONS", "*"), server)
    assert answer.status in (200, 400, 403) and not (answer.status == 200 and answer.body)


@pytest.mark.parametrize(
    ("line", "statuses"),
    [
        ("Expect: 100-continue", (400,)),
        ("Expect: 100-Continue", (400,)),
        ("Expect: 200-ok", (417, 400)),
        ("Expect: x\r\nExpect: 100-continue", (417, 400)),
        ("Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__", (400,)),
        (
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AA==",
            (400,),
        ),
        ("Upgrade: TLS/1.0\r\nConnection: Upgrade", (400,)),
        ("Connection: close, SSL_CLIENT_S_DN_CN, Host, Content-Type", (400,)),
        ("Keep-Alive: timeout=99999, max=99999", (400,)),
        ("TE: trailers, chunked;q=1", (400,)),
        ("Max-Forwards: 0", (400,)),
        ("Via: 1.1 localhost", (400,)),
    ],
)
def test_a_header_about_the_connection_changes_nothing_about_the_request(
    site: Site, line: str, statuses: tuple[int, ...]
) -> None:
    """400: the body is no JSON. It was read as a body, and the request behind it on its own."""
    data = request("PUT", site.fill(FACTS), JSON, line, body=b"no JSON", close=False)
    with site.connect("good") as connection:
        connection.send(data)
        assert connection.answer().status in statuses
        connection.send(request("GET", site.fill(f"/puppet/v3/node/{{victim}}{Q}")))
        rest = connection.answers(quiet=QUIET) if statuses == (400,) else []
    assert [answer.status for answer in rest] in ([], [403])


def test_requests_in_one_go_are_answered_one_by_one_each_as_it_may(site: Site) -> None:
    paths = [
        f"/puppet/v3/node/{{good}}{Q}",
        f"/puppet/v3/node/{{victim}}{Q}",
        "/puppet/v3/environments",
        f"/puppet/v3/node/{{victim}}{Q}",
    ]
    data = b"".join(request("GET", site.fill(path), close=False) for path in paths)
    answers = site.send("good", data + request("GET", "/status/v1/simple"))
    assert [answer.status for answer in answers] == [200, 403, 200, 403, 200]


def test_a_half_sent_request_of_one_client_is_not_finished_by_anothers(site: Site) -> None:
    """Both go to the same workers; the first is kept waiting for its body."""
    body = b'{"name":"'
    half = request("PUT", site.fill(FACTS), JSON, "Content-Length: 1000", body=body, length=False)
    with site.connect("good") as slow, site.connect("victim") as other:
        slow.send(half)
        for _ in range(8):
            other.send(request("GET", site.fill(f"/puppet/v3/node/{{victim}}{Q}"), close=False))
            answer = other.answer()
            assert answer.status == 200 and site.identity("victim").canary.encode() in answer.body
    assert site.get("good", "/puppet/v3/environments").status == 200
