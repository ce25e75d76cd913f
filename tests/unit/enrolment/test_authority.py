import dataclasses
import datetime
import itertools
import stat
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from enrolment import crl as crls
from enrolment.authority import Authority
from enrolment.certificates import COMMENT, NETSCAPE_COMMENT, not_after, not_before
from enrolment.consistency import check_consistency
from enrolment.errors import AuthorityError, ConflictError
from enrolment.inventory import Inventory
from enrolment.request import parse_request

from tests.unit.enrolment.support import NOW, PUPPET, csr, ec_key, rsa_key, text_extension

DAY = datetime.timedelta(days=1)


def sign(authority, name="node-1", **options):
    with authority.transaction() as transaction:
        return transaction.sign(parse_request(csr(name, **options)), name)


def test_a_new_ca_has_the_files_of_puppetservers(authority):
    names = {path.name for path in authority.root.iterdir()}
    assert names == {
        "ca_crt.pem",
        "ca_key.pem",
        "ca_crl.pem",
        "ca_pub.pem",
        "serial",
        "inventory.txt",
        "signed",
        "requests",
        "lock",
    }


def test_only_the_owner_can_read_the_key(authority):
    assert stat.S_IMODE(authority.key_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(authority.signed_dir.stat().st_mode) == 0o750
    assert stat.S_IMODE(authority.certificate_path.stat().st_mode) == 0o644


def test_the_cas_certificate_is_as_puppets(authority):
    certificate = authority.issuer()
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert constraints.critical
    assert constraints.value.ca
    assert usage.critical
    assert (usage.value.key_cert_sign, usage.value.crl_sign, usage.value.digital_signature) == (
        True,
        True,
        False,
    )
    assert certificate.subject == certificate.issuer
    assert not_before(certificate) == NOW - DAY


def test_a_nodes_certificate_is_as_puppets(authority):
    certificate = sign(authority, names=("puppet",), extensions=(text_extension(PUPPET + "1.13", "worker"),))
    extensions = {entry.oid.dotted_string: entry for entry in certificate.extensions}
    assert not extensions["2.5.29.19"].value.ca
    assert [oid.dotted_string for oid in extensions["2.5.29.37"].value] == [
        "1.3.6.1.5.5.7.3.1",
        "1.3.6.1.5.5.7.3.2",
    ]
    usage = extensions["2.5.29.15"].value
    assert (usage.digital_signature, usage.key_encipherment, usage.key_cert_sign) == (True, True, False)
    assert {oid for oid, entry in extensions.items() if entry.critical} == {
        "2.5.29.19",
        "2.5.29.37",
        "2.5.29.15",
    }
    assert extensions["2.5.29.17"].value.get_values_for_type(x509.DNSName) == ["puppet", "node-1"]
    assert extensions[NETSCAPE_COMMENT.dotted_string].value.value[2:] == COMMENT.encode()
    assert extensions[PUPPET + "1.13"].value.value == b"\x0c\x06worker"
    ski = authority.issuer().extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert extensions["2.5.29.35"].value.key_identifier == ski.digest
    assert not_before(certificate) == NOW - DAY
    assert not_after(certificate) == NOW + datetime.timedelta(seconds=authority.config.cert_ttl)


def test_openssl_accepts_a_nodes_certificate(authority, clock, config):
    clock.now = datetime.datetime.now(tz=datetime.UTC)
    fresh = Authority(dataclasses.replace(config, cadir=config.cadir + "2"), clock=clock)
    fresh.root.mkdir()
    with fresh.transaction() as transaction:
        transaction.create()
    sign(fresh, key=rsa_key(2048))
    arguments = [
        "openssl",
        "verify",
        "-x509_strict",
        "-CAfile",
        str(fresh.certificate_path),
        "-crl_check",
        "-CRLfile",
        str(fresh.crl_path),
        "-purpose",
        "sslclient",
        str(fresh.signed_path("node-1")),
    ]
    assert subprocess.run(arguments, capture_output=True, check=False, timeout=30).returncode == 0
    with fresh.transaction() as transaction:
        transaction.revoke(["node-1"])
    answer = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=30)
    assert "revoked" in answer.stdout + answer.stderr


