"""The CA's HTTP interface by plain WSGI calls: routes, who may what, answers as puppetserver's."""

import dataclasses
import io
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from enrolment.authority import Authority
from enrolment.certificates import not_after, not_before, spki
from enrolment.request import parse_request
from enrolment.rights import rights, role_of
from enrolment.routes import RULES
from enrolment.webapp import CaApplication

from tests.unit.enrolment.support import PUPPET, csr, ec_key, record, tampered, text_extension

V1 = "/puppet-ca/v1/"


class Answer:
    def __init__(self, status, headers, body):
        self.status = int(status.split()[0])
        self.headers = dict(headers)
        self.body = body
        self.text = body.decode()

    @property
    def json(self):
        return json.loads(self.body)


class Client:
    """Calls the application as Apache and Passenger do."""

    def __init__(self, application):
        self.application = application

    def __call__(self, method, path, body=b"", **environ):
        raw, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "REQUEST_URI": path,
            "PATH_INFO": raw,
            "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **environ,
        }
        started = []
        chunks = self.application(environ, lambda status, headers: started.append((status, headers)))
        return Answer(*started[0], b"".join(chunks))


@pytest.fixture
def call(authority, enroller, log):
    return Client(CaApplication(authority, enroller, log))


def sign(authority, name, *, cli_auth=False):
    with authority.transaction() as transaction:
        return transaction.sign(parse_request(csr(name)), name, rights=rights(cli_auth=cli_auth))


def verified(certificate, name):
    """What mod_ssl says of a client that showed this certificate."""
    return {
        "SSL_CLIENT_VERIFY": "SUCCESS",
        "SSL_CLIENT_S_DN_CN": name,
        "SSL_CLIENT_CERT": certificate.public_bytes(Encoding.PEM).decode(),
    }


@pytest.fixture
def admin(authority):
    return verified(sign(authority, "admin", cli_auth=True), "admin")


@pytest.fixture
def node(authority):
    return verified(sign(authority, "plain-node"), "plain-node")


# What agents do


def test_the_cas_certificate_is_there_for_everybody(call, authority):
    answer = call("GET", V1 + "certificate/ca")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain")
    assert answer.body == authority.certificate_path.read_bytes()


def test_a_signed_certificate_is_there_for_everybody(call, authority):
    sign(authority, "node-1")
    assert call("GET", V1 + "certificate/node-1").body == authority.certificate_pem("node-1")


def test_a_certificate_that_is_not_there_is_404_as_puppetservers(call):
    answer = call("GET", V1 + "certificate/node-1")
    assert (answer.status, answer.text) == (404, "Could not find certificate node-1")


def test_a_good_request_is_signed_at_once(call, store, authority, log):
    store.put("node-1", record())
    answer = call("PUT", V1 + "certificate_request/node-1", csr())
    assert (answer.status, answer.body) == (200, b"")
    assert authority.signed_names() == ["node-1"]
    assert "INFO: Signing request: node-1" in log.lines
    assert call("GET", V1 + "certificate/node-1").status == 200


def test_a_master_is_signed_with_its_role_and_nobody_else(call, store, authority, log):
    for name, classes in (("master-1", "[puppet::master]"), ("node-1", "[puppet::agent]")):
        store.put(name, record(classes=classes))
        assert call("PUT", f"{V1}certificate_request/{name}", csr(name)).status == 200
    assert role_of(authority.certificate("master-1")) == "puppet-master"
    assert role_of(authority.certificate("node-1")) == ""
    assert "INFO: Signing request: master-1 (as puppet-master)" in log.lines


def test_nobody_can_ask_for_a_role(call, store, authority):
    store.put("node-1", record(classes="[puppet::master]"))
    wanted = csr(extensions=(text_extension(PUPPET + "3.13", "puppet-master"),))
    assert call("PUT", V1 + "certificate_request/node-1", wanted).status == 400
    assert authority.certificate("node-1") is None


def test_a_request_without_a_record_waits_and_the_log_says_why(call, admin, authority, log):
    assert call("PUT", V1 + "certificate_request/node-1", csr()).status == 200
    assert authority.waiting_names() == ["node-1"]
    assert "INFO: Request waits: node-1: there is no record of this name" in log.lines
    assert call("GET", V1 + "certificate_request/node-1", **admin).body == authority.request_pem("node-1")
    assert call("GET", V1 + "certificate_request/node-2", **admin).status == 404


