"""The CA's certificates: its own, and where it is an intermediate one those above it, up to the root.

In ca_crt.pem the CA's own comes first and the root last, as puppetserver has it.
"""

import re
from collections.abc import Sequence
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from .certificates import common_name, is_ca, spki

Chain = tuple[x509.Certificate, ...]
PEM = {
    label: re.compile(rb"-----BEGIN " + label + rb"-----\r?\n.+?-----END " + label + rb"-----", re.DOTALL)
    for label in (b"CERTIFICATE", b"X509 CRL")
}


def load_chain(pem: bytes) -> Chain:
    """Parse all certificates of a PEM bundle; raise ValueError if one is damaged or there is none."""
    found = tuple(x509.load_pem_x509_certificate(block) for block in PEM[b"CERTIFICATE"].findall(pem))
    if not found:
        raise ValueError("it holds no certificate")
    return found


def chain_pem(chain: Sequence[x509.Certificate]) -> bytes:
    """Return the certificates as one bundle."""
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in chain)


def ordered(certificates: Sequence[x509.Certificate], key: object) -> Chain:
    """Return the chain of the CA whose private key is ``key``, root last.

    Raise ValueError, which says what is wrong, unless the certificates are just that: each a CA's, each
    signed by the next one, the last one by itself.
    """
    public = spki(key.public_key())  # type: ignore[attr-defined]
    own = [certificate for certificate in certificates if spki(certificate.public_key()) == public]
    if len(own) != 1:
        raise ValueError("the key does not belong to the CA's certificate")
    chain, rest = own, [certificate for certificate in certificates if certificate is not own[0]]
    while not is_issued_by(chain[-1], chain[-1]):
        above = [certificate for certificate in rest if is_issued_by(chain[-1], certificate)]
        if not above:
            raise ValueError(f"the certificate of what issued {common_name(chain[-1])!r} is not there")
        chain.append(above[0])
        rest.remove(above[0])
    if rest:
        raise ValueError(f"the certificate of {common_name(rest[0])!r} does not belong to the chain")
    for certificate in chain:
        if not is_ca(certificate):
            raise ValueError(f"the certificate of {common_name(certificate)!r} is not a CA's")
    return tuple(chain)


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether ``issuer`` is named as the issuer and has signed the certificate."""
    if certificate.issuer != issuer.subject:
        return False
    key: Any = issuer.public_key()
    signature, signed = certificate.signature, certificate.tbs_certificate_bytes
    try:
        digest = certificate.signature_hash_algorithm
        if digest is None:
            return False
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(digest))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
