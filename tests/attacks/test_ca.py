"""The CA's listener: method x path x identity, and what else is tried at the door of who signs."""

import json
import time

import pytest

from tests.attacks.site import Site
from tests.attacks.wire import request

V1 = "/puppet-ca/v1"
GIGABYTE = 1 << 30
MEGABYTE = 1 << 20
TEXT = "Content-Type: text/plain"
JSON = "Content-Type: application/json"

# What takes the right that a certificate gives (pp_cli_auth), and harms if it is given without.
ADMINISTRATION = (
    ("GET", "/certificate_request/{victim}"),
    ("GET", "/certificate_status/{victim}"),
    ("PUT", "/certificate_status/{victim}"),
    ("DELETE", "/certificate_status/{victim}"),
    ("GET", "/certificate_statuses/all"),
    ("GET", "/certificate_statuses/*"),
    ("PUT", "/certificate_revocation_list"),
    ("PUT", "/clean"),
    ("POST", "/sign"),
    ("POST", "/sign/all"),
)
# What no rule allows to anybody.
UNKNOWN = (
    ("DELETE", "/certificate_request/{victim}"),
    ("DELETE", "/certificate/{victim}"),
    ("PUT", "/certificate/{victim}"),
    ("POST", "/certificate_request/{victim}"),
    ("POST", "/certificate_status/{victim}"),
    ("PUT", "/certificate_revocation_list/ca"),
    ("DELETE", "/certificate_revocation_list/ca"),
    ("GET", "/certificates"),
    ("GET", "/certificates/all"),
    ("GET", "/certificate_requests/all"),
    ("GET", "/clean"),
    ("DELETE", "/clean"),
    ("GET", "/sign"),
    ("PUT", "/sign/all"),
    ("POST", "/clean"),
    ("GET", "/certificate_renewal"),
    ("PUT", "/certificate_renewal"),
    ("GET", "/"),
    ("GET", ""),
    ("GET", "/ca_key.pem"),
    ("GET", "/../../ca_key.pem"),
    ("PATCH", "/certificate_status/{victim}"),
)
NOBODYS = ("nobody", "good", "master")


def _administer(site: Site, who: str, method: str, path: str) -> int:
    body = {
        "PUT": {"desired_state": "revoked", "certnames": [site.fill("{victim}")]},
        "POST": {"certnames": [site.fill("{victim}")]},
    }
    text = json.dumps(body[method]).encode() if method in body else b""
    return site.ask(who, request(method, V1 + site.fill(path), JSON, body=text), "ca").status


@pytest.mark.parametrize(("method", "path"), ADMINISTRATION)
@pytest.mark.parametrize("who", NOBODYS)
def test_only_an_administrator_administers(site: Site, who: str, method: str, path: str) -> None:
    assert _administer(site, who, method, path) == 403


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/certificate_statuses/all"), ("PUT", "/clean"), ("POST", "/sign/all")]
)
def test_rights_that_a_certificate_claims_give_none_on_the_ca(
    site: Site, unprivileged: str, method: str, path: str
) -> None:
    """A right counts in a certificate that this CA itself has signed, under that name, last."""
    assert _administer(site, unprivileged, method, path) == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/certificate_statuses/all"), ("PUT", "/clean"), ("POST", "/certificate_renewal")],
)
def test_a_certificate_whose_name_is_no_certname_is_nobodys_on_the_ca(
    site: Site, misnamed: str, method: str, path: str
) -> None:
    assert _administer(site, misnamed, method, path) == 403


@pytest.mark.parametrize(("method", "path"), UNKNOWN)
@pytest.mark.parametrize("who", [*NOBODYS, "admin"])
def test_what_no_rule_names_is_forbidden_to_all(site: Site, who: str, method: str, path: str) -> None:
    assert _administer(site, who, method, path) in (400, 403, 404)


def test_an_administrator_gets_what_the_others_are_refused(site: Site) -> None:
    """Without this, the tests above could not fail."""
    assert _administer(site, "admin", "GET", "/certificate_status/{victim}") == 200
    assert _administer(site, "admin", "GET", "/certificate_statuses/all") == 200
    assert b'"signed"' in site.get("admin", f"{V1}/certificate_status/{{victim}}", server="ca").body