def test_a_waiting_request_with_the_launchs_secret_is_shown_to_administrators_only(call, node):
    call("PUT", V1 + "certificate_request/node-1", csr())
    for identity in ({}, node):
        answer = call("GET", V1 + "certificate_request/node-1", **identity)
        assert (answer.status, b"REQUEST-----" in answer.body) == (403, False)


def test_a_request_waits_while_the_store_does_not_answer_and_is_signed_when_asked_again(
    call, authority, store, log
):
    store.put("node-1", record())
    bucket = store._root
    bucket.rename(bucket.with_name("gone"))
    pem = csr()
    assert call("PUT", V1 + "certificate_request/node-1", pem).status == 200
    assert authority.waiting_names() == ["node-1"]
    assert "the store does not answer" in log.text
    bucket.with_name("gone").rename(bucket)
    assert call("PUT", V1 + "certificate_request/node-1", pem).status == 200
    assert authority.signed_names() == ["node-1"]
    assert authority.waiting_names() == []


def test_a_provably_bad_request_is_not_kept_and_does_not_block_a_good_one(call, authority, store):
    store.put("node-1", record())
    for bad in (tampered(csr()), csr(secret="wrong"), csr(names=("puppet",)), b"garbage", csr("node-2")):
        assert call("PUT", V1 + "certificate_request/node-1", bad).status == 400
    assert authority.waiting_names() == []
    assert call("PUT", V1 + "certificate_request/node-1", csr()).status == 200
    assert authority.signed_names() == ["node-1"]


def test_a_bad_request_never_asks_the_store(call, store, monkeypatch):
    monkeypatch.setattr(store, "get", lambda key: pytest.fail("asked"))
    for bad in (tampered(csr()), csr("node-2"), csr(extensions=(text_extension(PUPPET + "3.1"),)), b"x"):
        assert call("PUT", V1 + "certificate_request/node-1", bad).status == 400


def test_the_same_key_may_ask_again(call, store, authority):
    store.put("node-1", record())
    call("PUT", V1 + "certificate_request/node-1", csr())
    first = authority.certificate_pem("node-1")
    assert call("PUT", V1 + "certificate_request/node-1", csr()).status == 200
    assert authority.certificate_pem("node-1") == first


def test_another_key_gets_puppetservers_answer_for_a_name_that_is_taken(call, store):
    store.put("node-1", record())
    call("PUT", V1 + "certificate_request/node-1", csr())
    answer = call("PUT", V1 + "certificate_request/node-1", csr(key=ec_key(1)))
    assert (answer.status, answer.text) == (
        400,
        "node-1 already has a signed certificate; ignoring certificate request",
    )


def test_a_revoked_certificate_keeps_the_name_taken_for_its_own_key_too(call, store, authority):
    store.put("node-1", record())
    call("PUT", V1 + "certificate_request/node-1", csr())
    with authority.transaction() as transaction:
        transaction.revoke(["node-1"])
    answer = call("PUT", V1 + "certificate_request/node-1", csr())
    assert (answer.status, answer.text) == (
        400,
        "node-1 already has a revoked certificate; ignoring certificate request",
    )


def test_a_waiting_request_is_not_replaced_by_another_key(call, authority):
    call("PUT", V1 + "certificate_request/node-1", csr())
    kept = authority.request_pem("node-1")
    answer = call("PUT", V1 + "certificate_request/node-1", csr(key=ec_key(1)))
    assert answer.status == 400
    assert "already has a requested certificate" in answer.text
    assert authority.request_pem("node-1") == kept


def test_a_waiting_request_of_a_stranger_does_not_keep_the_good_one_out(call, authority, store):
    call("PUT", V1 + "certificate_request/node-1", csr(key=ec_key(1), secret="guess"))
    store.put("node-1", record())
    assert call("PUT", V1 + "certificate_request/node-1", csr()).status == 200
    assert spki(authority.certificate("node-1").public_key()) == spki(ec_key().public_key())
    assert authority.waiting_names() == []


