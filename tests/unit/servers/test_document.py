"""What may stand in cluster/servers."""

import json
from typing import Any

import pytest
from servers.document import Server, parse
from servers.errors import DocumentError

MASTER = {"certname": "m1", "name": "m1.ec2.internal", "port": 8140}


def document(**changes: Any) -> bytes:
    return json.dumps({"masters": [{**MASTER, **changes}], "databases": []}).encode()


def test_a_master_is_named_as_in_server_list() -> None:
    assert parse("x", document()).masters == (Server("m1", "m1.ec2.internal", 8140),)
    assert parse("x", document()).masters[0].address == "m1.ec2.internal:8140"


def test_servers_are_sorted_and_counted_once_so_that_the_copy_changes_only_when_they_do() -> None:
    other = {**MASTER, "certname": "a", "name": "a.ec2.internal"}
    body = json.dumps({"masters": [MASTER, other, MASTER], "databases": []}).encode()
    assert [server.certname for server in parse("x", body).masters] == ["a", "m1"]


def test_the_copy_reads_as_the_original() -> None:
    servers = parse("x", document())
    assert parse("copy", servers.body()) == servers


def test_what_is_not_understood_is_left_out_of_the_copy() -> None:
    assert b"weight" not in parse("x", document(weight=3)).body()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"null",
        b'{"masters": {}, "databases": []}',
        b'{"masters": [1], "databases": []}',
        b'{"masters": []}',
        b"[" * 100_000,
        json.dumps({"masters": [MASTER] * 1001, "databases": []}).encode(),
        document(port="8140"),
        document(port=True),
        document(port=0),
        document(port=65536),
        document(name="m1.ec2.internal\nserver = evil"),
        document(name="m1,evil"),
        document(name="m1:8140"),
        document(name=""),
        document(name="-m1"),
        document(name="a" * 254),
        document(name=None),
        document(certname="../m1"),
        document(certname=None),
    ],
)
def test_what_is_no_list_of_servers_is_refused_with_its_source(body: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^s3://nodes/cluster/servers: "):
        parse("s3://nodes/cluster/servers", body)
