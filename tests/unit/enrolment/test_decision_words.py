"""The exact words of the decision, which operators see in logs and agents' users in their answers."""

import datetime

import pytest
from enrolment.decision import Policy, Verdict, decide
from enrolment.record import parse_record
from enrolment.request import parse_request

from tests.hostile import der, keys
from tests.hostile.making import (
    NAME,
    PUPPET,
    alt_names,
    asking,
    challenge,
    dns,
    extension,
    pem,
    request,
    subject,
)
from tests.unit.enrolment.support import NOW, record

URI, IP = der.context(6, b"https://x"), der.context(7, b"\1\2\3\4")
BEYOND = "it asks for DNS names that the record does not hold: "


def decided(*attributes, name=NAME, body=None, now=NOW, policy=None, **parts):
    known = parse_record(record() if body is None else body) if body != b"" else None
    asked = parse_request(pem(request(*attributes, **parts)))
    return decide(asked, known, now, name=name, policy=policy or Policy())


def asking_for(oid, value=None, *, critical=False):
    return asking(extension(oid, der.text("a") if value is None else value, critical=critical))


REJECTED = {
    "its RSA key has 1024 bits; 2048 to 8192 are allowed": {"key": lambda: keys.rsa_of(1024)},
    "its RSA key has an unusual public exponent": {"key": lambda: keys.rsa_of(2048, 3)},
    "its key is of type secp256k1; allowed are RSA and secp256r1, secp384r1, secp521r1": {
        "key": lambda: keys.elliptic(keys.ec.SECP256K1)
    },
    "it is signed with sha1; allowed are sha256, sha384, sha512": {"key": lambda: keys.usual_rsa("sha1")},
    "CSR contains a public key that does not correspond to the signing key": {"signature": lambda: b"x"},
    "its subject is not exactly one common name": {"names": lambda: subject("node-1", "node-2")},
    'Instance name "node-2" does not match requested key "node-1"': {"names": lambda: subject("node-2")},
    "the request holds 0 challenge passwords, not one": {"secret": lambda: b""},
    "the challenge password is not the one of this launch": {"secret": lambda: challenge("x")},
    "it asks for alternative names that are no DNS names: IPAddress, UniformResourceIdentifier": {
        "asked": lambda: alt_names(URI, IP, URI)
    },
    "Cert subjectAltName contains a wildcard, which is not allowed: *.a": {
        "asked": lambda: alt_names(dns("*.a"))
    },
    "it asks for an alternative name that is no DNS name: 'a b'": {"asked": lambda: alt_names(dns("a b"))},
    BEYOND + "a, b": {"asked": lambda: alt_names(dns("b"), dns("a"), dns("node-1"))},
    "it asks for an authorization extension (1.3.6.1.4.1.34380.1.3.39), which is disallowed": {
        "asked": lambda: asking_for(PUPPET + "3.39")
    },
    "Found extensions that are not permitted: 1.2.3": {"asked": lambda: asking_for("1.2.3")},
    "the value of extension 1.3.6.1.4.1.34380.1.1.1 is not a short text": {
        "asked": lambda: asking_for(PUPPET + "1.1", b"")
    },
}  # fmt: skip


@pytest.mark.parametrize("words", REJECTED)
def test_a_rejection_says_exactly_why(words):
    parts = {part: make() for part, make in REJECTED[words].items()}
    asked = [parts.pop("asked")] if "asked" in parts else []
    decision = decided(*asked, **parts)
    assert (decision.verdict, decision.reason, decision.role) == (Verdict.REJECT, words, "")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Node", "Certificate names must be lower case."),
        ("*", "Subject contains a wildcard, which is not allowed: *"),
        ("a-", "Subject hostname format is invalid"),
    ],
)
def test_a_name_is_refused_in_exactly_puppetservers_words(name, words):
    assert decided(name=name, names=subject(name)).reason == words