def test_when_too_many_wait_a_good_one_is_still_signed(call, authority, store):
    for number in range(5):
        call("PUT", f"{V1}certificate_request/stranger-{number}", csr(f"stranger-{number}"))
    assert call("PUT", V1 + "certificate_request/stranger-5", csr("stranger-5")).status == 200
    assert "stranger-0" not in authority.waiting_names()
    store.put("node-1", record())
    assert call("PUT", V1 + "certificate_request/node-1", csr()).status == 200
    assert authority.signed_names() == ["node-1"]
    assert len(authority.waiting_names()) == 5


def test_nobody_can_ask_for_the_cas_own_name(call, admin):
    assert call("PUT", V1 + "certificate_request/ca", csr("ca")).status == 400
    assert call("GET", V1 + "certificate_request/ca", **admin).status == 404


# The revocation list


def test_the_list_is_there_for_everybody_with_its_time(call, authority):
    answer = call("GET", V1 + "certificate_revocation_list/ca")
    assert answer.body == authority.crl_path.read_bytes()
    again = call(
        "GET", V1 + "certificate_revocation_list/ca", HTTP_IF_MODIFIED_SINCE=answer.headers["Last-Modified"]
    )
    assert (again.status, again.body) == (304, b"")


def test_every_new_list_is_sent_however_soon_it_follows(call, authority):
    seen = call("GET", V1 + "certificate_revocation_list/ca").headers["Last-Modified"]
    for number in range(3):
        sign(authority, f"node-{number}")
        with authority.transaction() as transaction:
            transaction.revoke([f"node-{number}"])
        answer = call("GET", V1 + "certificate_revocation_list/ca", HTTP_IF_MODIFIED_SINCE=seen)
        assert answer.status == 200
        assert answer.body == authority.crl_path.read_bytes()
        seen = answer.headers["Last-Modified"]


@pytest.mark.parametrize(
    "since", ["", "yesterday", "Tue, 99 Foo 2026 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"]
)
def test_a_time_that_is_malformed_or_long_ago_gets_the_list(call, since):
    assert call("GET", V1 + "certificate_revocation_list/ca", HTTP_IF_MODIFIED_SINCE=since).status == 200


# Who may what

FORBIDDEN_TO_ALL = [
    ("GET", "/other"),
    ("GET", "/puppet/v3/catalog/node-1"),
    ("DELETE", V1 + "certificate_request/node-1"),
    ("POST", V1 + "certificate_request/node-1"),
    ("PUT", V1 + "certificate/node-1"),
    ("HEAD", V1 + "certificate/ca"),
    ("PUT", V1 + "certificate_revocation_list/ca"),
    ("GET", V1 + "certificate_revocation_list"),
    ("GET", V1 + "certificate_revocation_list/other"),
    ("PUT", "/status/v1/simple"),
    ("POST", "/status/v1/services"),
    ("GET", "/status/v1"),
    ("GET", V1 + "certificate_renewal"),
    ("GET", V1 + "certificate/node-1/x"),
    ("GET", "/puppet-ca/v2/certificate/ca"),
    ("GET", "/production/certificate/ca"),
    ("TRACE", V1 + "certificate/ca"),
    ("get", V1 + "certificate/ca"),
    ("POST", V1 + "clean"),
    ("GET", V1 + "sign"),
]
CRL = b"the list in force"
ADMIN_ONLY = [
    ("GET", V1 + "certificate_request/waiting-node", b""),
    ("GET", V1 + "certificate_status/plain-node", b""),
    ("PUT", V1 + "certificate_status/plain-node", b'{"desired_state": "revoked"}'),
    ("DELETE", V1 + "certificate_status/plain-node", b""),
    ("GET", V1 + "certificate_statuses/all", b""),
    ("PUT", V1 + "certificate_revocation_list", CRL),
    ("PUT", V1 + "clean", b'{"certnames": ["plain-node"]}'),
    ("POST", V1 + "sign", b'{"certnames": []}'),
    ("POST", V1 + "sign/all", b"{}"),
]


@pytest.mark.parametrize(("method", "path"), FORBIDDEN_TO_ALL)
def test_what_stands_in_no_rule_is_forbidden_even_to_administrators(call, admin, method, path):
    assert call(method, path, **admin).status == 403


@pytest.mark.parametrize("rule", ADMIN_ONLY)
def test_administration_needs_the_right_in_the_certificate(call, node, admin, authority, rule):
    method, path, body = rule
    call("PUT", V1 + "certificate_request/waiting-node", csr("waiting-node"))
    assert call(method, path, body).status == 403
    assert call(method, path, body, **node).status == 403
    assert authority.certificate("plain-node") is not None
    assert not authority.is_revoked(authority.certificate("plain-node"))
    body = authority.crl_path.read_bytes() if body is CRL else body
    assert call(method, path, body, **admin).status in (200, 204)