@pytest.mark.parametrize("who", ["nobody", "good"])
def test_certificates_and_the_list_are_for_everybody(site: Site, who: str) -> None:
    for path in ("certificate/ca", "certificate/{victim}", "certificate_revocation_list/ca"):
        assert site.get(who, f"{V1}/{path}", server="ca").status == 200


@pytest.mark.parametrize(
    "spelling",
    [
        "%2e%2e", "..", "../ca_key", "..%2fca_key", "%2e%2e%2fca_key", "%252e%252e%252fca_key",
        "....//ca_key", "..;/ca_key", "{victim}%2f..%2f..%2fca_key",
        "{victim}/../../ca_key", "{victim}%00", "{victim}%00.pem", "{victim}.pem", "{victim};x", "{victim}.",
        "{victim}%2e", "{victim}%20", "{victim}%0a",
        "{victim}/", "{victim}//", "{victim}%ff", "{victim}%c0%af", "%ef%bb%bf{victim}", "{victim}\\..\\x",
        "*", "%", "%2", "%zz",
        "../requests/x", "signed", ".ca_key", "-x", "--help", "$(id)", "`id`", "{victim}|id", "ca_key",
        "inventory.txt", "lock", "serial", "a/b", "%2fetc%2fpasswd",
        "file:%2f%2f%2fetc%2fpasswd", "{victim}@x", "{victim},x", "\u00e9", "%c3%a9", "", ".", "{victim}#x",
        "CA", "Ca", "%43A",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("GET", "certificate"),
        ("GET", "certificate_revocation_list"),
        ("PUT", "certificate_request"),
        ("GET", "certificate_status"),
        ("DELETE", "certificate_status"),
    ],
)
def test_no_spelling_of_a_name_is_a_path_to_the_cas_files(
    site: Site, method: str, kind: str, spelling: str
) -> None:
    """Asked as an administrator, who may have all but that."""
    data = request(
        method,
        f"{V1}/{kind}/".encode() + site.fill(spelling).encode(),
        TEXT,
        body=b"x" if method == "PUT" else b"",
    )
    answer = site.ask("admin", data, "ca")
    assert answer.status in (400, 403, 404)
    assert b"PRIVATE KEY" not in answer.body and b"root:x" not in answer.body


@pytest.mark.parametrize("length", [65, 1000, 8000, 9000])
def test_an_overlong_name_is_refused_by_the_ca(site: Site, length: int) -> None:
    assert site.get("nobody", f"{V1}/certificate/{'a' * length}", server="ca").status in (400, 403, 404, 414)


def test_an_upper_case_name_is_not_another_spelling_of_a_name(site: Site) -> None:
    name = site.identity("victim").certname.upper()
    assert site.get("nobody", f"{V1}/certificate/{name}", server="ca").status == 400


@pytest.mark.parametrize(
    "path",
    ["//puppet-ca/v1/certificate_statuses/all", "/puppet-ca//v1/certificate_statuses/all",
     "/puppet-ca/v1/certificate/../certificate_statuses/all",
     "/puppet-ca/v1/certificate/%2e%2e/certificate_statuses/all",
     "/puppet-ca/v1/certificate/ca/../../certificate_statuses/all", "/PUPPET-CA/v1/certificate_statuses/all",
     "/puppet-ca/v1/certificate/ca;/../../certificate_statuses/all", "/puppet-ca/v1/certificate%2fca",
     "/puppet-ca%2fv1%2fcertificate_statuses%2fall",
     "/puppet-ca/v1/certificat%65_statuses/all",
     "/status/v1/simple/../../../puppet-ca/v1/certificate_statuses/all", "/puppet/v3/environments",
     "/puppet/v3/node/{victim}?environment=production", "/passenger_wsgi.py", "/public", "/server-status",
     "/etc/passwd"],
)  # fmt: skip
def test_no_way_to_write_the_path_is_an_administrators(site: Site, path: str) -> None:
    assert site.get("good", path, server="ca").status in (400, 403, 404)


