"""Certificates in the form that Puppet's CA gives them, with any python3-cryptography from 38 on."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from .request import Extension

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey

SERIAL_BITS = 128
BACKDATED = timedelta(days=1)  # against clocks that differ; as puppetserver does it

NETSCAPE_COMMENT = x509.ObjectIdentifier("2.16.840.1.113730.1.13")
PUPPET_ARC = "1.3.6.1.4.1.34380.1."
COMMENT = "Puppet Server Internal Certificate"
_EC_CURVES: dict[int, ec.EllipticCurve] = {256: ec.SECP256R1(), 384: ec.SECP384R1()}


def generate_key(key_type: str, bits: int) -> PrivateKey:
    """Make a private key: ("rsa", 2048 to 8192) or ("ec", 256 or 384)."""
    if key_type == "ec" and bits in _EC_CURVES:
        return ec.generate_private_key(_EC_CURVES[bits])
    if key_type == "rsa" and 2048 <= bits <= 8192:  # noqa: PLR2004
        return rsa.generate_private_key(public_exponent=65537, key_size=bits)
    raise ValueError(f"no such key: {key_type} with {bits} bits")


def key_pem(key: PrivateKey) -> bytes:
    """Return the private key in the traditional form that Ruby and Java read as well."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def spki(key: object) -> bytes:
    """Return a public key's SubjectPublicKeyInfo, to compare keys by."""
    der: bytes = key.public_bytes(  # type: ignore[attr-defined]
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return der


def random_serial() -> int:
    """Return a random positive serial number of up to 128 bits."""
    while not (serial := secrets.randbits(SERIAL_BITS)):
        pass
    return serial


def simple_name(common_name: str) -> x509.Name:
    """Return a distinguished name of just this common name."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def common_name(certificate: x509.Certificate) -> str:
    """Return a certificate's common name, or an empty string."""
    return common_name_of(certificate.subject)


def common_name_of(name: x509.Name) -> str:
    """Return the common name in a distinguished name, or an empty string."""
    names = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def not_before(certificate: x509.Certificate) -> datetime:
    """Begin of validity, in UTC (cryptography before 42 gives it without a zone)."""
    if hasattr(certificate, "not_valid_before_utc"):
        return certificate.not_valid_before_utc
    return certificate.not_valid_before.replace(tzinfo=UTC)


def not_after(certificate: x509.Certificate) -> datetime:
    """End of validity, in UTC."""
    if hasattr(certificate, "not_valid_after_utc"):
        return certificate.not_valid_after_utc
    return certificate.not_valid_after.replace(tzinfo=UTC)


def alt_names(certificate: x509.Certificate) -> list[x509.GeneralName]:
    """Return the certificate's alternative names of all kinds."""
    try:
        return list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return []


def puppet_extensions(certificate: x509.Certificate) -> list[Extension]:
    """Return the certificate's extensions under Puppet's arc: information about the node, and its rights."""
    return [
        Extension(extension.oid.dotted_string, extension.critical, extension.value.value)
        for extension in certificate.extensions
        if extension.oid.dotted_string.startswith(PUPPET_ARC)
        and isinstance(extension.value, x509.UnrecognizedExtension)
    ]


def dns_names(certificate: x509.Certificate) -> list[str]:
    """Return the certificate's DNS alternative names."""
    return [name.value for name in alt_names(certificate) if isinstance(name, x509.DNSName)]


def self_signed_ca(name: str, key: PrivateKey, now: datetime, lifetime: int) -> x509.Certificate:
    """Return a new CA's own certificate; ``lifetime`` in seconds."""
    public = key.public_key()
    subject = simple_name(name)
    builder = _builder(subject, subject, public, now, now + timedelta(seconds=lifetime))
    return (
        builder.add_extension(_comment(), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_key_usage(ca=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )


def node_certificate(
    *,
    name: str,
    public_key: PublicKey,
    alt_names: Sequence[x509.GeneralName],
    extensions: Iterable[Extension],
    issuer: x509.Certificate,
    issuer_key: PrivateKey,
    now: datetime,
    lifetime: int,
) -> x509.Certificate:
    """Return a node's certificate, signed; ``lifetime`` in seconds, and never beyond the issuer's own end."""
    end = min(now + timedelta(seconds=lifetime), not_after(issuer))
    names = list(dict.fromkeys([*alt_names, x509.DNSName(name)]))
    builder = (
        _builder(simple_name(name), issuer.subject, public_key, now, end)
        .add_extension(_comment(), critical=False)
        .add_extension(authority_key_identifier(issuer), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
            critical=True,
        )
        .add_extension(_key_usage(ca=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )
    for extension in extensions:
        value = x509.UnrecognizedExtension(x509.ObjectIdentifier(extension.oid), extension.der)
        builder = builder.add_extension(value, critical=False)
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def authority_key_identifier(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    """Return the identifier that points to ``issuer``: its subject key identifier, copied."""
    try:
        extension = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    except x509.ExtensionNotFound:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())  # type: ignore[arg-type]
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(extension.value)


def is_ca(certificate: x509.Certificate) -> bool:
    """Whether the certificate may sign others."""
    try:
        value = certificate.extensions.get_extension_for_oid(ExtensionOID.BASIC_CONSTRAINTS).value
    except x509.ExtensionNotFound:
        return False
    return isinstance(value, x509.BasicConstraints) and value.ca


def _builder(
    subject: x509.Name, issuer: x509.Name, public: PublicKey, now: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(random_serial())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(end)
    )


def _comment() -> x509.UnrecognizedExtension:
    text = COMMENT.encode("ascii")
    return x509.UnrecognizedExtension(NETSCAPE_COMMENT, bytes([0x16, len(text)]) + text)


def _key_usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        key_encipherment=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
