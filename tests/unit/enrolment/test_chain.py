"""A CA with an intermediate: taken over, served, and kept up with the lists of its root."""

import dataclasses
import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from enrolment import crl as crls
from enrolment.authority import Authority
from enrolment.certificates import generate_key
from enrolment.chain import is_issued_by, load_chain, ordered
from enrolment.consistency import check_consistency
from enrolment.enrol import Enroller
from enrolment.errors import AuthorityError
from enrolment.importing import read_ca, write_ca
from enrolment.request import parse_request
from enrolment.rights import rights
from enrolment.webapp import CaApplication

from tests.unit.enrolment.chains import INTERMEDIATE, ROOT, PuppetserverCa, ca_certificate, crl_of, pem
from tests.unit.enrolment.support import NOW, csr, ec_key
from tests.unit.enrolment.test_webapp import V1, Client, verified

LIST = V1 + "certificate_revocation_list"


@pytest.fixture(params=[("ec", 256), ("rsa", 2048)], ids=["EC", "RSA"])
def source(tmp_path, request):
    return PuppetserverCa(tmp_path / "puppetserver", *request.param)


@pytest.fixture
def authority(config, clock, source):
    """The CA taken over."""
    authority = Authority(config, clock=clock)
    found = read_ca(source.write())
    with authority.transaction():
        assert write_ca(authority, found) == 1
    return authority


@pytest.fixture
def call(authority, store, log):
    return Client(CaApplication(authority, Enroller(authority, store, log), log))


@pytest.fixture
def admin(authority):
    with authority.transaction() as transaction:
        pem_request = parse_request(csr("admin"))
        return verified(transaction.sign(pem_request, "admin", rights=rights(cli_auth=True)), "admin")


@pytest.fixture
def put(call, admin):
    """Send revocation lists as an administrator."""
    return lambda *lists: call("PUT", LIST, pem(*lists), **admin)


def test_the_intermediate_goes_on_where_it_was(authority, source):
    assert check_consistency(authority) == []
    assert authority.chain() == (source.intermediate, source.root)
    assert (authority.root / "serial").read_text() == "0004"
    with authority.transaction() as transaction:
        new = transaction.sign(parse_request(csr("node-2")), "node-2")
        transaction.revoke(["node-1"])
    assert is_issued_by(new, source.intermediate)
    assert authority.is_revoked(source.node)
    assert check_consistency(authority) == []


def test_a_revocation_keeps_the_list_of_the_root(authority, source):
    with authority.transaction() as transaction:
        transaction.revoke(["node-1"])
        transaction.renew_crl()
    lists = authority.lists()
    assert lists.others == (source.root_list,)
    assert crls.is_signed_by(lists.own, source.intermediate)
    assert lists.serials == {source.node.serial_number}


def test_everybody_gets_the_whole_chain_with_the_ca_itself_first(call, authority, source):
    assert call("GET", V1 + "certificate/ca").body == pem(source.intermediate, source.root)
    assert call("GET", LIST + "/ca").body == pem(source.list, source.root_list)


def test_expirations_name_each_authority(call, authority, source):
    answer = call("GET", V1 + "expirations", **verified(source.node, "node-1"))
    assert answer.json == {
        "ca-certs": {INTERMEDIATE: "2041-11-20T06:00:00UTC", ROOT: "2041-11-20T06:00:00UTC"},
        "crls": {INTERMEDIATE: "2027-11-24T06:00:00UTC", ROOT: "2027-11-24T06:00:00UTC"},
    }


def test_what_the_root_signed_itself_is_nobodys(call, authority, source):
    forged = ca_certificate(
        "node-1", ec_key(), ROOT, source.root_key, serial=source.node.serial_number, ca=False
    )
    assert call("GET", V1 + "expirations", **verified(source.node, "node-1")).status == 200
    assert call("GET", V1 + "expirations", **verified(forged, "node-1")).status == 403


def test_an_order_of_files_that_is_not_ours_is_mended_on_the_way(tmp_path, config, clock, source):
    directory = source.write()
    (directory / "ca_crt.pem").write_bytes(b"Subject: root\n" + pem(source.root, source.intermediate))
    (directory / "ca_crl.pem").write_bytes(pem(source.root_list, source.list))
    authority = Authority(config, clock=clock)
    found = read_ca(directory)
    with authority.transaction():
        write_ca(authority, found)
    assert authority.chain() == (source.intermediate, source.root)
    assert authority.lists().all == (source.list, source.root_list)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"ca_crt.pem": lambda s: pem(s.intermediate)}, "what issued 'Puppet CA: test' is not there"),
        ({"ca_crt.pem": lambda s: pem(s.intermediate, s.root, s.node)}, "'node-1' does not belong"),
        ({"ca_crl.pem": lambda s: pem(s.list)}, "not exactly one revocation list of 'Puppet Root CA"),
        ({"ca_crl.pem": lambda s: pem(s.root_list)}, "not exactly one revocation list of 'Puppet CA"),
        ({"ca_crl.pem": lambda s: pem(s.list, s.root_list, s.root_list)}, "not exactly one"),
        (
            {"ca_crl.pem": lambda s: pem(s.list, s.root_list, crl_of(s.node, ec_key()))},
            "not one of this CA",
        ),
    ],
)
def test_an_incomplete_chain_is_refused(source, files, words):
    directory = source.write()
    for name, content in files.items():
        (directory / name).write_bytes(content(source))
    with pytest.raises(AuthorityError, match=words):
        read_ca(directory)