@pytest.mark.parametrize(
    "line",
    ["X-Client-Verify: SUCCESS", "X-Client-DN: CN={admin}", "X-Client-DN: /CN={admin}", "X-Client-Cert: PEM",
     "X-Client-CN: {admin}", "SSL_CLIENT_VERIFY: SUCCESS",
     "SSL-Client-Verify: SUCCESS", "SSL_CLIENT_S_DN_CN: {admin}", "SSL-CLIENT-S-DN-CN: {admin}",
     "SSL_CLIENT_CERT: PEM", "SSL-CLIENT-CERT: PEM", "X-Authentication: x",
     "X-Forwarded-For: 127.0.0.1", "X-Forwarded-Client-Cert: PEM", "REMOTE_USER: {admin}",
     "Remote-User: {admin}", "wsgi.url_scheme: https", "HTTP_SSL_CLIENT_VERIFY: SUCCESS",
     "!~PASSENGER_ENV_VARS: U1NMX0NMSUVOVF9WRVJJRlkAU1VDQ0VTUwA=",
     "REQUEST_URI: /puppet-ca/v1/certificate/ca", "Request-URI: /puppet-ca/v1/certificate/ca",
     "X-HTTP-Method-Override: GET", "X-Original-URL: /puppet-ca/v1/certificate/ca",
     "Authorization: Basic YWRtaW46YWRtaW4="],
)  # fmt: skip
@pytest.mark.parametrize("who", ["nobody", "good"])
def test_no_header_makes_anybody_an_administrator(site: Site, who: str, line: str) -> None:
    pair = site.identity("admin").pair
    assert pair is not None
    line = site.fill(line).replace("PEM", pair[0].read_text().replace("\n", " ")[:7000])
    assert site.get(who, f"{V1}/certificate_statuses/all", line, server="ca").status in (400, 403)
    assert site.get(who, f"{V1}/certificate_statuses/all", line, line, server="ca").status in (400, 403)


# Bodies


@pytest.mark.parametrize(
    ("who", "method", "path"),
    [("nobody", "PUT", "/certificate_request/x"), ("admin", "PUT", "/clean"),
     ("good", "POST", "/certificate_renewal"), ("good", "PUT", "/clean"),
     ("nobody", "GET", "/certificate/ca")],
)  # fmt: skip
@pytest.mark.parametrize("way", ["Content-Length", "chunked"])
def test_a_body_of_a_gigabyte_is_refused_by_the_ca(
    site: Site, way: str, who: str, method: str, path: str
) -> None:
    chunked = way == "chunked"
    line = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {GIGABYTE}"
    piece = b"%x\r\n%s\r\n" % (MEGABYTE, bytes(MEGABYTE)) if chunked else bytes(MEGABYTE)
    with site.connect(who, "ca") as connection:
        connection.send(request(method, V1 + path, TEXT, line))
        sent = connection.pour(piece for _ in range(GIGABYTE // MEGABYTE))
        assert connection.answer().status in (403, 411, 413)
    assert sent < 64 * MEGABYTE


BODIES = {
    "nothing": b"", "noise": bytes(range(256)) * 10, "NUL": b"\0" * 1000, "deep arrays": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "closed arrays": b"[" * 100_000 + b"]" * 100_000,
    "a long number": b'{"desired_state":' + b"9" * 500_000 + b"}", "NaN": b'{"desired_state":NaN}',
    "a list": b"[]", "null": b"null", "many names": b'{"certnames":[' + b'"x",' * 100_000 + b'"x"]}',
    "names of another type": b'{"certnames":[1,{"a":[]},null]}',
    "names that are paths": b'{"certnames":["../ca_key","/etc/passwd","ca","a\\u0000b"]}',
    "a state of another type": b'{"desired_state":["signed"]}',
    "a life time of another type": b'{"desired_state":"signed","cert_ttl":"1y"}',
    "a huge life time": b'{"desired_state":"signed","cert_ttl":1e400}',
    "YAML": b"--- !ruby/object:Gem::Installer {}\n", "pickle": b"cos\nsystem\n(S'id'\ntR.",
    "XML": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "UTF-16": '{"certnames":[]}'.encode("utf-16"), "a surrogate": b'{"certnames":["\\ud800"]}',
    "two keys": b'{"certnames":[],"certnames":["x"]}',
    "PEM without end": b"-----BEGIN CERTIFICATE REQUEST-----\n" + b"A" * 20_000,
    "PEM of nothing": b"-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n",
    "PEM of noise": b"-----BEGIN CERTIFICATE REQUEST-----\nTm90IQ==\n-----END CERTIFICATE REQUEST-----\n",
    "a certificate": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "a key": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
}  # fmt: skip


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/certificate_request/{good}"), ("PUT", "/certificate_status/attacks-nobody"), ("PUT", "/clean"),
     ("POST", "/sign"), ("POST", "/sign/all"),
     ("POST", "/certificate_renewal"), ("PUT", "/certificate_revocation_list")],
)  # fmt: skip
def test_a_body_that_is_not_what_belongs_there_ends_no_worker_of_the_cas(
    site: Site, method: str, path: str, body: bytes
) -> None:
    """Asked as an administrator, whose bodies are read."""
    begin = time.monotonic()
    answer = site.ask(
        "admin",
        request(method, V1 + site.fill(path), JSON, f"Content-Length: {len(body)}", body=body, length=False),
        "ca",
    )
    assert answer.status < 500 and b"root:x" not in answer.body
    assert time.monotonic() - begin < 10