def test_serial_numbers_are_random_and_long(authority):
    serials = [sign(authority, f"node-{number}").serial_number for number in range(20)]
    assert len(set(serials)) == 20
    assert sum(serial.bit_length() > 100 for serial in serials) >= 19
    assert all(0 < serial.bit_length() <= 128 for serial in serials)


def test_no_certificate_outlives_the_ca(authority, clock):
    clock.now = not_after(authority.issuer()) - DAY
    assert not_after(sign(authority)) == not_after(authority.issuer())


def test_the_inventory_has_puppetservers_format(authority):
    certificate = sign(authority)
    lines = (authority.root / "inventory.txt").read_text().splitlines()
    assert (
        lines[1]
        == f"0x{certificate.serial_number:04X} 2026-11-23T06:00:00UTC 2031-11-23T06:00:00UTC /CN=node-1"
    )
    assert lines[0].endswith("/CN=Puppet CA: test")


def test_puppetservers_short_serial_numbers_are_read(tmp_path):
    (tmp_path / "inventory.txt").write_text("0x002F 2026-01-01T00:00:00UTC 2031-01-01T00:00:00UTC /CN=old\n")
    inventory = Inventory(tmp_path / "inventory.txt")
    assert inventory.serials_of({"old"}, NOW) == {"old": [0x2F]}
    assert inventory.holds(0x2F, "old")
    assert not inventory.holds(0x2F, "other")


def test_signing_ends_the_waiting(authority):
    request = parse_request(csr())
    with authority.transaction() as transaction:
        transaction.save_request(request, "node-1")
    assert authority.waiting_names() == ["node-1"]
    sign(authority)
    assert authority.waiting_names() == []
    assert authority.signed_names() == ["node-1"]


def test_a_name_is_not_signed_twice(authority):
    sign(authority)
    with pytest.raises(ConflictError, match="already has a signed certificate"):
        sign(authority, key=ec_key(1))


def test_only_so_many_requests_are_kept(authority):
    with authority.transaction() as transaction:
        for number in range(5):
            transaction.save_request(parse_request(csr(f"node-{number}")), f"node-{number}")
        with pytest.raises(ConflictError, match="5 requests wait already"):
            transaction.save_request(parse_request(csr("node-5")), "node-5")
        transaction.save_request(parse_request(csr("node-4", key=ec_key(1))), "node-4")
    assert len(authority.waiting_names()) == 5


def test_revoking_leaves_the_name_taken(authority):
    certificate = sign(authority)
    with authority.transaction() as transaction:
        assert transaction.revoke(["node-1"]).serials == (certificate.serial_number,)
        assert transaction.state("node-1") == "revoked"
        with pytest.raises(ConflictError, match="revoked"):
            transaction.sign(parse_request(csr(key=ec_key(1))), "node-1")


def test_cleaning_frees_the_name(authority):
    old = sign(authority)
    with authority.transaction() as transaction:
        transaction.clean(["node-1"])
    assert authority.signed_names() == []
    assert authority.is_revoked(old)
    assert not authority.is_revoked(sign(authority, key=ec_key(1)))


def test_revoking_finds_certificates_whose_file_is_gone(authority):
    certificate = sign(authority)
    authority.signed_path("node-1").unlink()
    with authority.transaction() as transaction:
        assert transaction.revoke(["node-1"]).serials == (certificate.serial_number,)


def test_revoking_again_issues_no_new_list(authority):
    sign(authority)
    with authority.transaction() as transaction:
        transaction.revoke(["node-1"])
        number = crls.number(authority.crl())
        assert transaction.revoke(["node-1"]).serials == ()
    assert crls.number(authority.crl()) == number


def test_many_names_are_revoked_with_one_list(authority):
    for number in range(3):
        sign(authority, f"node-{number}")
    before = crls.number(authority.crl())
    with authority.transaction() as transaction:
        transaction.clean([f"node-{number}" for number in range(3)])
    assert crls.number(authority.crl()) == before + 1
    assert len(authority.crl()) == 3


def test_each_list_has_the_next_number_and_a_later_second(authority, clock):
    for number in range(5):
        sign(authority, f"node-{number}")
    seen = [authority.crl()]
    times = [authority.crl_path.stat().st_mtime]
    for number in range(5):  # the clock stands still
        with authority.transaction() as transaction:
            transaction.revoke([f"node-{number}"])
        seen.append(authority.crl())
        times.append(authority.crl_path.stat().st_mtime)
    assert [crls.number(crl) for crl in seen] == list(range(6))
    updates = [crls.this_update(crl) for crl in seen]
    assert all(
        later - earlier >= datetime.timedelta(seconds=1) for earlier, later in itertools.pairwise(updates)
    )
    assert all(update.microsecond == 0 and update <= clock.now for update in updates)
    assert all(later - earlier >= 1 for earlier, later in itertools.pairwise(times))
    assert all(time == int(time) for time in times)


