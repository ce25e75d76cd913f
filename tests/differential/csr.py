"""Certificate requests, good and bad, of which every byte can be chosen."""

import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from tests.differential import der
from tests.differential.der import tlv

COMMON_NAME, ORGANISATION = "2.5.4.3", "2.5.4.10"
CHALLENGE_PASSWORD = "1.2.840.113549.1.9.7"
EXTENSION_REQUEST = "1.2.840.113549.1.9.14"
MICROSOFT_EXTENSION_REQUEST = "1.3.6.1.4.1.311.2.1.14"
ALT_NAMES, BASIC_CONSTRAINTS, KEY_USAGE = "2.5.29.17", "2.5.29.19", "2.5.29.15"
PP_ROLE, PP_PRIVATE, PP_AUTH_ROLE, PP_CLI_AUTH = (
    "1.3.6.1.4.1.34380.1.1.13",
    "1.3.6.1.4.1.34380.1.2.1",
    "1.3.6.1.4.1.34380.1.3.13",
    "1.3.6.1.4.1.34380.1.3.39",
)
AUTO_RENEW = "1.3.6.1.4.1.34380.1.3.2"
TRUE = tlv(der.UTF8, b"true")
SECRET = "the secret of this launch"

_SIGNATURES = {  # key type, digest -> AlgorithmIdentifier
    ("rsa", "md5"): tlv(der.SEQUENCE, der.oid("1.2.840.113549.1.1.4"), b"\x05\x00"),
    ("rsa", "sha1"): tlv(der.SEQUENCE, der.oid("1.2.840.113549.1.1.5"), b"\x05\x00"),
    ("rsa", "sha256"): tlv(der.SEQUENCE, der.oid("1.2.840.113549.1.1.11"), b"\x05\x00"),
    ("rsa", "sha512"): tlv(der.SEQUENCE, der.oid("1.2.840.113549.1.1.13"), b"\x05\x00"),
    ("ec", "sha256"): tlv(der.SEQUENCE, der.oid("1.2.840.10045.4.3.2")),
    ("ec", "sha384"): tlv(der.SEQUENCE, der.oid("1.2.840.10045.4.3.3")),
    ("ed25519", ""): tlv(der.SEQUENCE, der.oid("1.3.101.112")),
    ("dsa", "sha256"): tlv(der.SEQUENCE, der.oid("2.16.840.1.101.3.4.3.2")),
}


def _openssl(*words: str, stdin: bytes = b"") -> bytes:
    return subprocess.run(
        ["openssl", *words], input=stdin, capture_output=True, check=True, timeout=120
    ).stdout


@dataclass(frozen=True)
class Key:
    """A private key, in PEM."""

    kind: str  # rsa, ec, ed25519, dsa
    pem: bytes

    def public(self) -> bytes:
        """SubjectPublicKeyInfo in DER."""
        return _openssl("pkey", "-pubout", "-outform", "DER", stdin=self.pem)

    def sign(self, data: bytes, digest: str) -> bytes:
        """Sign, also with what libraries refuse."""
        with tempfile.TemporaryDirectory() as folder:
            key, text = Path(folder, "key"), Path(folder, "data")
            key.write_bytes(self.pem)
            text.write_bytes(data)
            if self.kind == "ed25519":
                return _openssl("pkeyutl", "-sign", "-rawin", "-inkey", str(key), "-in", str(text))
            return _openssl("dgst", f"-{digest}", "-sign", str(key), str(text))


@cache
def key(kind: str = "rsa", size: str = "2048", label: str = "") -> Key:
    """A key, made once per label: ("rsa", bits), ("ec", curve), ("ed25519", ""), ("dsa", bits)."""
    del label
    if kind == "dsa":
        parameters = _openssl(
            "genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", f"dsa_paramgen_bits:{size}"
        )
        with tempfile.NamedTemporaryFile() as file:
            file.write(parameters)
            file.flush()
            return Key(kind, _openssl("genpkey", "-paramfile", file.name))
    options = {
        "rsa": ["RSA", "-pkeyopt", f"rsa_keygen_bits:{size}"],
        "ec": ["EC", "-pkeyopt", f"ec_paramgen_curve:{size}"],
        "ed25519": ["ED25519"],
    }
    return Key(kind, _openssl("genpkey", "-algorithm", *options[kind]))