@pytest.mark.parametrize(
    "line",
    [
        "Content-Encoding: gzip",
        "Content-Type: text/yaml",
        "Content-Type: ",
        "Content-Type: multipart/form-data; boundary=x",
        "Content_Length: 0",
    ],
)
def test_a_request_of_another_type_is_not_signed(site: Site, line: str) -> None:
    assert site.ask(
        "nobody", request("PUT", f"{V1}/certificate_request/attacks-nobody", line, body=b"x"), "ca"
    ).status in (400, 411, 415)


def test_nobody_gets_a_certificate_under_anothers_name_by_asking(site: Site) -> None:
    """A request for the victim's name, in the path or in the request, with a key of the attacker's."""
    victim = site.identity("victim").certname
    before = site.get("nobody", f"{V1}/certificate/{victim}", server="ca").body
    for path, subject in (
        (victim, f"/CN={victim}"),
        (victim, "/CN=attacks-nobody"),
        ("attacks-nobody", f"/CN={victim}"),
        (victim, f"/CN=attacks-nobody/CN={victim}"),
    ):
        csr = site.csr(subject)
        for who in ("nobody", "good"):
            answer = site.ask(who, request("PUT", f"{V1}/certificate_request/{path}", TEXT, body=csr), "ca")
            assert answer.status == 400, (path, subject)
    assert site.get("nobody", f"{V1}/certificate/{victim}", server="ca").body == before
    assert site.get("nobody", f"{V1}/certificate/attacks-nobody", server="ca").status == 404


def test_a_renewal_is_of_the_certificate_that_was_shown(site: Site) -> None:
    """Whatever the request says about a name."""
    body = json.dumps({"certname": site.fill("{victim}"), "name": site.fill("{victim}")}).encode()
    before = site.get("nobody", f"{V1}/certificate/{{victim}}", server="ca").body
    answer = site.ask(
        "plain",
        request("POST", f"{V1}/certificate_renewal?certname={site.fill('{victim}')}", JSON, body=body),
        "ca",
    )
    assert answer.status in (200, 404)  # 404: this CA renews nothing by itself
    assert site.get("nobody", f"{V1}/certificate/{{victim}}", server="ca").body == before


def test_many_requests_at_once_leave_the_ca_answering(site: Site) -> None:
    held = [site.connect("nobody", "ca") for _ in range(60)]
    for number, connection in enumerate(held):
        connection.send(
            request("PUT", f"{V1}/certificate_request/attacks-{number}", TEXT, body=b"x" * 30_000)
        )
    for connection in held:
        assert connection.answer().status in (400, 429)  # the second: this address has asked often enough
        connection.socket.close()


def test_the_ca_is_whole_after_all_that(site: Site) -> None:
    host = site.host("ca")
    assert "WRONG" not in host.run("puppet_ca status")
    waiting = host.run("puppet_ca list")
    assert "attacks-nobody" not in waiting and site.identity("victim").certname not in waiting
