"""Requests, read to the last field; and the exact words and limits of refusals."""

import base64
import hashlib

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from enrolment.errors import RequestError
from enrolment.request import (
    MAX_ALT_NAMES,
    MAX_EXTENSIONS,
    MAX_SIZE,
    Extension,
    Request,
    _verify,
    parse_request,
)

from tests.hostile import der, keys
from tests.hostile.making import (
    PUPPET,
    SECRET,
    alt_names,
    asking,
    attribute,
    dns,
    extension,
    pem,
    request,
)
from tests.unit.enrolment.support import AUTO_RENEW

TRUE = der.text("true")


def refusal(body):
    with pytest.raises(RequestError) as caught:
        parse_request(body)
    return str(caught.value)


def parsed(*attributes, **parts):
    return parse_request(pem(request(*attributes, **parts)))


@pytest.mark.parametrize(
    ("make", "kind", "bits", "exponent", "digest"),
    [
        (keys.usual_rsa, "RSA", 2048, 65537, "sha256"),
        (lambda: keys.usual_rsa("sha512"), "RSA", 2048, 65537, "sha512"),
        (keys.elliptic, "secp256r1", 256, 0, "sha256"),
        (lambda: keys.elliptic(ec.SECP521R1), "secp521r1", 521, 0, "sha256"),
        (lambda: keys.edwards(25519), "Ed25519PublicKey", 0, 0, "none"),
    ],
)
def test_every_fact_of_a_request_is_read(make, kind, bits, exponent, digest):
    key = make()
    names = alt_names(dns("a"), der.context(7, b"\1\2\3\4"), dns("b"), der.context(6, b"https://x"))
    body = request(names, attribute(AUTO_RENEW, TRUE), key=key)
    found = parse_request(pem(body, label="NEW CERTIFICATE REQUEST", eol="\r\n"))
    canonical = found.pem.splitlines()
    assert canonical[0] == b"-----BEGIN CERTIFICATE REQUEST-----"
    assert base64.b64decode(b"".join(canonical[1:-1])) == body
    assert found == Request(
        common_names=("node-1",),
        other_subject=(),
        key_type=found.key_type,
        key_bits=bits,
        key_exponent=exponent,
        digest=digest,
        signature_valid=True,
        dns_names=("a", "b"),
        other_alt_names=("IPAddress", "UniformResourceIdentifier"),
        extensions=(),
        challenges=(SECRET.encode(),),
        renews=True,
        public_key=key.spki,
        pem=found.pem,
        fingerprint=hashlib.sha256(body).hexdigest(),
    )
    assert found.key_type.removeprefix("_") == kind  # older libraries' classes are private


@pytest.mark.parametrize(
    ("values", "renews"),
    [
        ((), False),
        (("true",), True),
        (("TRUE",), False),
        (("false",), False),
        (("",), False),
        (("true", "true"), True),
        (("false", "true"), True),  # in the order of DER, "true" is the shorter
    ],
)
def test_an_agent_says_that_it_renews_by_the_text_true_and_the_first_counts(values, renews):
    assert parsed(*(attribute(AUTO_RENEW, der.text(value)) for value in values)).renews is renews


def test_extensions_that_the_library_knows_are_named_and_their_values_left_out():
    constraints = der.sequence(der.tlv(der.BOOLEAN, b"\xff"))
    found = parsed(
        asking(
            extension("2.5.29.19", constraints, critical=True),
            extension(PUPPET + "1.1", TRUE),
            extension("1.2.3", b""),
        )
    )
    assert found.extensions == (
        Extension("2.5.29.19", True, b""),
        Extension(PUPPET + "1.1", False, TRUE),
        Extension("1.2.3", False, b""),
    )


@pytest.mark.parametrize("key", [keys.exchange_only, lambda: keys.costly_rsa(16384, 65537)])
def test_a_key_that_cannot_be_verified_with_has_signed_nothing(key):
    assert parsed(key=key()).signature_valid is False


@pytest.mark.parametrize("kind", [ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm])
def test_a_signature_that_the_library_fails_to_verify_is_none(kind):
    class Failing:
        @property
        def is_signature_valid(self):
            raise kind("x")

    assert _verify(Failing(), 2048, 65537) is False


@pytest.mark.parametrize(("limit", "tried"), [(2048, True), (2047, False)])
def test_an_rsa_key_is_tried_up_to_the_limit_of_bits(monkeypatch, limit, tried):
    monkeypatch.setattr("enrolment.request.MAX_RSA_BITS", limit)
    assert parsed(key=keys.usual_rsa()).signature_valid is tried


