"""Nodes' requests, as an agent makes them: RSA 4096, with the secret of the launch."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AttributeOID, NameOID

from bench.authority_beside.load import Node
from tests.differential.csr import SECRET

KEY_BITS = 4096  # Puppet's default


class Nodes:
    """All with one key, since making keys is the nodes' own work. Their names begin with ``prefix``."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        self._made = 0

    def make(self, count: int) -> list[Node]:
        """So many new ones."""
        names = [f"{self.prefix}-{number}" for number in range(self._made, self._made + count)]
        self._made += count
        return [Node(name, self._request(name)) for name in names]

    def _request(self, name: str) -> bytes:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
        builder = builder.add_attribute(AttributeOID.CHALLENGE_PASSWORD, SECRET.encode())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)
