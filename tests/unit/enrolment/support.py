"""What the tests of this part share: keys, requests, records, a log that can be read."""

import base64
import datetime
import hashlib
import os
import textwrap
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import AttributeOID, NameOID
from enrolment.log import Log, one_line
from enrolment.request import parse_request

NOW = datetime.datetime(2026, 11, 24, 6, 0, tzinfo=datetime.UTC)
SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
PUPPET = "1.3.6.1.4.1.34380.1."
AUTO_RENEW = PUPPET + "3.2"  # attribute of an agent that renews its certificate


class RecordingLog(Log):
    """Keeps its lines."""

    def __init__(self) -> None:
        super().__init__("test", level="debug", stderr=False)
        self.lines: list[str] = []

    def _write(self, level: str, message: str) -> None:
        self.lines.append(f"{level.upper()}: {one_line(message)}")

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@cache
def ec_key(number: int = 0) -> ec.EllipticCurvePrivateKey:
    """The same key for the same number, so that tests are quick."""
    del number
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rsa_key(bits: int, exponent: int = 65537) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=exponent, key_size=bits)


@cache
def ed_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def text_extension(oid: str, value: str = "true") -> x509.UnrecognizedExtension:
    raw = value.encode()
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), bytes([0x0C, len(raw)]) + raw)


def csr(
    name="node-1",
    *,
    key=None,
    secret=SECRET,
    names=(),
    extensions=(),
    subject=None,
    digest=None,
    attributes=None,
) -> bytes:
    """Return a PEM request as Puppet's agent makes it, or one with the faults that are asked for."""
    key = key or ec_key()
    if subject is None:
        subject = [(NameOID.COMMON_NAME, name)]
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(oid, value) for oid, value in subject])
    )
    if secret is not None:
        builder = builder.add_attribute(AttributeOID.CHALLENGE_PASSWORD, secret.encode())
    for oid, value in (attributes or {}).items():
        builder = builder.add_attribute(x509.ObjectIdentifier(oid), value.encode())
    if names:
        general = [entry if isinstance(entry, x509.GeneralName) else x509.DNSName(entry) for entry in names]
        builder = builder.add_extension(x509.SubjectAlternativeName(general), critical=False)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else digest or hashes.SHA256()
    return builder.sign(key, algorithm).public_bytes(serialization.Encoding.PEM)


def tampered(pem: bytes) -> bytes:
    """Return the request with one bit of its signature turned."""
    der = bytearray(x509.load_pem_x509_csr(pem).public_bytes(serialization.Encoding.DER))
    der[-1] ^= 1
    return as_pem(bytes(der))


def as_pem(der: bytes) -> bytes:
    body = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{body}\n-----END CERTIFICATE REQUEST-----\n".encode()


def record(
    *,
    secret=SECRET,
    expires="2026-11-24T07:00:00Z",
    names="[]",
    classes="{hadoop::worker: {}}",
    enrolment=True,
) -> bytes:
    """Return a node's record as the conductor writes it."""
    text = f"classes: {classes}\nparameters: {{data: {{a: 1}}}}\nenvironment: production\n"
    if enrolment:
        digest = hashlib.sha256(secret.encode()).hexdigest()
        text += (
            f"enrolment:\n  batch: b\n  secret_sha256: {digest}\n  expires: {expires}\n"
            f"  role: worker\n  launched_by: me\n  dns_alt_names: {names}\n"
        )
    return text.encode()


def wait(authority, name, pem=None):
    """Have a request of this name wait at the CA."""
    with authority.transaction() as transaction:
        transaction.save_request(parse_request(pem or csr(name)), name)


def sign(authority, name):
    """Have the CA sign a request of this name."""
    with authority.transaction() as transaction:
        return transaction.sign(parse_request(csr(name)), name)
