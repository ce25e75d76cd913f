import dataclasses
import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from enrolment.decision import Policy, Verdict, decide
from enrolment.record import parse_record
from enrolment.request import parse_request

from tests.unit.enrolment.support import (
    NOW,
    PUPPET,
    csr,
    ed_key,
    record,
    rsa_key,
    tampered,
    text_extension,
)

SIGN, WAIT, REJECT = Verdict.SIGN, Verdict.WAIT, Verdict.REJECT


def decided(pem=None, body=None, *, name="node-1", now=NOW, policy=None, **facts):
    request = dataclasses.replace(parse_request(pem or csr()), **facts)
    known = None if body == b"none" else parse_record(body or record())
    return decide(request, known, now, name=name, policy=policy or Policy())


def test_a_request_with_the_secret_of_a_live_record_is_signed():
    assert decided().verdict is SIGN


@pytest.mark.parametrize("bits", [2048, 4096])
def test_rsa_keys_of_usual_sizes_are_signed(bits):
    assert decided(csr(key=rsa_key(bits))).verdict is SIGN


def test_puppets_informational_extensions_and_private_ones_are_allowed():
    extensions = (text_extension(PUPPET + "1.13", "worker"), text_extension(PUPPET + "2.1", "ä"))
    assert decided(csr(extensions=extensions)).verdict is SIGN


def test_its_own_name_may_stand_among_the_alternative_names():
    assert decided(csr(names=("node-1",))).verdict is SIGN


def test_names_that_the_record_holds_may_be_asked_for_all_or_some():
    body = record(names="[puppet, m.example.org]")
    assert decided(csr(names=("puppet", "m.example.org", "node-1")), body).verdict is SIGN
    assert decided(csr(names=("puppet",)), body).verdict is SIGN
    assert decided(csr(), body).verdict is SIGN


@pytest.mark.parametrize(
    ("classes", "role"),
    [
        ("{puppet::ca: {}, puppet::database: {}, puppet::master: {}}", "puppet-master"),
        ("['::puppet::master']", "puppet-master"),
        ("[puppet::ca, puppet::agent]", "puppet-ca"),
        ("[puppet::agent, puppet::master::config]", ""),
        ("{hadoop::worker: {}}", ""),
    ],
)
def test_the_role_that_is_granted_is_that_of_the_records_classes(classes, role):
    assert decided(body=record(classes=classes)).role == role


def test_a_record_that_no_secret_vouches_for_grants_no_role():
    body = record(classes="[puppet::master]", enrolment=False)
    decision = decided(body=body, policy=Policy(allow_unenrolled=True))
    assert (decision.verdict, decision.role) == (SIGN, "")


SUBJECT = NameOID.COMMON_NAME


@pytest.mark.parametrize(
    ("pem", "words"),
    [
        (lambda: tampered(csr()), "does not correspond to the signing key"),
        (lambda: csr(key=rsa_key(1024)), "1024 bits"),
        (lambda: csr(key=ed_key()), "its key is of type"),
        (lambda: csr(key=ec.generate_private_key(ec.SECP224R1())), "its key is of type secp224r1"),
        (lambda: csr(key=rsa_key(2048, 3)), "exponent"),
        (lambda: csr(digest=hashes.SHA224()), "signed with sha224"),
        (lambda: csr("node-2"), 'Instance name "node-2" does not match requested key "node-1"'),
        (lambda: csr(subject=[(SUBJECT, "node-1"), (SUBJECT, "node-1")]), "not exactly one common name"),
        (lambda: csr(subject=[]), "not exactly one common name"),
        (lambda: csr(subject=[(NameOID.ORGANIZATION_NAME, "x"), (SUBJECT, "node-1")]), "not exactly one"),
        (lambda: csr(names=("puppet",)), "DNS names that the record does not hold: puppet"),
        (lambda: csr(names=("*.example.org",)), "wildcard"),
        (lambda: csr(names=("a b",)), "no DNS name"),
        (lambda: csr(names=(x509.UniformResourceIdentifier("https://x"),)), "UniformResourceIdentifier"),
        (lambda: csr(extensions=(text_extension(PUPPET + "3.39"),)), "authorization extension"),
        (lambda: csr(extensions=(text_extension(PUPPET + "3.1"),)), "authorization extension"),
        (lambda: csr(extensions=(text_extension(PUPPET + "3"),)), "authorization extension"),
        (lambda: csr(extensions=(text_extension(PUPPET + "30.1"),)), "not permitted"),
        (lambda: csr(extensions=(text_extension("1.2.3.4"),)), "not permitted: 1.2.3.4"),
        (
            lambda: csr(extensions=(x509.BasicConstraints(ca=True, path_length=None),)),
            "not permitted: 2.5.29.19",
        ),
        (lambda: csr(extensions=(text_extension(PUPPET + "1.1", "a\nb"),)), "not a short text"),
        (lambda: csr(secret=None), "0 challenge passwords"),
        (lambda: csr(secret="wrong"), "not the one of this launch"),
        (lambda: csr(secret=""), "not the one of this launch"),
    ],
)
def test_a_request_with_a_fault_is_rejected_for_it(pem, words):
    decision = decided(pem())
    assert decision.verdict is REJECT
    assert words in decision.reason


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\x0c",
        b"\x0c\x02a",
        b"\x0c\x01ab",
        b"\x30\x00",
        b"\x0c\x81\x01a",
        b"\x0c\x80",
        b"\x0c\x01\xff",
        b"\x0c\x82\x04\x01" + b"a" * 1025,
        b"plain",
    ],
)
def test_an_extension_whose_value_is_no_short_der_text_is_rejected(der):
    value = x509.UnrecognizedExtension(x509.ObjectIdentifier(PUPPET + "1.1"), der)
    assert decided(csr(extensions=(value,))).verdict is REJECT