def test_a_list_is_never_issued_without_the_entries_of_the_one_before(authority):
    first, second = sign(authority, "node-1"), sign(authority, "node-2")
    for name in ("node-1", "node-2"):
        with authority.transaction() as transaction:
            transaction.revoke([name])
    with authority.transaction() as transaction:
        transaction.renew_crl()
    assert {entry.serial_number for entry in authority.crl()} == {first.serial_number, second.serial_number}


def test_a_clock_that_was_set_back_does_not_stop_revocation(authority, clock, monkeypatch):
    monkeypatch.setattr("enrolment.transaction.MAX_CLOCK_WAIT", 0.0)
    sign(authority)
    before = crls.this_update(authority.crl())
    clock.now = NOW - datetime.timedelta(hours=2)
    with authority.transaction() as transaction:
        transaction.revoke(["node-1"])
    assert crls.this_update(authority.crl()) > before


def test_the_list_is_signed_by_the_ca_and_points_to_its_key(authority):
    crl = authority.crl()
    assert crl.is_signature_valid(authority.issuer().public_key())
    ski = authority.issuer().extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert (
        crl.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier == ski.digest
    )


def test_creating_again_changes_nothing(authority):
    before = {path: path.read_bytes() for path in authority.root.iterdir() if path.is_file()}
    with authority.transaction() as transaction:
        assert not transaction.create()
    assert before == {path: path.read_bytes() for path in authority.root.iterdir() if path.is_file()}


def test_a_certificate_without_its_key_is_no_start_for_a_new_ca(authority):
    authority.key_path.unlink()
    with pytest.raises(AuthorityError, match="not its key"), authority.transaction() as transaction:
        transaction.create()


@pytest.mark.parametrize("name", ["../x", "ca", "", "A", "x/y"])
def test_no_path_is_made_of_what_is_no_certname(authority, name):
    for path in (authority.signed_path, authority.request_path):
        with pytest.raises(AuthorityError, match="not a certname"):
            path(name)


def test_a_missing_ca_is_said_to_be_missing(config):
    with pytest.raises(AuthorityError, match="puppet_ca setup"):
        Authority(config).issuer()


def test_damaged_files_are_said_to_be_damaged(authority):
    sign(authority)
    authority.signed_path("node-1").write_text("garbage")
    with pytest.raises(AuthorityError, match="damaged"):
        authority.certificate("node-1")
    authority.crl_path.write_text("garbage")
    with pytest.raises(AuthorityError, match="damaged"):
        authority.crl()


def test_a_lock_that_is_held_too_long_is_an_error_and_not_a_wait_for_ever(authority, monkeypatch):
    monkeypatch.setattr("enrolment.authority.LOCK_TIMEOUT", 0.1)
    other = Authority(authority.config)
    with authority.transaction(), pytest.raises(AuthorityError, match="locked"), other.transaction():
        pass


def test_consistency_is_checked(authority):
    sign(authority)
    assert check_consistency(authority) == []
    inventory = authority.root / "inventory.txt"
    inventory.write_text("".join(inventory.read_text().splitlines(keepends=True)[:1]))
    assert check_consistency(authority) == ["the inventory does not know the certificate of node-1"]


def test_a_foreign_list_is_noticed(authority, tmp_path, config):
    (tmp_path / "other").mkdir()
    other = Authority(dataclasses.replace(config, cadir=str(tmp_path / "other")))
    with other.transaction() as transaction:
        transaction.create()
    authority.crl_path.write_bytes(other.crl().public_bytes(Encoding.PEM))
    assert check_consistency(authority) == ["the revocation list is not signed by the CA"]


def test_what_was_left_half_written_is_tidied_away(authority):
    (authority.signed_dir / ".new-abc").write_bytes(b"half")
    with authority.transaction() as transaction:
        assert transaction.tidy() == 1
    assert list(authority.signed_dir.iterdir()) == []
