"""Certificates that their holders renew: POST certificate_renewal."""

import dataclasses
import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from enrolment.authority import Authority
from enrolment.certificates import alt_names, not_after, not_before, puppet_extensions, spki
from enrolment.enrol import Enroller
from enrolment.errors import ConflictError
from enrolment.request import parse_request
from enrolment.rights import has_cli_auth, rights, role_of
from enrolment.webapp import CaApplication

from tests.unit.enrolment.support import AUTO_RENEW, PUPPET, csr, ec_key, text_extension
from tests.unit.enrolment.test_webapp import V1, Client, verified

RENEWAL = V1 + "certificate_renewal"


@pytest.fixture
def config(config):
    return dataclasses.replace(config, allow_auto_renewal=True)


@pytest.fixture
def call(authority, enroller, log):
    return Client(CaApplication(authority, enroller, log))


def sign(authority, name="node-1", *, granted=(), **options):
    with authority.transaction() as transaction:
        return transaction.sign(parse_request(csr(name, **options)), name, rights=granted)


def renew(call, certificate, name="node-1"):
    return call("POST", RENEWAL, **verified(certificate, name))


def test_a_node_gets_a_later_certificate_for_the_same_key(call, authority, clock, log):
    old = sign(authority)
    clock.now += datetime.timedelta(days=30)
    answer = renew(call, old)
    new = x509.load_pem_x509_certificate(answer.body)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain")
    assert spki(new.public_key()) == spki(old.public_key())
    assert new.serial_number != old.serial_number
    assert (not_before(new), not_after(new)) == (
        clock.now - datetime.timedelta(days=1),
        clock.now + datetime.timedelta(days=90),
    )
    assert authority.certificate("node-1") == new
    assert authority.inventory.holds(new.serial_number, "node-1")
    assert "INFO: Renewed: node-1, until 2027-03-24T06:00:00UTC" in log.lines


def test_names_information_and_rights_stay(call, authority):
    extensions = (text_extension(PUPPET + "1.13", "worker"), text_extension(PUPPET + "2.1", "ä"))
    old = sign(
        authority,
        granted=rights(cli_auth=True, role="puppet-master"),
        names=("puppet", "m.example.org"),
        extensions=extensions,
    )
    new = x509.load_pem_x509_certificate(renew(call, old).body)
    assert alt_names(new) == alt_names(old)
    assert puppet_extensions(new) == puppet_extensions(old)
    assert len(puppet_extensions(new)) == 4
    assert (role_of(new), has_cli_auth(new)) == ("puppet-master", True)
    assert [(extension.oid, extension.critical) for extension in new.extensions] == [
        (extension.oid, extension.critical) for extension in old.extensions
    ]


def test_a_renewed_certificate_is_accepted_and_may_be_renewed_again(call, authority, clock):
    certificate = sign(authority, granted=rights(cli_auth=True))
    for _ in range(3):
        clock.now += datetime.timedelta(days=60)
        certificate = x509.load_pem_x509_certificate(renew(call, certificate).body)
        assert call("GET", V1 + "certificate_statuses/all", **verified(certificate, "node-1")).status == 200
        assert call("GET", V1 + "certificate/node-1").body == certificate.public_bytes(Encoding.PEM)


def test_a_node_that_did_not_get_the_answer_may_ask_again_with_what_it_has(call, authority):
    old = sign(authority)
    assert renew(call, old).status == 200
    assert call("GET", V1 + "expirations", **verified(old, "node-1")).status == 200
    assert renew(call, old).status == 200


def test_an_administrator_is_one_with_the_newest_certificate_only(call, authority):
    old = sign(authority, granted=rights(cli_auth=True))
    new = x509.load_pem_x509_certificate(renew(call, old).body)
    for certificate, status in ((old, 403), (new, 200)):
        assert (
            call("GET", V1 + "certificate_statuses/all", **verified(certificate, "node-1")).status == status
        )


def test_revoking_the_name_revokes_what_was_renewed_and_what_it_was_renewed_from(call, authority):
    old = sign(authority)
    new = x509.load_pem_x509_certificate(renew(call, old).body)
    with authority.transaction() as transaction:
        transaction.clean(["node-1"])
    assert authority.lists().serials == {old.serial_number, new.serial_number}


