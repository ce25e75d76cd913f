"""Certificate requests: parse what anybody on the network may send into plain facts.

Nothing is judged here beyond form and size; :mod:`enrolment.decision` judges. What is costly to verify (a
huge key) is not verified.
"""

import hashlib
import re
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtensionOID, NameOID

from .errors import RequestError, parsing

MAX_SIZE = 32 * 1024  # bytes of PEM; a usual request has 1 to 2 kB
MAX_RSA_BITS = 8192
MAX_RSA_EXPONENT = 1 << 32
MAX_EXTENSIONS = 64
MAX_ALT_NAMES = 64

CHALLENGE_PASSWORD = "1.2.840.113549.1.9.7"  # noqa: S105 - an OID
# Python-cryptography reads the first attribute of these; others, the second. Nobody needs two.
EXTENSION_REQUESTS = ("1.2.840.113549.1.9.14", "1.3.6.1.4.1.311.2.1.14")
AUTO_RENEW = "1.3.6.1.4.1.34380.1.3.2"  # pp_auth_auto_renew
_STRINGS = (0x0C, 0x13, 0x14, 0x16)  # UTF8String, PrintableString, T61String, IA5String

_PEM = re.compile(
    rb"\s*-----BEGIN (?P<label>(?:NEW )?CERTIFICATE REQUEST)-----\r?\n"
    rb"[A-Za-z0-9+/=\r\n]+"
    rb"-----END (?P=label)-----\s*"
)


@dataclass(frozen=True)
class Extension:
    """One requested extension, as it stands in the request."""

    oid: str
    critical: bool
    der: bytes


@dataclass(frozen=True)
class Request:
    """The facts of a certificate request."""

    common_names: tuple[str, ...]
    other_subject: tuple[str, ...]  # OIDs of what the subject holds besides common names
    key_type: str  # "RSA", or the name of an elliptic curve, or what else it is
    key_bits: int
    key_exponent: int  # of RSA, else 0
    digest: str  # name of the hash that the signature uses
    signature_valid: bool
    dns_names: tuple[str, ...]
    other_alt_names: tuple[str, ...]  # types of alternative names that are no DNS names
    extensions: tuple[Extension, ...]  # all but the alternative names
    challenges: tuple[bytes, ...]  # challengePassword attributes
    renews: bool  # the agent says that it will renew its certificate
    public_key: bytes  # SubjectPublicKeyInfo, DER
    pem: bytes  # canonical
    fingerprint: str  # SHA-256 of the DER, hexadecimal

    @property
    def name(self) -> str:
        """The common name if there is exactly one, else empty."""
        return self.common_names[0] if len(self.common_names) == 1 else ""


def parse_request(pem: bytes) -> Request:
    """Return the facts of the one PEM request in ``pem``; raise RequestError if it is not that."""
    if len(pem) > MAX_SIZE:
        raise RequestError(f"the certificate request is larger than {MAX_SIZE} bytes")
    if not _PEM.fullmatch(pem):
        raise RequestError("the body is not one PEM certificate request")
    with parsing(RequestError, "the certificate request cannot be parsed"):
        return _facts(x509.load_pem_x509_csr(pem))


def _facts(csr: x509.CertificateSigningRequest) -> Request:
    key_type, bits, exponent, spki = _key(csr)
    dns_names, other_names, extensions = _extensions(csr)
    return Request(
        common_names=tuple(
            str(entry.value) for entry in csr.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        ),
        other_subject=tuple(
            entry.oid.dotted_string for entry in csr.subject if entry.oid != NameOID.COMMON_NAME
        ),
        key_type=key_type,
        key_bits=bits,
        key_exponent=exponent,
        digest=_digest(csr),
        signature_valid=_verify(csr, bits, exponent),
        dns_names=dns_names,
        other_alt_names=other_names,
        extensions=extensions,
        challenges=_attributes(csr, CHALLENGE_PASSWORD),
        renews=_attributes(csr, AUTO_RENEW)[:1] == (b"true",),
        public_key=spki,
        pem=csr.public_bytes(Encoding.PEM),
        fingerprint=hashlib.sha256(csr.public_bytes(Encoding.DER)).hexdigest(),
    )


def _key(csr: x509.CertificateSigningRequest) -> tuple[str, int, int, bytes]:
    try:
        key = csr.public_key()
    except UnsupportedAlgorithm as error:
        raise RequestError("the request's key is of a type that is not supported") from error
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.key_size, key.public_numbers().e, spki
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name, key.curve.key_size, 0, spki
    return type(key).__name__, 0, 0, spki


def _digest(csr: x509.CertificateSigningRequest) -> str:
    try:
        algorithm = csr.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return "unknown"
    return algorithm.name if algorithm is not None else "none"


def _verify(csr: x509.CertificateSigningRequest, bits: int, exponent: int) -> bool:
    """Whether the request is signed by its own key. An RSA key that would take long is not tried."""
    if bits > MAX_RSA_BITS or exponent > MAX_RSA_EXPONENT:
        return False
    try:
        return csr.is_signature_valid
    except (UnsupportedAlgorithm, InvalidSignature, ValueError, TypeError):
        return False


def _extensions(
    csr: x509.CertificateSigningRequest,
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Extension, ...]]:
    try:
        requested = list(csr.extensions)
    except x509.DuplicateExtension as error:
        raise RequestError(f"the request asks for the extension {error.oid.dotted_string} twice") from error
    if sum(attribute.oid.dotted_string in EXTENSION_REQUESTS for attribute in csr.attributes) > 1:
        raise RequestError("the request holds more than one list of extensions")
    if len(requested) > MAX_EXTENSIONS:
        raise RequestError(f"the request asks for more than {MAX_EXTENSIONS} extensions")
    dns_names: list[str] = []
    other_names: list[str] = []
    extensions: list[Extension] = []
    for extension in requested:
        value = extension.value
        if extension.oid == ExtensionOID.SUBJECT_ALTERNATIVE_NAME:
            if not isinstance(value, x509.SubjectAlternativeName):
                raise RequestError("the request's alternative names cannot be parsed")
            names = list(value)
            if len(names) > MAX_ALT_NAMES:
                raise RequestError(f"the request asks for more than {MAX_ALT_NAMES} alternative names")
            dns_names += (name.value for name in names if isinstance(name, x509.DNSName))
            other_names += (type(name).__name__ for name in names if not isinstance(name, x509.DNSName))
        else:
            der = value.value if isinstance(value, x509.UnrecognizedExtension) else b""
            extensions.append(Extension(extension.oid.dotted_string, extension.critical, der))
    return tuple(dns_names), tuple(other_names), tuple(extensions)


def _attributes(csr: x509.CertificateSigningRequest, oid: str) -> tuple[bytes, ...]:
    found = []
    for attribute in csr.attributes:
        if attribute.oid.dotted_string == oid:
            if attribute._type not in _STRINGS:
                raise RequestError(f"the request's attribute {oid} is not text")
            found.append(attribute.value)
    return tuple(found)