OLD_FORM = record(enrolment=False)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "there is no record of this name"),
        (OLD_FORM, "the record has no enrolment section, and such are not signed here"),
        (record(expires="2026-11-24T06:00:00Z"), "the record expired at 2026-11-24T06:00:00Z"),
        (record(names="null"), "the record does not say yet which other DNS names the node may have"),
    ],
)
def test_a_request_that_waits_is_told_exactly_for_what(body, words):
    decision = decided(body=body)
    assert (decision.verdict, decision.reason, decision.role) == (Verdict.WAIT, words, "")


def test_without_autosign_even_a_good_one_waits():
    decision = decided(policy=Policy(autosign=False))
    assert decision.verdict is Verdict.WAIT
    assert decision.reason == "signing without a person is switched off here (autosign: false)"


def test_a_signature_says_what_it_rests_on():
    decision = decided(body=record(classes="[puppet::ca]"))
    assert (decision.verdict, decision.role) == (Verdict.SIGN, "puppet-ca")
    assert decision.reason == "the record of this name vouches for it"


def test_a_record_of_the_old_form_grants_the_nodes_own_name_and_no_other():
    allowing = Policy(allow_unenrolled=True)
    assert decided(alt_names(dns(NAME)), body=OLD_FORM, policy=allowing).verdict is Verdict.SIGN
    assert decided(alt_names(dns("a")), body=OLD_FORM, policy=allowing).reason == BEYOND + "a"


def test_what_is_signed_without_a_word_from_the_operator():
    assert Policy() == Policy(autosign=True, allow_unenrolled=False)


@pytest.mark.parametrize("curve", [keys.ec.SECP256R1, keys.ec.SECP384R1, keys.ec.SECP521R1])
def test_keys_of_the_usual_curves_are_signed(curve):
    assert decided(key=keys.elliptic(curve)).verdict is Verdict.SIGN


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_the_usual_digests_are_taken(digest):
    assert decided(key=keys.usual_rsa(digest)).verdict is Verdict.SIGN


@pytest.mark.parametrize("name", ["a", "A.B", "a_b", "-a-", "0.0", "a.b.c"])
def test_an_alternative_name_may_be_what_the_record_can_hold_and_is_then_compared(name):
    assert decided(alt_names(dns(name))).reason == BEYOND + name


@pytest.mark.parametrize("name", ["", ".", "a.", ".a", "a..b", "a/b", "a b", "a\n", "a;b"])
def test_what_is_no_dns_name_is_refused_as_such(name):
    words = "it asks for an alternative name that is no DNS name: "
    assert decided(alt_names(dns(name))).reason == words + repr(name)


@pytest.mark.parametrize("arc", ["1.1", "1.34", "1.99.1", "2.1", "2.1.2.3"])
def test_extensions_of_both_of_puppets_arcs_are_taken(arc):
    assert decided(asking_for(PUPPET + arc)).verdict is Verdict.SIGN


@pytest.mark.parametrize(
    "oid", [PUPPET + "1", PUPPET + "2", PUPPET + "10.1", PUPPET + "20.1", PUPPET + "4.1"]
)
def test_arcs_that_only_begin_like_puppets_are_not(oid):
    assert decided(asking_for(oid)).reason == f"Found extensions that are not permitted: {oid}"


@pytest.mark.parametrize("number", range(1, 14))
def test_no_right_may_be_asked_for(number):
    assert "disallowed" in decided(asking_for(f"{PUPPET}3.{number}")).reason


def test_a_value_ends_where_it_says_even_if_its_length_says_nothing_of_bytes():
    # Two bytes of length where one is enough, and a length of no bytes at all.
    assert "not a short text" in decided(asking_for(PUPPET + "1.1", b"\x0c\x82\x00\x81" + b"a" * 129)).reason
    assert "not a short text" in decided(asking_for(PUPPET + "1.1", b"\x0c\x80")).reason


def test_the_last_moment_of_a_record():
    last = datetime.datetime(2026, 11, 24, 6, 59, 59, 999999, tzinfo=datetime.UTC)
    assert decided(now=last).verdict is Verdict.SIGN
    assert decided(now=last + datetime.timedelta(microseconds=1)).verdict is Verdict.WAIT


def test_verdicts_are_called_as_they_are_written_down():
    assert [verdict.value for verdict in Verdict] == ["sign", "wait", "reject"]