def test_an_extension_of_more_than_127_bytes_is_text_too():
    value = x509.UnrecognizedExtension(x509.ObjectIdentifier(PUPPET + "1.1"), b"\x0c\x81\x80" + b"a" * 128)
    assert decided(csr(extensions=(value,))).verdict is SIGN


@pytest.mark.parametrize("name", ["NODE-1", "Node", "a/b", "..", "a\nb", "node-", "*.x", "a\0", "ä"])
def test_a_name_that_is_no_certname_is_rejected_even_if_path_and_subject_agree(name):
    assert decided(csr(name), name=name).verdict is REJECT


@pytest.mark.parametrize(
    ("key_bits", "exponent", "verdict"),
    [
        (2047, 65537, REJECT),
        (2048, 65537, SIGN),
        (8192, 65537, SIGN),
        (8193, 65537, REJECT),
        (2048, 65536, REJECT),
        (2048, 1 << 32, SIGN),
        (2048, (1 << 32) + 1, REJECT),
    ],
)
def test_rsa_keys_are_bounded_in_size_and_exponent(key_bits, exponent, verdict):
    assert decided(key_type="RSA", key_bits=key_bits, key_exponent=exponent).verdict is verdict


@pytest.mark.parametrize(
    ("der", "verdict"),
    [
        (b"\x0c\x00", SIGN),
        (b"\x13\x01a", SIGN),
        (b"\x16\x01a", SIGN),
        (b"\x14\x01a", REJECT),
        (b"\x17\x01a", REJECT),
        (b"\x0d\x01a", REJECT),
        (b"\x0c\x7f" + b"a" * 127, SIGN),
        (b"\x0c\x80" + b"a" * 128, REJECT),
        (b"\x0c\x81\x7f" + b"a" * 127, REJECT),
        (b"\x0c\x82\x00\x80" + b"a" * 128, REJECT),
        (b"\x0c\x82\x03\xfc" + b"a" * 1020, SIGN),
        (b"\x0c\x82\x03\xfd" + b"a" * 1021, REJECT),
    ],
)
def test_an_extensions_value_is_one_string_in_the_shortest_der_of_at_most_1024_bytes(der, verdict):
    value = x509.UnrecognizedExtension(x509.ObjectIdentifier(PUPPET + "1.1"), der)
    assert decided(csr(extensions=(value,))).verdict is verdict


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NODE-1", "Certificate names must be lower case."),
        ("*.x", "Subject contains a wildcard, which is not allowed: *.x"),
        ("node-", "Subject hostname format is invalid"),
    ],
)
def test_names_are_refused_in_puppetservers_words(name, words):
    assert decided(csr(name), name=name).reason == words


def test_a_critical_extension_is_rejected():
    request = parse_request(csr(extensions=(text_extension(PUPPET + "1.1"),)))
    critical = dataclasses.replace(request.extensions[0], critical=True)
    assert decided(extensions=(critical,)).verdict is REJECT


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"none", "there is no record"),
        (record(enrolment=False), "no enrolment section"),
        (record(expires="2026-11-24T05:59:59Z"), "expired at 2026-11-24T05:59:59Z"),
        (record(expires="2026-11-24T06:00:00Z"), "expired"),
        (record(names="null"), "does not say yet"),
    ],
)
def test_a_good_request_waits_while_the_record_does_not_grant_it(body, words):
    decision = decided(body=body)
    assert decision.verdict is WAIT
    assert words in decision.reason


def test_the_record_is_live_until_the_last_second():
    last = datetime.timedelta(microseconds=1)
    assert decided(body=record(expires="2026-11-24T06:00:00Z"), now=NOW - last).verdict is SIGN


def test_time_zones_of_the_expiry_are_respected():
    assert decided(body=record(expires="2026-11-24T08:30:00+02:00")).verdict is SIGN
    assert decided(body=record(expires="2026-11-24T07:30:00+02:00")).verdict is WAIT


@pytest.mark.parametrize("body", [record(expires="2026-11-24T05:00:00Z"), record(names="null")])
def test_a_wrong_secret_is_rejected_whatever_else_the_record_says(body):
    assert decided(csr(secret="wrong"), body).verdict is REJECT


@pytest.mark.parametrize("body", [b"none", record(enrolment=False), record(names="null")])
def test_a_fault_of_the_request_is_found_whatever_the_record_says(body):
    assert decided(tampered(csr()), body).verdict is REJECT


def test_two_challenge_passwords_are_not_one():
    assert decided(challenges=(b"x", b"y")).verdict is REJECT


def test_records_of_the_old_form_are_signed_only_where_that_is_allowed():
    body = record(enrolment=False)
    assert decided(csr(secret=None), body, policy=Policy(allow_unenrolled=True)).verdict is SIGN
    assert decided(csr(secret=None), body, policy=Policy(allow_unenrolled=False)).verdict is WAIT


def test_old_records_grant_no_other_names():
    policy = Policy(allow_unenrolled=True)
    assert decided(csr(names=("puppet",)), record(enrolment=False), policy=policy).verdict is REJECT


def test_allowing_old_records_does_not_loosen_the_new_ones():
    assert decided(csr(secret="wrong"), policy=Policy(allow_unenrolled=True)).verdict is REJECT


def test_with_autosign_off_everything_good_waits_for_a_person():
    decision = decided(policy=Policy(autosign=False))
    assert decision.verdict is WAIT
    assert "switched off" in decision.reason


def test_no_reason_ever_tells_the_secret():
    for pem in (csr(), csr(secret="hunter2-hunter2")):
        for body in (record(), record(secret="hunter3"), record(names="null"), b"none"):
            assert "hunter" not in decided(pem, body).reason
