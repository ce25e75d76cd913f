"""One certificate request from its parts, any of which may be what no agent would send."""

import base64
import textwrap

from tests.hostile import der, keys

SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"  # the one of the launch
NAME = "node-1"
COMMON_NAME, ORGANIZATION = "2.5.4.3", "2.5.4.10"
CHALLENGE, EXTENSION_REQUEST = "1.2.840.113549.1.9.7", "1.2.840.113549.1.9.14"
MICROSOFT_REQUEST = "1.3.6.1.4.1.311.2.1.14"
ALT_NAMES = "2.5.29.17"
PUPPET = "1.3.6.1.4.1.34380.1."


def rdn(dotted: str, value: bytes) -> bytes:
    return der.set_of(der.sequence(der.oid(dotted), value))


def subject(*names: str, tag: int = der.UTF8) -> bytes:
    """Return a subject with these common names."""
    return der.sequence(*(rdn(COMMON_NAME, der.text(name, tag)) for name in names))


def attribute(dotted: str, *values: bytes) -> bytes:
    return der.sequence(der.oid(dotted), der.set_of(*values))


def challenge(*secrets: str, tag: int = der.UTF8) -> bytes:
    return attribute(CHALLENGE, *(der.text(secret, tag) for secret in secrets))


def extension(dotted: str, value: bytes, *, critical: bool = False) -> bytes:
    flag = der.tlv(der.BOOLEAN, b"\xff") if critical else b""
    return der.sequence(der.oid(dotted), flag, der.octets(value))


def asking(*extensions: bytes, dotted: str = EXTENSION_REQUEST) -> bytes:
    """Return the attribute that asks for these extensions."""
    return attribute(dotted, der.sequence(*extensions))


def alt_names(*names: bytes) -> bytes:
    return asking(extension(ALT_NAMES, der.sequence(*names)))


def dns(name: str) -> bytes:
    return der.context(2, name.encode("utf-8"))


def request(
    *attributes: bytes,
    names: bytes | None = None,
    key: keys.Key | None = None,
    secret: bytes | None = None,
    version: bytes = der.integer(0),
    signature: bytes | None = None,
    algorithm: bytes | None = None,
    tail: bytes = b"",
) -> bytes:
    """Return the DER of a request by NODE-1 with the launch's secret, and whatever differs from that."""
    key = key or keys.elliptic()
    secret = challenge(SECRET) if secret is None else secret
    info = der.sequence(
        version,
        subject(NAME) if names is None else names,
        key.spki,
        der.context(0, *sorted((secret, *attributes)), constructed=True),
    )
    signed = key.sign(info) if signature is None else signature
    return der.sequence(info, algorithm or key.algorithm, der.bits(signed), tail)


def pem(body: bytes, *, label: str = "CERTIFICATE REQUEST", eol: str = "\n") -> bytes:
    lines = [f"-----BEGIN {label}-----", *textwrap.wrap(base64.b64encode(body).decode(), 64)]
    return (eol.join([*lines, f"-----END {label}-----"]) + eol).encode()
