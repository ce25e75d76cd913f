"""The health listener: two answers, and nothing else, to whoever asks."""

import json

import pytest

from tests.attacks.site import ENVIRONMENT, Site
from tests.attacks.wire import request

KNOWN = ("/status/v1/simple", "/health")
# Words of what the master knows about its nodes, its code and itself.
TELLING = (b"attacks-", b"production", b"/usr/", b"/var/", b"/etc/", b"Phusion", b"Python", b"Debian")


def test_a_load_balancer_is_told_that_the_master_runs(site: Site) -> None:
    answer = site.ask("nobody", request("GET", "/status/v1/simple"), "health")
    assert (answer.status, answer.body) == (200, b"running")


def test_the_age_of_the_revocation_list_is_told_and_no_name(site: Site) -> None:
    answer = site.ask("nobody", request("GET", "/health"), "health")
    assert answer.status == 200 and json.loads(answer.body)
    assert not any(text in answer.body for text in TELLING)


@pytest.mark.parametrize(
    "path",
    [
        "/", "/index.html", "/health/", "/health/x", "/healthx", "/HEALTH", "/status", "/status/v1",
        "/status/v1/simple/", "/status/v1/services",
        "/status/v1/simple/server", "/puppet/v3/environments", "/puppet/v3/node/{victim}?" + ENVIRONMENT,
        "/puppet-ca/v1/certificate/ca",
        "/puppet-ca/v1/certificate_revocation_list/ca", "/pdb/query/v4/nodes", "/metrics/v2/list",
        "/server-status", "/server-info",
        "/passenger_wsgi.py", "/.htaccess", "/public", "/icons/", "/cgi-bin/", "/favicon.ico", "/robots.txt",
    ],
)  # fmt: skip
def test_no_other_path_is_answered(site: Site, path: str) -> None:
    for name in ("nobody", "good"):
        answer = site.get(name, path, server="health")
        assert answer.status in (403, 404)
        assert not any(text in answer.body for text in (*TELLING, site.identity("victim").certname.encode()))


@pytest.mark.parametrize(
    "path",
    ["/health/../puppet/v3/environments", "/health%2f..%2fpuppet", "/health/%2e%2e/%2e%2e/etc/passwd",
     "//health/../..//etc/passwd", "/health;x",
     "/health%00", "/health%0a", "/%68ealth/x", "/health\\..", "/status/v1/simple/../../../etc/passwd",
     "/~root/", "/health%ff", "/" + "a" * 9000],
)  # fmt: skip
def test_no_way_to_write_a_path_is_answered(site: Site, path: str) -> None:
    assert site.get("nobody", path, server="health").status in (400, 403, 404, 414)


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "get", "X"]
)
@pytest.mark.parametrize("path", KNOWN)
def test_no_other_method_is_answered(site: Site, path: str, method: str) -> None:
    answer = site.ask(
        "nobody", request(method, path, body=b"" if method in ("OPTIONS", "TRACE") else b"x"), "health"
    )
    assert answer.status in (400, 403, 405, 413, 501)


def test_a_question_has_no_effect_on_the_answer(site: Site) -> None:
    plain = site.ask("nobody", request("GET", "/status/v1/simple"), "health")
    for line in (
        "X-Client-DN: CN=x",
        "SSL_CLIENT_VERIFY: SUCCESS",
        "Range: bytes=0-1",
        "Accept: text/html",
        "X-Forwarded-For: 127.0.0.1",
    ):
        answer = site.ask("nobody", request("GET", "/status/v1/simple?level=debug&service=x", line), "health")
        assert answer.body == plain.body and answer.status == plain.status


def test_a_body_is_not_read(site: Site) -> None:
    data = request("GET", "/health", "Content-Length: 1073741824")
    with site.connect("nobody", "health") as connection:
        connection.send(data)
        connection.pour(bytes(65536) for _ in range(2000))
        assert connection.answer().status in (400, 403, 413)


def test_many_questions_at_once_keep_no_node_waiting(site: Site) -> None:
    held = [site.connect("nobody", "health") for _ in range(50)]
    for connection in held:
        connection.send(request("GET", "/health"))
    assert site.get("good", "/puppet/v3/environments").status == 200
    for connection in held:
        assert connection.answer().status in (200, 503)  # 503: more than the queue of the listener
        connection.socket.close()