def test_the_tables_above_name_every_rule_that_is_for_administrators():
    rules = {(methods, pattern.pattern) for methods, pattern, who, _ in RULES if who == "admin"}
    named = {
        (methods, pattern.pattern)
        for methods, pattern, who, _ in RULES
        for method, path, _ in ADMIN_ONLY
        if who == "admin" and method in methods and pattern.fullmatch(path)
    }
    assert rules == named


def test_expirations_are_for_any_node_with_a_certificate(call, node):
    assert call("GET", V1 + "expirations").status == 403
    answer = call("GET", V1 + "expirations", **node)
    assert answer.json == {
        "ca-certs": {"Puppet CA: test": "2041-11-20T06:00:00UTC"},
        "crls": {"Puppet CA: test": "2031-11-23T06:00:00UTC"},
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"SSL_CLIENT_VERIFY": "NONE"},
        {"SSL_CLIENT_VERIFY": "GENEROUS"},
        {"SSL_CLIENT_VERIFY": "FAILED:certificate has expired"},
        {"SSL_CLIENT_VERIFY": ""},
        {"SSL_CLIENT_CERT": ""},
        {"SSL_CLIENT_CERT": "xyz"},
        {"SSL_CLIENT_S_DN_CN": "plain-node"},
        {"SSL_CLIENT_S_DN_CN": "../admin"},
        {"SSL_CLIENT_S_DN_CN": "ADMIN"},
        {"SSL_CLIENT_S_DN_CN": ""},
        {"SSL_CLIENT_S_DN_CN": "nobody"},
    ],
)
def test_an_identity_that_is_not_wholly_in_order_is_nobody(call, admin, node, changes):
    assert call("GET", V1 + "certificate_statuses/all", **admin).status == 200
    assert call("GET", V1 + "certificate_statuses/all", **{**admin, **changes}).status == 403


def test_another_cas_certificate_of_the_same_name_and_serial_number_is_nobodys(
    call, admin, authority, tmp_path
):
    (tmp_path / "other").mkdir()
    other = Authority(dataclasses.replace(authority.config, cadir=f"{tmp_path}/other"), clock=authority.clock)
    with other.transaction() as transaction:
        transaction.create()
    ours = authority.certificate("admin")
    forged = (
        x509.CertificateBuilder(extensions=list(ours.extensions))
        .subject_name(ours.subject)
        .issuer_name(ours.issuer)
        .public_key(ours.public_key())
        .serial_number(ours.serial_number)
        .not_valid_before(not_before(ours))
        .not_valid_after(not_after(ours))
        .sign(other.issuer_key(), hashes.SHA256())
    )
    serial = {"SSL_CLIENT_M_SERIAL": f"{ours.serial_number:X}"}
    assert call("GET", V1 + "certificate_statuses/all", **admin, **serial).status == 200
    assert call("GET", V1 + "certificate_statuses/all", **verified(forged, "admin"), **serial).status == 403


def test_headers_of_the_request_give_no_identity(call, admin):
    headers = {f"HTTP_{name}": value for name, value in admin.items()}
    headers |= {
        "HTTP_X_CLIENT_VERIFY": "SUCCESS",
        "HTTP_X_CLIENT_DN": "CN=admin",
        "HTTP_X_SSL_SUBJECT": "/CN=admin",
    }
    assert call("GET", V1 + "certificate_statuses/all", **headers).status == 403


def test_a_revoked_administrator_is_nobody(call, admin, authority):
    with authority.transaction() as transaction:
        transaction.revoke(["admin"])
    assert call("GET", V1 + "certificate_statuses/all", **admin).status == 403


def test_an_administrator_whose_certificate_was_replaced_is_nobody_with_the_old_one(call, admin, authority):
    with authority.transaction() as transaction:
        transaction.remove("admin")
        transaction.sign(parse_request(csr("admin", key=ec_key(1))), "admin", rights=rights(cli_auth=True))
    assert call("GET", V1 + "certificate_statuses/all", **admin).status == 403


