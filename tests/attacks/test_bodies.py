"""Bodies that are too large, too deep, of another type than they claim, or not what was asked for."""

import gzip
import json
import random
import time
import zlib

import pytest

from tests.attacks.site import ENVIRONMENT, FACTS, Site
from tests.attacks.wire import request

GIGABYTE = 1 << 30
MEGABYTE = 1 << 20
LET_IN = 64 * MEGABYTE  # what a server may have taken before it says that it is too much
LONG = 60.0  # seconds that one request may hold a worker, on a busy machine
JSON = "Content-Type: application/json"

ROUTES = (
    ("PUT", "/puppet/v3/facts/{good}"),
    ("PUT", "/puppet/v3/report/{good}"),
    ("POST", "/puppet/v3/catalog/{good}"),
    ("PUT", "/puppet/v3/file_bucket_file/sha256/" + "0" * 64),
    ("POST", "/puppet/v3/file_metadatas/plugins"),
)


def _path(site: Site, path: str) -> str:
    return f"{site.fill(path)}?{ENVIRONMENT}"


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_body_of_a_gigabyte_is_refused_before_it_is_read(site: Site, method: str, path: str) -> None:
    head = request(method, _path(site, path), JSON, f"Content-Length: {GIGABYTE}")
    with site.connect("good") as connection:
        connection.send(head)
        sent = connection.pour(bytes(MEGABYTE) for _ in range(GIGABYTE // MEGABYTE))
        assert connection.answer().status == 413
    assert sent < LET_IN


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_chunks_of_a_gigabyte_are_refused_before_they_are_read_whole(
    site: Site, method: str, path: str
) -> None:
    head = request(method, _path(site, path), JSON, "Transfer-Encoding: chunked")
    piece = b"%x\r\n" % MEGABYTE + bytes(MEGABYTE) + b"\r\n"
    with site.connect("good") as connection:
        connection.send(head)
        sent = connection.pour(piece for _ in range(GIGABYTE // MEGABYTE))
        assert connection.answer().status == 413
    assert sent < LET_IN


def test_very_many_small_chunks_are_read_to_the_limit_and_no_further(site: Site) -> None:
    head = request("PUT", _path(site, "/puppet/v3/facts/{good}"), JSON, "Transfer-Encoding: chunked")
    with site.connect("good") as connection:
        connection.send(head)
        connection.pour(b"1\r\n \r\n" * 10_000 for _ in range(5))
        connection.send(b"0\r\n\r\n")
        assert connection.answer().status == 400


def test_a_body_that_is_refused_costs_no_other_request_on_its_connection_its_answer(site: Site) -> None:
    """After a refusal the rest of the body is no request: it is dropped with the connection."""
    hidden = request("GET", _path(site, "/puppet/v3/node/{good}"))
    data = request(
        "PUT", _path(site, "/puppet/v3/facts/{good}"), JSON, f"Content-Length: {GIGABYTE}", close=False
    )
    answers = site.send("good", data + hidden)
    assert [answer.status for answer in answers] == [413]


DEEP = {
    "arrays": b"[" * 100_000,
    "closed arrays": b"[" * 100_000 + b"]" * 100_000,
    "objects": b'{"a":' * 100_000,
    "closed objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "in the values": b'{"name":"NAME","values":{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}}",
    "megabytes of arrays": b"[" * (8 * MEGABYTE),
    "millions of objects": b"[" + b"{}," * (9 * MEGABYTE) + b"0]",
    "a hundred": b'{"name":"NAME","values":{"a":' + b"[" * 200 + b"]" * 200 + b"}}",
}


@pytest.mark.parametrize("body", DEEP.values(), ids=DEEP)
@pytest.mark.parametrize("kind", ["facts", "report"])
def test_deeply_nested_json_ends_no_worker(site: Site, kind: str, body: bytes) -> None:
    body = body.replace(b"NAME", site.identity("good").certname.encode())
    begin = time.monotonic()
    answer = site.ask("good", request("PUT", _path(site, f"/puppet/v3/{kind}/{{good}}"), JSON, body=body))
    assert answer.status == 400
    assert time.monotonic() - begin < LONG


@pytest.mark.parametrize("body", list(DEEP.values())[:5], ids=list(DEEP)[:5])
def test_deeply_nested_facts_of_a_catalog_end_no_worker(site: Site, body: bytes) -> None:
    name = site.identity("good").certname
    text = body.replace(b"NAME", name.encode()).decode()
    assert site.ask("good", site.catalog_request(name, text)).status == 400


def _facts(site: Site) -> bytes:
    return json.dumps({"name": site.identity("good").certname, "values": FACTS}).encode()


MALFORMED = {
    "nothing": b"",
    "null": b"null",
    "a number": b"1",
    "a text": b'"facts"',
    "an array": b"[]",
    "an empty object": b"{}",
    "without values": b'{"name":"NAME"}',
    "values of another type": b'{"name":"NAME","values":[1,2]}',
    "values that are null": b'{"name":"NAME","values":null}',
    "values that are text": b'{"name":"NAME","values":"x"}',
    "a name twice": b'{"name":"VICTIM","name":"NAME","values":{"a":1}}',
    "the victim's name second": b'{"name":"NAME","name":"VICTIM","values":{"a":1}}',
    "cut short": b'{"name":"NAME","values":{"a":',
    "not UTF-8": b'{"name":"NAME","values":{"a":"\xff\xfe"}}',
    "UTF-16": '{"name":"NAME","values":{}}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"name":"NAME","values":{}}',
    "NUL": b'{"name":"NAME","values":{"a":"\0"}}',
    "an escaped NUL": b'{"name":"NAME","values":{"a\\u0000b":"\\u0000"}}',
    "half a surrogate": b'{"name":"NAME","values":{"a":"\\ud800"}}',
    "NaN": b'{"name":"NAME","values":{"a":NaN}}',
    "a huge number": b'{"name":"NAME","values":{"a":1e99999}}',
    "a long number": b'{"name":"NAME","values":{"a":' + b"9" * 100_000 + b"}}",
    "json_class": b'{"json_class":"Puppet::Node::Facts","name":"NAME","values":{"json_class":"String"}}',
    "a ptype": b'{"name":"NAME","values":{"a":{"__ptype":"Sensitive","__pvalue":"x"}}}',
    "a ptype of code": b'{"name":"NAME","values":{"__ptype":"Deferred","name":"file","arguments":["/x"]}}',
    "an odd timestamp": b'{"name":"NAME","values":{"a":1},"timestamp":"x","expiration":"0000-99-99"}',
    "a timestamp of another type": b'{"name":"NAME","values":{"a":1},"timestamp":{"a":1},"expiration":[]}',
    "YAML": b"--- !ruby/object:Puppet::Node::Facts\nname: NAME\nvalues: {a: 1}\n",
    "YAML of Ruby's objects": b"--- !ruby/object:Gem::Requirement\nx: !ruby/object:Gem::Source {}\n",
    "Marshal": b"\x04\bo:\x15Puppet::Node::Facts\x00",
    "MessagePack": b"\x82\xa4name\xa4NAME\xa6values\x80",
    "XML": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "a form": b"name=NAME&values=x",
}
TYPES = (
    "application/json", "text/pson", "application/pson", "pson", "text/yaml", "yaml", "application/x-yaml",
    "raw", "b64_zlib_yaml", "s",
    "application/x-msgpack", "msgpack", "application/octet-stream", "binary",
    "application/vnd.puppet.rich+json",
    "application/vnd.puppet.rich+msgpack", "text/plain", "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "dot", "console", "flat", "application/x-ruby-marshal", "", "/", ";", "application/json; charset=utf-16",
    "application/json, text/yaml", "../../etc/passwd", "x" * 4000,
)  # fmt: skip


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("kind", ["facts", "report"])
def test_what_is_no_document_of_facts_or_report_is_refused_or_taken_as_text(
    site: Site, kind: str, body: bytes
) -> None:
    for name in ("good", "victim"):
        body = body.replace(
            {"good": b"NAME", "victim": b"VICTIM"}[name], site.identity(name).certname.encode()
        )
    answer = site.ask("good", request("PUT", _path(site, f"/puppet/v3/{kind}/{{good}}"), JSON, body=body))
    assert answer.status in (200, 400, 500)
    assert b"root:x" not in answer.body


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("facts_format", ["application/json", "pson", "yaml"])
def test_malformed_facts_of_a_catalog_are_no_facts(site: Site, facts_format: str, body: bytes) -> None:
    name = site.identity("good").certname
    text = body.replace(b"NAME", name.encode()).decode("latin-1")
    data = site.catalog_request(name, text, facts_format)
    assert site.ask("good", data).status in (200, 400, 500)


@pytest.mark.parametrize(
    "facts_format", ["text/yaml", "raw", "b64_zlib_yaml", "", "msgpack", "dot", "../../etc/passwd"]
)
def test_facts_of_a_catalog_are_json_or_nothing(site: Site, facts_format: str) -> None:
    for body in (_facts(site), MALFORMED["YAML of Ruby's objects"], MALFORMED["Marshal"]):
        data = site.catalog_request(site.identity("good").certname, body.decode("latin-1"), facts_format)
        assert site.ask("good", data).status in (400, 500)


@pytest.mark.parametrize(
    "content_type", ["text/yaml", "yaml", "application/x-yaml", "application/json", "text/pson"]
)
def test_yaml_whose_aliases_multiply_is_not_read(site: Site, content_type: str) -> None:
    """Ten to the eighth when it is written out; a worker would not survive it."""
    lines = [f"name: {site.identity('good').certname}", "values:", "  a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"  a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8)]
    header, body = f"Content-Type: {content_type}", "\n".join(lines).encode()
    for kind in ("facts", "report"):
        data = request("PUT", _path(site, f"/puppet/v3/{kind}/{{good}}"), header, body=body)
        assert site.ask("good", data).status in (400, 415)


@pytest.mark.parametrize("content_type", TYPES)
def test_a_body_is_read_as_what_it_says_it_is_or_not_at_all(site: Site, content_type: str) -> None:
    for body in (_facts(site), MALFORMED["YAML"], MALFORMED["MessagePack"], b""):
        header = f"Content-Type: {content_type}"
        answer = site.ask("good", request("PUT", _path(site, "/puppet/v3/facts/{good}"), header, body=body))
        assert answer.status in (200, 400, 415, 500)


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Type: application/json", "Content-Type: text/yaml"],
        ["Content-Type: application/json", "Content_Type: text/yaml"],
        ["Content-Type: text/yaml", "X-Content-Type: application/json"],
        ["Content-Type : application/json"],
    ],
)
def test_two_content_types_do_not_give_one_that_was_not_checked(site: Site, lines: list[str]) -> None:
    body = MALFORMED["YAML"].replace(b"NAME", site.identity("victim").certname.encode())
    answer = site.ask("good", request("PUT", _path(site, "/puppet/v3/facts/{good}"), *lines, body=body))
    assert answer.status in (400, 415)


@pytest.fixture(scope="module")
def bombs() -> dict[str, bytes]:
    """256 MB of nothing, in a megabyte or less."""
    nothing = bytes(256 * MEGABYTE)
    squeezed, deflated = gzip.compress(nothing, 1), zlib.compress(nothing, 1)
    return {
        "gzip": squeezed,
        "x-gzip": squeezed,
        "deflate": deflated,
        "gzip, gzip": gzip.compress(squeezed),
        "br": squeezed,
    }


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", "gzip, gzip", "br"])
@pytest.mark.parametrize("kind", ["facts", "report"])
def test_a_compressed_body_is_not_unpacked(
    site: Site, bombs: dict[str, bytes], kind: str, encoding: str
) -> None:
    lines = (JSON, f"Content-Encoding: {encoding}")
    data = request("PUT", _path(site, f"/puppet/v3/{kind}/{{good}}"), *lines, body=bombs[encoding])
    assert site.ask("good", data).status in (400, 415)


def test_a_compressed_form_of_a_catalog_is_not_unpacked(site: Site, bombs: dict[str, bytes]) -> None:
    lines = ("Content-Type: application/x-www-form-urlencoded", "Content-Encoding: gzip")
    data = request("POST", _path(site, "/puppet/v3/catalog/{good}"), *lines, body=bombs["gzip"])
    assert site.ask("good", data).status in (200, 400)


def test_random_bytes_are_refused(site: Site) -> None:
    noise = random.Random(4)  # noqa: S311 - the same noise each time
    for size in (1, 10, 1000, 100_000):
        for content_type in ("application/json", "application/x-msgpack", "text/pson"):
            data = request(
                "PUT",
                _path(site, "/puppet/v3/facts/{good}"),
                f"Content-Type: {content_type}",
                body=noise.randbytes(size),
            )
            assert site.ask("good", data).status in (400, 415)


def test_a_body_where_none_belongs_is_not_read_as_another_request(site: Site) -> None:
    hidden = request("GET", _path(site, "/puppet/v3/node/{victim}"))
    for method, path, status in (
        ("GET", "/puppet/v3/environments", 200),
        ("GET", "/puppet/v3/node/{good}", 200),
        ("HEAD", "/status/v1/simple", 403),
    ):
        data = request(method, _path(site, path), body=hidden, close=False) + request(
            "GET", "/status/v1/simple"
        )
        with site.connect("good") as connection:
            connection.send(data)
            assert connection.answer(head=method == "HEAD").status == status
            assert connection.answer().body == b"running"


@pytest.mark.parametrize("field", ["a&", "a=%41&", "facts=%41", "%41", "facts=" + "%2541" * 10])
def test_a_form_of_millions_of_fields_holds_no_worker(site: Site, field: str) -> None:
    body = field.encode() * (8 * MEGABYTE // len(field))
    line = "Content-Type: application/x-www-form-urlencoded"
    begin = time.monotonic()
    answer = site.ask("good", request("POST", _path(site, "/puppet/v3/catalog/{good}"), line, body=body))
    assert answer.status in (200, 400, 413, 500)
    assert time.monotonic() - begin < LONG