def test_a_root_of_the_same_name_with_another_key_is_not_the_root(source):
    other = generate_key("ec", 256)
    impostor = ca_certificate(ROOT, other, ROOT, other, serial=1)
    with pytest.raises(ValueError, match="is not there"):
        ordered([source.intermediate, impostor], source.key)
    assert ordered([source.root, source.intermediate], source.key) == (source.intermediate, source.root)


def test_an_authority_that_may_not_sign_is_refused(source):
    root_key = generate_key("ec", 256)
    root = ca_certificate(ROOT, root_key, ROOT, root_key, serial=1, ca=False)
    leaf = ca_certificate(INTERMEDIATE, source.key, ROOT, root_key, serial=2)
    with pytest.raises(ValueError, match="is not a CA's"):
        ordered([leaf, root], source.key)


def test_a_damaged_bundle_is_said_to_be_damaged(authority):
    authority.certificate_path.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(AuthorityError, match="damaged"):
        authority.issuer()
    with pytest.raises(ValueError, match="no certificate"):
        load_chain(b"")


# PUT certificate_revocation_list


def test_a_newer_list_of_the_root_is_taken_and_sent_on(call, put, authority, source, log):
    before = call("GET", LIST + "/ca")
    newer = source.new_root_list(source.root_list)
    answer = put(newer)
    assert (answer.status, answer.text) == (200, "Successfully updated CRLs.")
    assert authority.lists().all == (source.list, newer)
    assert f"INFO: Took revocation lists of: {ROOT} (by admin)" in log.lines
    since = before.headers["Last-Modified"]
    assert call("GET", LIST + "/ca", HTTP_IF_MODIFIED_SINCE=since).body == pem(source.list, newer)


def test_an_older_list_of_the_root_changes_nothing(put, authority, source):
    newer = source.new_root_list(source.root_list)
    put(newer)
    assert put(source.root_list).status == 200
    assert authority.lists().others == (newer,)


def test_the_cas_own_list_is_never_taken_from_outside(put, authority, source):
    forged = crl_of(source.intermediate, source.key, source.list, (1, 2, 3))
    assert put(forged, source.new_root_list(source.root_list)).status == 200
    assert authority.lists().own == source.list


def test_lists_of_strangers_are_passed_over_as_in_puppetserver(put, authority, source):
    key = generate_key("ec", 256)
    stranger = crl_of(ca_certificate("other", key, "other", key, serial=1), key)
    assert put(stranger).status == 200
    assert authority.lists().all == (source.list, source.root_list)


def forged(source):
    """A list that says it is the root's, next in number, signed by another key."""
    key = generate_key("ec", 256)
    return crl_of(source.root, key, source.root_list)


def of_equal_number(source):
    return source.new_root_list(serials=(77,))


def ended(source):
    return source.new_root_list(source.root_list, now=NOW - datetime.timedelta(days=800))


def revokes_the_intermediate(source):
    return source.new_root_list(source.root_list, serials=(source.intermediate.serial_number,))


def without_a_key_identifier(source):
    builder = x509.CertificateRevocationListBuilder().issuer_name(source.root.subject)
    return (
        builder.last_update(NOW - datetime.timedelta(hours=1))
        .next_update(NOW + datetime.timedelta(days=1))
        .sign(source.root_key, hashes.SHA256())
    )


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (forged, "not signed by it"),
        (of_equal_number, "Could not determine newest CRL"),
        (ended, "not valid now"),
        (revokes_the_intermediate, "has revoked the certificate"),
        (without_a_key_identifier, "do not have an authority key identifier"),
    ],
)
def test_a_list_that_is_not_in_order_is_refused(put, authority, source, make, words):
    answer = put(make(source))
    assert (answer.status, words in answer.text) == (400, True), answer.text
    assert authority.lists().all == (source.list, source.root_list)


@pytest.mark.parametrize(
    "body", [b"", b"x", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"], ids=repr
)
def test_what_is_no_list_is_refused(call, admin, authority, body):
    before = authority.crl_path.read_bytes()
    assert call("PUT", LIST, body, **admin).status == 400
    assert authority.crl_path.read_bytes() == before


def test_status_says_when_the_list_of_the_root_has_ended(authority, clock, config):
    clock.now = NOW + datetime.timedelta(days=366)
    problems = check_consistency(authority)
    assert "the revocation list has ended; `puppet_ca renew-crl` issues a new one" in problems
    assert f"the revocation list of {ROOT!r} is not valid now" in problems
    with Authority(dataclasses.replace(config), clock=clock).transaction() as transaction:
        transaction.renew_crl()
    assert check_consistency(authority) == [f"the revocation list of {ROOT!r} is not valid now"]
