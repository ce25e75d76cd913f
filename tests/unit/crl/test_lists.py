"""Lists that no CA of ours would send, and that must be refusals all the same."""

import base64
import time

import pytest
from crl.errors import RefusedError
from crl.lists import load_authorities, load_crls

from tests.hostile import der
from tests.hostile.making import pem

from .conftest import Authority

AUTHORITY = Authority()
TRUSTED = load_authorities(AUTHORITY.certificate())
ECDSA_SHA256 = der.oid("1.2.840.10045.4.3.2")
NUMBER = der.oid("2.5.29.20")


def changed(old: bytes, new: bytes) -> bytes:
    """A list of the CA's, with bytes replaced in the DER."""
    body = base64.b64decode(b"".join(AUTHORITY.crl(4).splitlines()[1:-1]))
    assert old in body
    return pem(body.replace(old, new), label="X509 CRL")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (der.integer(1) + b"\x30", der.integer(33) + b"\x30"),
        (ECDSA_SHA256, ECDSA_SHA256[:-1] + b"\x7f"),
        (der.integer(4), b"\x02\x00\x04"),
        (b"Z\x17", b"X\x17"),
    ],
    ids=["another version", "an unknown algorithm", "no number", "no time"],
)
def test_a_list_that_the_library_cannot_read_is_a_refusal(old: bytes, new: bytes) -> None:
    with pytest.raises(RefusedError):
        load_crls(changed(old, new), TRUSTED)


def test_a_certificate_of_the_ca_that_cannot_be_read_is_a_refusal() -> None:
    with pytest.raises(RefusedError):
        load_authorities(pem(b"\x30\x00", label="CERTIFICATE"))


def test_many_beginnings_without_an_end_are_refused_at_once() -> None:
    started = time.process_time()
    with pytest.raises(RefusedError):
        load_crls(b"-----BEGIN X509 CRL-----\n" * 100_000, TRUSTED)
    assert time.process_time() - started < 2