def test_an_expired_administrator_is_nobody(call, admin, clock):
    clock.now = clock.now.replace(year=2040)
    assert call("GET", V1 + "certificate_statuses/all", **admin).status == 403


def test_a_certificate_that_the_inventory_does_not_know_is_nobodys(call, admin, authority):
    inventory = authority.root / "inventory.txt"
    inventory.write_text(inventory.read_text().splitlines(keepends=True)[0])
    assert call("GET", V1 + "certificate_statuses/all", **admin).status == 403


# Administration


def test_a_status_tells_what_puppetservers_tells(call, admin, authority):
    certificate = sign(authority, "node-1")
    answer = call("GET", V1 + "certificate_status/node-1", **admin)
    assert answer.headers["Content-Type"] == "application/json"
    assert set(answer.json) == {
        "name",
        "state",
        "dns_alt_names",
        "subject_alt_names",
        "authorization_extensions",
        "fingerprint",
        "fingerprints",
        "not_after",
        "not_before",
        "serial_number",
    }
    assert answer.json["state"] == "signed"
    assert answer.json["dns_alt_names"] == ["DNS:node-1"]
    assert answer.json["serial_number"] == certificate.serial_number
    assert answer.json["not_after"] == "2031-11-23T06:00:00UTC"
    assert len(answer.json["fingerprint"].split(":")) == 32


def test_statuses_can_be_picked_by_state(call, admin, authority):
    sign(authority, "node-1")
    sign(authority, "node-2")
    call("PUT", V1 + "certificate_request/node-3", csr("node-3"))
    with authority.transaction() as transaction:
        transaction.revoke(["node-2"])

    def names(state):
        return [
            entry["name"]
            for entry in call("GET", V1 + f"certificate_statuses/any?state={state}", **admin).json
        ]

    assert names("requested") == ["node-3"]
    assert names("signed") == ["admin", "node-1"]
    assert names("revoked") == ["node-2"]
    assert names("") == ["node-3", "admin", "node-1", "node-2"]


def test_an_unknown_name_has_no_status(call, admin):
    assert call("GET", V1 + "certificate_status/node-1", **admin).status == 404
    assert call("DELETE", V1 + "certificate_status/node-1", **admin).status == 404
    put = call("PUT", V1 + "certificate_status/node-1", b'{"desired_state": "signed"}', **admin)
    assert (put.status, put.text) == (404, "Invalid certificate subject.")


def test_a_person_may_sign_without_a_record(call, admin, authority):
    call("PUT", V1 + "certificate_request/node-1", csr())
    body = b'{"desired_state": "signed", "cert_ttl": 3600}'
    assert call("PUT", V1 + "certificate_status/node-1", body, **admin).status == 204
    certificate = authority.certificate("node-1")
    assert (not_after(certificate) - authority.clock()).total_seconds() == 3600


def test_a_person_may_not_sign_other_dns_names_over_http(call, admin, authority):
    call("PUT", V1 + "certificate_request/node-1", csr(names=("puppet",)))
    answer = call("PUT", V1 + "certificate_status/node-1", b'{"desired_state": "signed"}', **admin)
    assert answer.status == 409
    assert "extra subject alternative names (DNS:puppet)" in answer.text
    assert authority.certificate("node-1") is None


def test_revoking_what_was_never_signed_is_a_conflict(call, admin):
    call("PUT", V1 + "certificate_request/node-1", csr())
    answer = call("PUT", V1 + "certificate_status/node-1", b'{"desired_state": "revoked"}', **admin)
    assert (answer.status, answer.text) == (
        409,
        "Cannot revoke certificate for host node-1 without a signed certificate",
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"{}", 400),
        (b'{"desired_state": "x"}', 400),
        (b'{"desired_state": {}}', 400),
        (b'{"desired_state": "signed", "cert_ttl": "1d"}', 400),
        (b'{"desired_state": "signed", "cert_ttl": -1}', 400),
        (b'{"desired_state": "signed", "cert_ttl": true}', 400),
        (b"[" * 100_000, 400),
        (b"\xff", 400),
    ],
)
def test_malformed_commands_change_nothing(call, admin, authority, body, status):
    call("PUT", V1 + "certificate_request/node-1", csr())
    assert call("PUT", V1 + "certificate_status/node-1", body, **admin).status == status
    assert authority.waiting_names() == ["node-1"]


