import ipaddress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from enrolment.errors import RequestError
from enrolment.request import MAX_SIZE, parse_request

from tests.hostile.making import asking, extension, pem, request
from tests.unit.enrolment.support import (
    PUPPET,
    SECRET,
    as_pem,
    csr,
    ed_key,
    rsa_key,
    tampered,
    text_extension,
)


def test_a_request_of_an_agent_is_read_whole():
    pem = csr(names=("puppet", "node-1"), extensions=(text_extension(PUPPET + "1.13", "worker"),))
    found = parse_request(pem)
    assert found.common_names == ("node-1",)
    assert found.name == "node-1"
    assert found.other_subject == ()
    assert (found.key_type, found.key_bits) == ("secp256r1", 256)
    assert found.digest == "sha256"
    assert found.signature_valid
    assert found.dns_names == ("puppet", "node-1")
    assert [(entry.oid, entry.der) for entry in found.extensions] == [(PUPPET + "1.13", b"\x0c\x06worker")]
    assert found.challenges == (SECRET.encode(),)


def test_an_rsa_key_is_described_by_size_and_exponent():
    found = parse_request(csr(key=rsa_key(2048)))
    assert (found.key_type, found.key_bits, found.key_exponent) == ("RSA", 2048, 65537)
    assert found.signature_valid


def test_a_request_without_a_challenge_password_has_none():
    assert parse_request(csr(secret=None)).challenges == ()


def test_a_signature_that_does_not_fit_the_key_is_seen():
    assert not parse_request(tampered(csr())).signature_valid
    assert not parse_request(tampered(csr(key=rsa_key(2048)))).signature_valid


def test_a_huge_key_is_not_even_verified(monkeypatch):
    monkeypatch.setattr("enrolment.request.MAX_RSA_BITS", 1024)
    found = parse_request(csr(key=rsa_key(2048)))
    assert found.key_bits == 2048
    assert not found.signature_valid


def test_alternative_names_that_are_no_dns_names_are_told_apart():
    names = (
        x509.IPAddress(ipaddress.ip_address("10.0.0.1")),
        x509.UniformResourceIdentifier("https://x"),
        x509.RFC822Name("a@b"),
        "puppet",
    )
    found = parse_request(csr(names=names))
    assert found.dns_names == ("puppet",)
    assert found.other_alt_names == ("IPAddress", "UniformResourceIdentifier", "RFC822Name")


def test_several_common_names_leave_the_request_without_a_name():
    subject = [(NameOID.COMMON_NAME, "node-1"), (NameOID.COMMON_NAME, "node-2")]
    found = parse_request(csr(subject=subject))
    assert found.common_names == ("node-1", "node-2")
    assert found.name == ""


def test_the_rest_of_a_subject_is_seen():
    subject = [(NameOID.ORGANIZATION_NAME, "x"), (NameOID.COMMON_NAME, "node-1")]
    assert parse_request(csr(subject=subject)).other_subject == ("2.5.4.10",)


def test_keys_of_other_types_are_named():
    assert parse_request(csr(key=ed_key())).key_type not in ("RSA", "secp256r1")


GOOD = csr()


NOT_ONE_REQUEST = {
    "nothing": b"",
    "zeroes": b"\0" * 100,
    "an empty frame": b"-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n",
    "zeroes in a frame": b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
    "padding in a frame": b"-----BEGIN CERTIFICATE REQUEST-----\n====\n-----END CERTIFICATE REQUEST-----\n",
    "two requests": GOOD + GOOD,
    "junk before": b"junk\n" + GOOD,
    "junk behind": GOOD + b"junk",
    "a certificate's frame": GOOD.replace(b"CERTIFICATE REQUEST", b"CERTIFICATE"),
    "two kinds of frame": GOOD.replace(b"BEGIN CERTIFICATE REQUEST", b"BEGIN NEW CERTIFICATE REQUEST"),
    "half a request": GOOD[: len(GOOD) // 2],
    "a PEM header": GOOD.replace(b"-----\n", b"-----\nProc-Type: 4,ENCRYPTED\n", 1),
    "an endless length": as_pem(b"\x30\x80\x00\x00"),
    "another structure": as_pem(b"\x30\x03\x02\x01\x00"),
    "a length beyond the end": as_pem(b"\x30\x84\xff\xff\xff\xff"),
    "too much": b"x" * (MAX_SIZE + 1),
    "a request and too much": GOOD + b"\n" * MAX_SIZE,
}


# Named: the keys are random, and workers that run tests in parallel must agree on the names.
@pytest.mark.parametrize("pem", NOT_ONE_REQUEST.values(), ids=NOT_ONE_REQUEST)
def test_what_is_not_exactly_one_request_is_refused(pem):
    with pytest.raises(RequestError):
        parse_request(pem)


def test_cut_or_changed_bytes_never_raise_anything_but_a_refusal():
    der = x509.load_pem_x509_csr(GOOD).public_bytes(Encoding.DER)
    outcomes = set()
    for position in range(len(der)):
        for changed in (der[:position], der[:position] + bytes([der[position] ^ 0xFF]) + der[position + 1 :]):
            try:
                outcomes.add(parse_request(as_pem(changed)).signature_valid)
            except RequestError:
                outcomes.add("refused")
    # One that parses may still not be taken for signed, whatever bit was turned.
    assert outcomes == {"refused", False}


def test_an_extension_that_is_asked_for_twice_is_refused():
    twice = _csr_with_raw_extensions((PUPPET + "1.1", b"\x0c\x01a"), (PUPPET + "1.1", b"\x0c\x01b"))
    with pytest.raises(RequestError, match="twice"):
        parse_request(twice)


def test_very_many_extensions_or_names_are_refused():
    with pytest.raises(RequestError, match="extensions"):
        parse_request(csr(extensions=[text_extension(f"{PUPPET}2.{number}") for number in range(100)]))
    with pytest.raises(RequestError, match="alternative names"):
        parse_request(csr(names=[f"n{number}" for number in range(100)]))


def _csr_with_raw_extensions(*wanted):
    """What the library's builder refuses to make."""
    return pem(request(asking(*(extension(oid, der) for oid, der in wanted))))


def test_the_builder_of_raw_requests_makes_good_ones():
    found = parse_request(_csr_with_raw_extensions((PUPPET + "1.1", b"\x0c\x01a")))
    assert found.signature_valid
    assert found.extensions[0].der == b"\x0c\x01a"