@pytest.mark.parametrize("act", ["revoke", "clean", "remove"])
def test_whoever_was_revoked_or_removed_renews_nothing(call, authority, act):
    old = sign(authority)
    with authority.transaction() as transaction:
        if act == "remove":
            transaction.remove("node-1")
        else:
            getattr(transaction, act)(["node-1"])
    assert renew(call, old).status == 403


def test_a_renewal_that_was_under_way_when_the_node_was_revoked_gives_nothing(authority):
    """The certificate is in order when it is shown; the revocation gets the lock first."""
    old = sign(authority)
    for act in ("revoke", "clean"):
        with authority.transaction() as transaction:
            getattr(transaction, act)(["node-1"])
        with pytest.raises(ConflictError, match="not renewed"), authority.transaction() as transaction:
            transaction.renew(old)
    assert authority.lists().serials == authority.inventory.serials() - {authority.issuer().serial_number}


def test_who_had_the_name_before_with_another_key_renews_nothing(call, authority):
    old = sign(authority)
    with authority.transaction() as transaction:
        transaction.remove("node-1")  # not revoked: the old certificate still holds
    sign(authority, key=ec_key(1))
    assert renew(call, old).status == 403


def test_an_ended_certificate_is_not_renewed(call, authority, clock):
    old = sign(authority)
    clock.now = not_after(old) + datetime.timedelta(seconds=1)
    assert renew(call, old).status == 403


def test_nobody_renews_without_a_certificate_or_for_another_name(call, authority):
    mine, other = sign(authority), sign(authority, "node-2", key=ec_key(1))
    assert call("POST", RENEWAL).status == 403
    assert renew(call, mine, "node-2").status == 403
    assert renew(call, other, "node-1").status == 403
    assert call("POST", RENEWAL + "/node-1", **verified(mine, "node-1")).status == 403


def test_headers_hand_in_no_certificate(call, authority):
    certificate = sign(authority).public_bytes(Encoding.PEM).decode()
    assert call("POST", RENEWAL, HTTP_X_CLIENT_CERT=certificate).status == 403
    admin = verified(sign(authority, "admin", key=ec_key(1)), "admin")
    answer = call("POST", RENEWAL, HTTP_X_CLIENT_CERT=certificate, **admin)
    assert x509.load_pem_x509_certificate(answer.body).subject.rfc4514_string() == "CN=admin"


def test_it_is_off_unless_it_was_switched_on_as_in_puppetserver(config, authority, store, log):
    closed = Authority(dataclasses.replace(config, allow_auto_renewal=False), clock=authority.clock)
    call = Client(CaApplication(closed, Enroller(closed, store, log), log))
    answer = renew(call, sign(authority))
    assert (answer.status, answer.text) == (404, "Not Found")
    assert call("POST", RENEWAL).status == 403


def test_a_renewal_never_outlives_the_ca(call, authority, clock):
    clock.now = not_after(authority.issuer()) - datetime.timedelta(days=100)
    certificate = sign(authority)
    clock.now += datetime.timedelta(days=80)
    new = x509.load_pem_x509_certificate(renew(call, certificate).body)
    assert not_after(new) == not_after(authority.issuer())


# How long the first certificate holds


@pytest.mark.parametrize(
    ("allowed", "attributes", "days"),
    [
        (True, {AUTO_RENEW: "true"}, 90),
        (True, {AUTO_RENEW: "false"}, 5 * 365),
        (True, {}, 5 * 365),
        (False, {AUTO_RENEW: "true"}, 5 * 365),
    ],
)
def test_an_agent_that_will_renew_gets_a_short_certificate_at_first_as_in_puppetserver(
    authority, clock, allowed, attributes, days
):
    config = dataclasses.replace(authority.config, allow_auto_renewal=allowed)
    certificate = sign(Authority(config, clock=clock), attributes=attributes)
    assert not_after(certificate) - clock.now == datetime.timedelta(days=days)