@pytest.mark.parametrize(("limit", "tried"), [(65537, True), (65536, False)])
def test_an_rsa_key_is_tried_up_to_the_limit_of_its_exponent(monkeypatch, limit, tried):
    monkeypatch.setattr("enrolment.request.MAX_RSA_EXPONENT", limit)
    assert parsed(key=keys.usual_rsa()).signature_valid is tried


def test_the_limits_of_rsa_are_those_of_the_decision():
    assert parsed(key=keys.costly_rsa(8192, 65537)).key_bits == 8192
    assert parsed(key=keys.costly_rsa(8193, 65537)).key_bits == 8193


def test_a_request_may_have_its_whole_size():
    good = pem(request())
    assert parse_request(good + b"\n" * (MAX_SIZE - len(good)))
    assert refusal(good + b"\n" * (MAX_SIZE - len(good) + 1)) == (
        "the certificate request is larger than 32768 bytes"
    )


@pytest.mark.parametrize("space", [b"", b"\n", b"\r\n", b" \t\n"])
def test_blanks_around_a_request_do_no_harm(space):
    assert parse_request(space + pem(request()) + space)


@pytest.mark.parametrize("tag", [der.UTF8, der.PRINTABLE, der.TELETEX, der.IA5])
def test_a_secret_may_stand_in_any_string_of_bytes(tag):
    secret = attribute("1.2.840.113549.1.9.7", der.text(SECRET, tag))
    assert parsed(secret=secret).challenges == (SECRET.encode(),)


@pytest.mark.parametrize("tag", [der.OCTET_STRING, der.BMP, der.UNIVERSAL, der.NULL])
def test_a_secret_in_another_type_is_refused(tag):
    secret = attribute("1.2.840.113549.1.9.7", der.tlv(tag, b"abcd" if tag != der.NULL else b""))
    assert refusal(pem(request(secret=secret))) == (
        "the request's attribute 1.2.840.113549.1.9.7 is not text"
    )


def test_as_many_extensions_and_names_as_are_allowed_are_taken():
    many = [extension(f"{PUPPET}2.{number}", TRUE) for number in range(MAX_EXTENSIONS + 1)]
    assert len(parsed(asking(*many[:-1])).extensions) == MAX_EXTENSIONS
    assert refusal(pem(request(asking(*many)))) == "the request asks for more than 64 extensions"
    names = [dns(f"n{number}") for number in range(MAX_ALT_NAMES + 1)]
    assert len(parsed(alt_names(*names[:-1])).dns_names) == MAX_ALT_NAMES
    assert refusal(pem(request(alt_names(*names)))) == "the request asks for more than 64 alternative names"


def test_refusals_say_exactly_what_is_wrong():
    assert refusal(b"x") == "the body is not one PEM certificate request"
    twice = asking(extension("1.2.3", TRUE), extension("1.2.3", TRUE))
    assert refusal(pem(request(twice))) == "the request asks for the extension 1.2.3 twice"
    lists = (asking(extension("1.2.3", TRUE)), asking(extension("1.2.4", TRUE)))
    assert refusal(pem(request(*lists))) == "the request holds more than one list of extensions"
    said = refusal(pem(request(version=der.integer(2))))
    assert said == "the certificate request cannot be parsed: InvalidVersion: 2 is not a valid CSR version"


def test_a_key_of_an_unknown_type_is_named_so():
    spki = der.sequence(der.sequence(der.oid("1.2.3.4.5")), der.bits(b"\4" * 32))
    said = refusal(pem(request(key=keys.Key(spki, keys.ECDSA_SHA256, keys.elliptic().sign))))
    assert said == "the request's key is of a type that is not supported"


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError])
def test_what_ends_the_process_is_no_refusal(monkeypatch, kind):
    def fail(_):
        raise kind

    monkeypatch.setattr(x509, "load_pem_x509_csr", fail)
    with pytest.raises(kind):
        parse_request(pem(request()))


def test_a_panic_of_the_parser_is_a_refusal_of_two_hundred_characters_at_most(monkeypatch):
    class Panic(BaseException):
        pass

    def fail(_):
        raise Panic("x" * 300)

    monkeypatch.setattr(x509, "load_pem_x509_csr", fail)
    said = refusal(pem(request()))
    assert said == "the certificate request cannot be parsed: Panic: " + "x" * 151
