"""Keys for requests, good ones and such as no library makes; each signs what it is given, or pretends to."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.hostile import der

RSA_KEY, EC_KEY = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1"
ECDSA_SHA256 = der.sequence(der.oid("1.2.840.10045.4.3.2"))
ECDSA_SHA512 = der.sequence(der.oid("1.2.840.10045.4.3.4"))
P256 = "1.2.840.10045.3.1.7"
_RSA_WITH = {"md5": "4", "sha1": "5", "sha256": "11", "sha384": "12", "sha512": "13"}
_HASH = {
    "md5": "1.2.840.113549.2.5",
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
# Two primes of 256 bits: no library makes RSA keys this small.
_P, _Q = 2**256 - 189, 2**256 - 2**32 - 977


@dataclass(frozen=True)
class Key:
    """A public key as it stands in a request, the algorithm that it says it signs with, and its signature."""

    spki: bytes
    algorithm: bytes
    sign: Callable[[bytes], bytes]


def algorithm(dotted: str) -> bytes:
    """Return the identifier of an algorithm with parameters NULL, as those of RSA have."""
    return der.sequence(der.oid(dotted), der.tlv(der.NULL))


def rsa_with(digest: str) -> bytes:
    return algorithm("1.2.840.113549.1.1." + _RSA_WITH[digest])


def rsa_spki(modulus: int, exponent: int) -> bytes:
    return der.sequence(
        algorithm(RSA_KEY), der.bits(der.sequence(der.integer(modulus), der.integer(exponent)))
    )


def ec_spki(point: bytes, parameters: bytes | None = None) -> bytes:
    return der.sequence(der.sequence(der.oid(EC_KEY), parameters or der.oid(P256)), der.bits(point))


def small_rsa(digest: str = "sha256") -> Key:
    """RSA of 512 bits, whose private half anybody can find."""
    private = pow(65537, -1, (_P - 1) * (_Q - 1))
    return _rsa(_P * _Q, 65537, private, digest)


def usual_rsa(digest: str = "sha256") -> Key:
    numbers = _generated(2048, 65537).private_numbers()
    return _rsa(numbers.public_numbers.n, 65537, numbers.d, digest)


def rsa_of(bits: int, exponent: int = 65537) -> Key:
    numbers = _generated(bits, exponent).private_numbers()
    return _rsa(numbers.public_numbers.n, exponent, numbers.d, "sha256")


def exponent_one() -> Key:
    """Whoever knows the modulus signs as this key: the signature is the padded digest itself."""
    return _rsa(_generated(2048, 65537).public_key().public_numbers().n, 1, 1, "sha256")


def costly_rsa(bits: int, exponent: int) -> Key:
    """A key that takes long to verify with. Its signature is none."""
    return Key(rsa_spki((1 << (bits - 1)) | 1, exponent), rsa_with("sha256"), lambda _: b"\1" * (bits // 8))


def _rsa(modulus: int, exponent: int, private: int, digest: str) -> Key:
    size = (modulus.bit_length() + 7) // 8

    def sign(info: bytes) -> bytes:
        found = der.sequence(algorithm(_HASH[digest]), der.octets(hashlib.new(digest, info).digest()))
        padded = b"\0\1" + b"\xff" * (size - 3 - len(found)) + b"\0" + found
        return pow(int.from_bytes(padded, "big"), private, modulus).to_bytes(size, "big")

    return Key(rsa_spki(modulus, exponent), rsa_with(digest), sign)


@cache
def _generated(bits: int, exponent: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=exponent, key_size=bits)


@cache
def elliptic(curve: type[ec.EllipticCurve] = ec.SECP256R1) -> Key:
    private = ec.generate_private_key(curve())
    return Key(_spki(private), ECDSA_SHA256, lambda info: private.sign(info, ec.ECDSA(hashes.SHA256())))


@cache
def edwards(number: int) -> Key:
    private = ed25519.Ed25519PrivateKey.generate() if number == 25519 else ed448.Ed448PrivateKey.generate()
    dotted = "1.3.101.112" if number == 25519 else "1.3.101.113"
    return Key(_spki(private), der.sequence(der.oid(dotted)), private.sign)


@cache
def exchange_only() -> Key:
    """A key that cannot sign at all."""
    return Key(_spki(x25519.X25519PrivateKey.generate()), ECDSA_SHA256, elliptic().sign)


@cache
def dsa_key() -> Key:
    private = dsa.generate_private_key(1024)  # noqa: S505 - that is the point
    dotted = der.sequence(der.oid("2.16.840.1.101.3.4.3.2"))
    return Key(_spki(private), dotted, lambda info: private.sign(info, hashes.SHA256()))


def _spki(private: object) -> bytes:
    public = private.public_key()  # type: ignore[attr-defined]
    found: bytes = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return found