def test_commands_of_another_content_type_are_refused(call, admin):
    body = b'{"desired_state": "signed"}'
    answer = call("PUT", V1 + "certificate_status/node-1", body, CONTENT_TYPE="text/yaml", **admin)
    assert answer.status == 415


def test_cleaning_a_list_says_what_was_not_there(call, admin, authority):
    certificate = sign(authority, "node-1")
    body = json.dumps({"certnames": ["node-1", "node-2", "../x"]}).encode()
    answer = call("PUT", V1 + "clean", body, **admin)
    assert answer.status == 200
    assert "node-2" in answer.text
    assert authority.is_revoked(certificate)
    assert authority.certificate("node-1") is None
    sign(authority, "node-3")
    answer = call("PUT", V1 + "clean", b'{"certnames": ["node-3"]}', **admin)
    assert answer.text == "Successfully cleaned all certs."


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{}", 400), (b'{"certnames": "a"}', 422), (b'{"certnames": [1]}', 422), (b"x", 400)],
)
def test_malformed_lists_are_refused(call, admin, body, status):
    assert call("PUT", V1 + "clean", body, **admin).status == status


def test_signing_a_list_reports_each_name(call, admin, authority):
    call("PUT", V1 + "certificate_request/node-1", csr("node-1"))
    call("PUT", V1 + "certificate_request/node-2", csr("node-2", names=("puppet",)))
    body = json.dumps({"certnames": ["node-1", "node-2", "node-3"]}).encode()
    answer = call("POST", V1 + "sign", body, **admin)
    assert answer.json == {"signed": ["node-1"], "no-csr": ["node-3"], "signing-errors": ["node-2"]}


def test_signing_all_signs_all_that_wait(call, admin, authority):
    for name in ("node-1", "node-2"):
        call("PUT", V1 + f"certificate_request/{name}", csr(name))
    assert call("POST", V1 + "sign/all", b"", **admin).json["signed"] == ["node-1", "node-2"]


def test_deleting_does_not_revoke_as_in_puppetserver(call, admin, authority):
    certificate = sign(authority, "node-1")
    assert call("DELETE", V1 + "certificate_status/node-1", **admin).status == 204
    assert authority.certificate("node-1") is None
    assert not authority.is_revoked(certificate)


# Hostile requests

HOSTILE_NAMES = [
    "%2e%2e%2fca_key",
    "..%2fca_key",
    "%2e%2e",
    "..",
    ".",
    "%2E",
    "a%2fb",
    "a%5cb",
    "a%00b",
    "a%0ab",
    "%252e%252e",
    "a;b",
    "NODE-1",
    "node-1.",
    "node-1-",
    "n%c3%a4",
    "n\xe4",
    "%ff",
    "%zz",
    "%",
    "a%2",
    "x" * 65,
    "x" * 20_000,
    "*",
    "a b",
    "a+b",
    "node-1%20",
    "%20node-1",
    "node-1%09",
    "ca%00",
    "con:1",
    "a,b",
    "-a",
]


def test_a_query_of_too_many_fields_is_400(call):
    assert call("GET", V1 + "certificate/ca?" + "&".join("a=1" for _ in range(100))).status == 400


@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize(
    "route", [("GET", "certificate"), ("GET", "certificate_request"), ("PUT", "certificate_request")]
)
def test_a_name_that_is_no_certname_is_400_on_every_route(call, authority, admin, route, name):
    method, resource = route
    before = sorted(authority.root.rglob("*"))
    assert call(method, f"{V1}{resource}/{name}", csr(), **admin).status == 400
    assert sorted(authority.root.rglob("*")) == before


@pytest.mark.parametrize(
    "path",
    [
        "",
        "*",
        "http://evil/puppet-ca/v1/certificate/ca",
        "//puppet-ca/v1/certificate/ca",
        "/puppet-ca//v1/certificate/ca",
        "/puppet-ca/v1/certificate/",
        "/puppet-ca/v1/../v1/certificate/ca",
        "/puppet-ca/./v1/certificate/ca",
        "/puppet-ca/v1/certificate/ca/",
        "/puppet-ca/v1/certificate/ca/.",
        "/puppet-ca/v1/certificate\\ca",
        "/puppet-ca/v1/certificate/ca\r\nX: y",
        "/puppet-ca/v1/certificate_statuses/",
    ],
)
def test_a_malformed_path_is_never_taken_for_a_good_one(call, path):
    assert call("GET", path).status in (400, 403)


