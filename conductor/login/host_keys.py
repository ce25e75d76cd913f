"""An instance's ssh host keys, from its console, where cloud-init prints them at the first boot.

The console comes from the cloud's API, over TLS and with the operator's credentials: it is what a careful
admin compares by hand at the first login. Nothing is taken from the network: there is no first use to trust.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from conductor.errors import HostKeyError

KEYS = "SSH HOST KEY KEYS"
FINGERPRINTS = "SSH HOST KEY FINGERPRINTS"
# Lines may have the kernel's or syslog's prefix, and lines of others stand between them.
KEY = re.compile(r"(?<!\S)(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) ([A-Za-z0-9+/]+=*)(?!\S)")
FINGERPRINT = re.compile(r"(?<!\S)SHA256:([A-Za-z0-9+/]{43})(?!\S)")
LENGTH_BYTES = 4
TEXTS = {"ssh-ed25519": 2}  # the others have three: RSA exponent and modulus, ECDSA curve and point


@dataclass(frozen=True, order=True)
class HostKey:
    """One public key of a host."""

    kind: str
    blob: str

    @property
    def fingerprint(self) -> str:
        """As ssh shows it, without ``SHA256:``."""
        digest = hashlib.sha256(base64.b64decode(self.blob)).digest()
        return base64.b64encode(digest).decode().rstrip("=")

    def line(self, name: str) -> str:
        """For a known_hosts file."""
        return f"{name} {self.kind} {self.blob}"


def from_console(console: str, instance_id: str) -> list[HostKey] | None:
    """The keys that the console tells; None: it does not tell any (yet, or no longer).

    Raises HostKeyError if it contradicts itself: then somebody else may have written on it.
    """
    told = {frozenset(_keys(block)) for block in _blocks(console, KEYS)} - {frozenset()}
    if not told:
        return None
    if len(told) > 1:
        raise _untrusted(instance_id, "the console tells different ssh host keys at different times")
    (keys,) = told
    fingerprints = {found for block in _blocks(console, FINGERPRINTS) for found in FINGERPRINT.findall(block)}
    strange = sorted(key for key in keys if fingerprints and key.fingerprint not in fingerprints)
    if strange:
        raise _untrusted(
            instance_id,
            f"the {strange[0].kind} host key on the console (SHA256:{strange[0].fingerprint}) "
            "is not among the fingerprints on it",
        )
    return sorted(keys)


def _blocks(console: str, title: str) -> Iterator[str]:
    """What stands between BEGIN and END; one without its end is cut off, so it is no block."""
    for after in console.split(f"-----BEGIN {title}-----")[1:]:
        block, end, _ = after.partition(f"-----END {title}-----")
        if end:
            yield block


def _keys(block: str) -> Iterator[HostKey]:
    for kind, blob in KEY.findall(block):
        if _is_of(kind, blob):
            yield HostKey(kind, blob)


def _is_of(kind: str, blob: str) -> bool:
    """Whether a key is whole: its binary form is texts with their lengths before them, the kind first."""
    try:
        rest = base64.b64decode(blob, validate=True)
    except binascii.Error:
        return False
    texts = []
    while rest:
        end = LENGTH_BYTES + int.from_bytes(rest[:LENGTH_BYTES], "big")
        if len(rest) < max(end, LENGTH_BYTES):
            return False
        texts.append(rest[LENGTH_BYTES:end])
        rest = rest[end:]
    return texts[:1] == [kind.encode()] and len(texts) == TEXTS.get(kind, 3)


def _untrusted(instance_id: str, why: str) -> HostKeyError:
    return HostKeyError(
        f"{instance_id}: {why}",
        advice=f"look at `start_instance.py console {instance_id}`; if you are sure which key is right, "
        "write it by hand, see docs/conductor.md, Looking and logging in",
    )
