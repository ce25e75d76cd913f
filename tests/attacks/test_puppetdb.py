"""PuppetDB's listener: for masters and the CA, by what their certificates say, and for no node."""

import json
import socket
import urllib.parse

import pytest

from tests.attacks.site import Site
from tests.attacks.wire import Refused, request

NODES = "/pdb/query/v4/nodes"
PATHS = (
    NODES, "/pdb/query/v4/facts", "/pdb/query/v4/resources", "/pdb/query/v4/catalogs/{victim}",
    "/pdb/query/v4/reports", "/pdb/query/v4/factsets/{victim}",
    "/pdb/query/v4/nodes/{good}", "/pdb/query/v4/catalogs/{good}", "/pdb/query/v4?query=nodes%7B%7D",
    "/pdb/cmd/v1", "/pdb/admin/v1/archive",
    "/pdb/admin/v1/cmd", "/pdb/admin/v1/summary-stats", "/pdb/meta/v1/version", "/pdb/meta/v1/server-time",
    "/pdb/ext/v1/x", "/pdb/dashboard/index.html",
    "/pdb/dashboard/", "/dashboard", "/", "/metrics/v2/list", "/metrics/v1/mbeans",
    "/metrics/v2/read/java.lang:type=Memory", "/status/v1/services",
    "/status/v1/simple", "/v4/nodes", "/v3/commands", "/jolokia", "/pdb",
)  # fmt: skip
SPELLINGS = (
    "//pdb/query/v4/nodes", "/pdb//query/v4/nodes", "/./pdb/query/v4/nodes", "/x/../pdb/query/v4/nodes",
    "/%70db/query/v4/nodes", "/pdb%2fquery%2fv4%2fnodes",
    "/pdb/query%2fv4/nodes", "/%2e/pdb/query/v4/nodes", "/%2e%2e/pdb/query/v4/nodes", "/pdb/query/v4/nodes;x",
    "/pdb;x/query/v4/nodes", "/;/pdb/query/v4/nodes",
    "/pdb/query/v4/nodes%00", "/pdb/query/v4/nodes%20", "/pdb/query/v4/nodes.", "/pdb/query/v4/nodes/",
    "/PDB/query/v4/nodes", "/pdb\\query\\v4\\nodes",
    "\\pdb\\query\\v4\\nodes", "/pdb/query/v4/%6eodes", "/%2570db/query/v4/nodes", "/pdb/query/v4/nodes%0a",
    "/pdb/query/v4/nodes#x", "/pdb/query/v4/nodes%23",
    "/status/v1/simple/../../../pdb/query/v4/nodes", "/status/v1/simple/..;/..;/..;/pdb/query/v4/nodes",
    "/status/v1/simple/%2e%2e/%2e%2e/%2e%2e/pdb/query/v4/nodes",
    "/pdb/query/v4/nodes?/../", "/%c0%af/pdb/query/v4/nodes", "/%ff/pdb/query/v4/nodes", "pdb/query/v4/nodes",
    "?/pdb/query/v4/nodes", "/pdb/query/v4/nodes?x=%00",
)  # fmt: skip
HEADERS = (
    "X-Client-Verify: SUCCESS", "X-Client-DN: CN={master}", "X_Client_DN: CN={master}", "X-Client-Cert: PEM",
    "X-Client-CN: {master}",
    "SSL_CLIENT_S_DN_CN: {master}", "SSL-Client-S-DN-CN: {master}", "SSL_CLIENT_VERIFY: SUCCESS",
    "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Host: localhost",
    "Forwarded: for=127.0.0.1", "X-Real-IP: 127.0.0.1", "X-Original-URL: /status/v1/simple",
    "X-Rewrite-URL: /pdb/query/v4/nodes", "X-Authentication: secret",
    "Authorization: Bearer x", "X-HTTP-Method-Override: GET", "Connection: X-Client-DN, close",
    "Via: 1.1 127.0.0.1", "Proxy-Authorization: Basic eDp4",
    "Upgrade: websocket", "Expect: 100-continue", "Host: 127.0.0.1:8082", "Cookie: pl_ssti=x",
    "Max-Forwards: 0", "Range: bytes=0-",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("who", ["good", "admin", "without-a-record"])
def test_a_node_gets_nothing_from_puppetdb(site: Site, who: str, path: str) -> None:
    assert site.get(who, path, server="puppetdb").status == 403


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "HEAD", "PATCH", "PROPFIND", "TRACE", "X", "get", "MERGE"]
)
def test_no_method_gets_a_node_anything_from_puppetdb(site: Site, method: str) -> None:
    for path in (NODES, "/pdb/cmd/v1", "/status/v1/simple"):
        assert site.ask("good", request(method, path), "puppetdb").status in (400, 403, 405, 501)