def test_an_encoded_letter_is_decoded_once(call):
    assert call("GET", V1 + "certificate/%63a").status == 200


def test_a_body_in_pieces_of_no_stated_length_is_refused(call):
    headers = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    assert call("PUT", V1 + "certificate_request/node-1", csr(), **headers).status == 411


def test_a_body_of_which_nothing_is_said_is_an_empty_one(call, admin):
    for length in ({"CONTENT_LENGTH": ""}, {"CONTENT_LENGTH": "0"}):
        answer = call("PUT", V1 + "clean", b"", **length, **admin)
        assert (answer.status, answer.text) == (400, "Request body is not JSON.")


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "\u0661", "0x10"])
def test_a_body_must_say_its_length(call, length):
    assert call("PUT", V1 + "certificate_request/node-1", csr(), CONTENT_LENGTH=length).status == 411


@pytest.mark.parametrize("length", [str(1 << 30), "9" * 5000], ids=["1 GiB", "more digits than Python reads"])
def test_a_huge_body_is_refused_unread(call, length):
    class Unreadable:
        def read(self, size=-1):
            raise AssertionError("read")

    answer = call(
        "PUT", V1 + "certificate_request/node-1", **{"CONTENT_LENGTH": length, "wsgi.input": Unreadable()}
    )
    assert answer.status == 413


def test_a_body_that_is_cut_short_is_refused(call):
    assert call("PUT", V1 + "certificate_request/node-1", csr(), CONTENT_LENGTH="30000").status == 400


def test_an_error_inside_is_an_answer_and_a_line_in_the_log_and_tells_nothing(
    call, enroller, log, monkeypatch
):
    monkeypatch.setattr(enroller, "submit", lambda *_, **__: 1 / 0)
    answer = call("PUT", V1 + "certificate_request/node-1", csr())
    assert (answer.status, answer.text) == (500, "Internal Server Error")
    assert "ZeroDivisionError" in log.text
    monkeypatch.undo()
    assert call("GET", V1 + "certificate/ca").status == 200


def test_a_ca_that_is_locked_answers_503(call, authority, store, monkeypatch):
    monkeypatch.setattr("enrolment.authority.LOCK_TIMEOUT", 0.05)
    store.put("node-1", record())
    other = dataclasses.replace(authority.config)
    with Authority(other).transaction():
        assert call("PUT", V1 + "certificate_request/node-1", csr()).status == 503


def test_the_log_has_one_line_whatever_the_request_says(call, log):
    call("GET", "/puppet-ca/v1/x%0aINFO:%20Signing%20request:%20evil")
    call("PUT", V1 + "certificate_request/node-1", csr("a\nINFO: Signing request: evil"))
    assert all("\n" not in line for line in log.lines)
    assert not any(line.startswith("INFO: Signing") for line in log.lines)


def test_secrets_are_never_logged(call, store, log):
    store.put("node-1", record(secret="hunter2"))
    call("PUT", V1 + "certificate_request/node-1", csr(secret="hunter3"))
    call("PUT", V1 + "certificate_request/node-1", csr(secret="hunter2"))
    assert "hunter" not in log.text


def test_the_health_endpoint_says_running_only_while_the_ca_can_work(call, authority):
    assert call("GET", "/status/v1/simple").text == "running"
    assert call("HEAD", "/status/v1/simple").body == b""
    authority.certificate_path.unlink()
    assert call("GET", "/status/v1/simple").status == 503


def test_puppetserver_ca_finds_a_ca_that_it_knows_how_to_ask(call):
    assert call("GET", "/status/v1/simple/ca").text == "running"
    services = call("GET", "/status/v1/services").json
    assert services["ca"]["state"] == "running"
    assert tuple(map(int, services["ca"]["service_version"].split("."))) >= (8, 4, 0)  # has sign/all
    assert call("GET", "/status/v1/services/ca").json == {"service_name": "ca", **services["ca"]}


def test_a_service_that_is_not_here_has_no_status(call):
    answer = call("GET", "/status/v1/simple/master")
    assert (answer.status, answer.text) == (404, "not found: master")
    answer = call("GET", "/status/v1/services/master")
    assert (answer.status, answer.json["kind"]) == (404, "service-not-found")
    assert answer.json["msg"] == "No status information found for service master"