def extension(number: str, value: bytes, *, critical: bool = False) -> bytes:
    """One requested extension."""
    flag = tlv(der.BOOLEAN, b"\xff") if critical else b""
    return tlv(der.SEQUENCE, der.oid(number), flag, tlv(der.OCTET_STRING, value))


def alt_names(*names: str, other: bytes = b"") -> bytes:
    """The extension with DNS names, and whatever ``other`` holds after them."""
    entries = (tlv(der.DNS_NAME, name.encode()) for name in names)
    return extension(ALT_NAMES, tlv(der.SEQUENCE, *entries, other))


def attribute(number: str, value: bytes) -> bytes:
    """One attribute."""
    return tlv(der.SEQUENCE, der.oid(number), tlv(der.SET, value))


def common_name(name: str | bytes, tag: int = der.UTF8) -> bytes:
    """One relative distinguished name."""
    value = name if isinstance(name, bytes) else name.encode()
    return tlv(der.SET, tlv(der.SEQUENCE, der.oid(COMMON_NAME), tlv(tag, value)))


def request(
    name: str,
    *,
    subject: bytes | None = None,
    signer: Key | None = None,
    public_of: Key | None = None,
    digest: str = "sha256",
    extensions: tuple[bytes, ...] = (),
    extension_request: str = EXTENSION_REQUEST,
    attributes: tuple[bytes, ...] = (),
    challenge: str | None = SECRET,
    spoil: bool = False,
) -> bytes:
    """A request in PEM. ``spoil``: its signature is bad; ``public_of``: the key shown, not the signer's."""
    signer = signer or key()
    listed = list(attributes)
    if challenge is not None:
        listed.append(attribute(CHALLENGE_PASSWORD, tlv(der.UTF8, challenge.encode())))
    if extensions:
        listed.append(attribute(extension_request, tlv(der.SEQUENCE, *extensions)))
    body = tlv(
        der.SEQUENCE,
        tlv(der.INTEGER, b"\x00"),
        tlv(der.SEQUENCE, subject if subject is not None else common_name(name)),
        (public_of or signer).public(),
        tlv(der.CONTEXT_0, *sorted(listed)),
    )
    digest = "" if signer.kind == "ed25519" else digest
    signature = bytearray(signer.sign(body, digest))
    if spoil:
        signature[-1] ^= 1
    whole = tlv(
        der.SEQUENCE,
        body,
        _SIGNATURES[signer.kind, digest],
        tlv(der.BIT_STRING, b"\x00", bytes(signature)),
    )
    return der.pem("CERTIFICATE REQUEST", whole)


def self_signed(name: str, signer: Key) -> bytes:
    """A certificate that vouches for itself, in PEM."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(signer.pem)
        file.flush()
        return _openssl("req", "-x509", "-new", "-key", file.name, "-subj", f"/CN={name}", "-days", "30")


def foreign_crl(*, key_identifier: bool, like: bytes | None = None) -> bytes:
    """A revocation list that a stranger's key has signed; with the issuer and key identifier of ``like``."""
    stranger = load_pem_private_key(key(label="foreign").pem, None)
    assert isinstance(stranger, rsa.RSAPrivateKey)
    moment = datetime.now(UTC)
    model = x509.load_pem_x509_crl(like) if like else None
    issuer = model.issuer if model else x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stranger")])
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer)
        .last_update(moment)
        .next_update(moment + timedelta(days=30))
        .add_extension(x509.CRLNumber(10**9), critical=False)
    )
    if key_identifier:
        identifier = (
            model.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
            if model
            else x509.AuthorityKeyIdentifier.from_issuer_public_key(stranger.public_key())
        )
        builder = builder.add_extension(identifier, critical=False)
    return builder.sign(stranger, hashes.SHA256()).public_bytes(Encoding.PEM)