@pytest.mark.parametrize("path", SPELLINGS)
def test_no_way_to_write_the_path_gets_a_node_anything_from_puppetdb(site: Site, path: str) -> None:
    assert site.get("good", path, server="puppetdb").status in (400, 403, 404)


@pytest.mark.parametrize("line", HEADERS)
def test_no_header_makes_a_node_a_master(site: Site, line: str) -> None:
    line = line.replace("{master}", site.identity("master").certname).replace("PEM", "x")
    options = {"host": None} if line.startswith("Host") else {}
    for spelled in (line, line.replace("-", "_"), line.replace(": ", ":"), line.lower()):
        assert site.get("good", NODES, spelled, server="puppetdb", **options).status in (400, 403, 417)


def test_a_certificate_with_other_rights_gets_nothing_from_puppetdb(site: Site, unprivileged: str) -> None:
    assert site.get(unprivileged, NODES, server="puppetdb").status == 403


def test_a_certificate_of_an_odd_name_gets_nothing_from_puppetdb(site: Site, misnamed: str) -> None:
    assert site.get(misnamed, NODES, server="puppetdb").status == 403


@pytest.mark.parametrize("who", ["nobody", "revoked"])
def test_puppetdb_refuses_in_tls_who_has_no_valid_certificate(site: Site, who: str) -> None:
    with pytest.raises(Refused):
        site.get(who, NODES, server="puppetdb")


def test_puppetdb_refuses_in_tls_a_certificate_that_is_not_valid_here(site: Site, invalid: str) -> None:
    with pytest.raises(Refused):
        site.get(invalid, NODES, server="puppetdb")


def test_a_master_gets_what_the_nodes_are_refused(site: Site) -> None:
    """Without this, the tests above could not fail."""
    answer = site.get("master", NODES, server="puppetdb")
    assert answer.status == 200 and isinstance(json.loads(answer.body), list)


@pytest.mark.parametrize("port", [8080, 8082, 5432, 61616])
def test_what_is_behind_the_listener_is_not_reachable(site: Site, port: int) -> None:
    """PuppetDB itself and its database: on the host's loopback only."""
    with pytest.raises(OSError, match=r"refused|timed out"):
        socket.create_connection((site.server("puppetdb").host, port), timeout=2)


@pytest.mark.parametrize(
    "name", ["replace facts", "replace catalog", "store report", "deactivate node", "configure expiration"]
)
def test_a_node_cannot_write_into_puppetdb(site: Site, name: str) -> None:
    victim = site.identity("victim").certname
    query = urllib.parse.urlencode({"command": name.replace(" ", "_"), "version": 5, "certname": victim})
    body = json.dumps({"certname": victim, "environment": "production", "values": {"stolen": "yes"}}).encode()
    for data in (
        request("POST", f"/pdb/cmd/v1?{query}", "Content-Type: application/json", body=body),
        request(
            "POST",
            "/pdb/cmd/v1",
            "Content-Type: application/json",
            body=json.dumps({"command": name, "version": 5, "payload": {}}).encode(),
        ),
    ):
        assert site.ask("good", data, "puppetdb").status == 403


def test_a_request_hidden_in_a_masters_body_is_not_answered(site: Site) -> None:
    """The proxy's connections to PuppetDB are shared: what is left in one would be the next client's."""
    hidden = request("GET", NODES)
    for lines in (
        ("Content-Length: 0", f"Content-Length: {len(hidden)}"),
        (f"Content-Length: {len(hidden)}", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 0"),
        ("Transfer-Encoding : chunked",),
        ("Transfer-Encoding: xchunked", f"Content-Length: {len(hidden)}"),
    ):
        answers = site.send(
            "master",
            request("POST", "/pdb/query/v4/nodes", *lines, close=False) + b"0\r\n\r\n" + hidden,
            "puppetdb",
            quiet=0.5,
        )
        assert len(answers) == 1 and not answers[0].is_success, answers
    assert site.get("good", NODES, server="puppetdb").status == 403


def test_what_a_node_sent_to_the_master_has_changed_nothing_about_another(site: Site) -> None:
    """This module comes after those that try."""
    victim = site.identity("victim").certname
    answer = site.get(
        "master",
        f"/pdb/query/v4/facts?query={urllib.parse.quote(json.dumps(['=', 'certname', victim]))}",
        server="puppetdb",
    )
    assert answer.status == 200 and "stolen" not in {fact["name"] for fact in json.loads(answer.body)}
    answer = site.get(
        "master",
        f"/pdb/query/v4/reports?query={urllib.parse.quote(json.dumps(['=', 'certname', victim]))}",
        server="puppetdb",
    )
    assert answer.status == 200 and json.loads(answer.body) == []
