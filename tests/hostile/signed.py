"""Keys, signatures and algorithms that are not to be trusted."""

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric import ec

from tests.hostile import Hostile, der, keys
from tests.hostile.making import pem, request

NO_KEY_TYPE = "its key is of type|not supported|cannot be parsed"
NOT_SIGNED = "does not correspond to the signing key"


def _case(body: bytes, words: str) -> Hostile:
    return Hostile(pem(body), words)


def signatures() -> Iterator[tuple[str, Hostile]]:
    """Requests that their key has not signed."""
    good = request()
    yield "a bit of the signature is turned", _case(good[:-1] + bytes([good[-1] ^ 1]), NOT_SIGNED)
    yield "a bit of an RSA signature is turned", _case(_turned(request(key=keys.usual_rsa())), NOT_SIGNED)
    yield "the signature is empty", _case(request(signature=b""), NOT_SIGNED)
    yield "the signature is of noughts", _case(request(signature=b"\0" * 64), NOT_SIGNED)
    nought = der.sequence(der.integer(0), der.integer(0))
    yield "r and s are 0", _case(request(signature=nought), NOT_SIGNED)
    another = keys.elliptic(ec.SECP384R1)
    yield (
        "another key has signed",
        _case(request(key=keys.Key(keys.elliptic().spki, keys.ECDSA_SHA256, another.sign)), NOT_SIGNED),
    )
    yield (
        "the name was changed after it was signed",
        _case(good.replace(b"node-1", b"node-2", 1), f"{NOT_SIGNED}|node-2"),
    )
    of_rsa = keys.usual_rsa()
    yield (
        "a key of curves with an algorithm of RSA",
        _case(request(algorithm=keys.rsa_with("sha256")), NOT_SIGNED),
    )
    yield (
        "a key of RSA with an algorithm of curves",
        _case(request(key=of_rsa, algorithm=keys.ECDSA_SHA256), NOT_SIGNED),
    )
    yield "another digest than it was signed with", _case(request(algorithm=keys.ECDSA_SHA512), NOT_SIGNED)


def _turned(body: bytes) -> bytes:
    return body[:-1] + bytes([body[-1] ^ 1])


def algorithms() -> Iterator[tuple[str, Hostile]]:
    """Digests that are broken, algorithms that nobody knows."""
    for digest in ("md5", "sha1"):
        yield f"signed with {digest}", _case(request(key=keys.usual_rsa(digest)), f"signed with {digest}")
    unknown = der.sequence(der.oid("1.2.3.4.5"))
    yield "a signature algorithm that is unknown", _case(request(algorithm=unknown), "signed with unknown")
    none = der.sequence(der.oid("2.16.840.1.101.3.4.2.1"))
    yield "a digest in place of a signature algorithm", _case(request(algorithm=none), "signed with unknown")
    key = der.sequence(der.sequence(der.oid("1.2.3.4.5")), der.bits(b"\4" * 32))
    yield "a key of a type that is unknown", _case(_with_key(key), NO_KEY_TYPE)


def weak_keys() -> Iterator[tuple[str, Hostile]]:
    """Keys that are too small, too slow, of a type that is not allowed, or none."""
    yield "RSA of 512 bits", _case(request(key=keys.small_rsa()), "512 bits|cannot be parsed")
    yield "RSA of 1024 bits", _case(request(key=keys.rsa_of(1024)), "1024 bits|cannot be parsed")
    yield "RSA with the exponent 1", _case(request(key=keys.exponent_one()), "exponent|cannot be parsed")
    yield "RSA with the exponent 3", _case(request(key=keys.rsa_of(2048, 3)), "exponent")
    even = keys.costly_rsa(2048, 65536)
    yield "RSA with an even exponent", _case(request(key=even), "exponent|cannot be parsed")
    for bits, exponent in ((16384, 65537), (2048, (1 << 2000) + 1), (8192, (1 << 33) + 1)):
        yield (
            f"RSA of {bits} bits whose exponent has {exponent.bit_length()}",
            _case(
                request(key=keys.costly_rsa(bits, exponent)), "bits; 2048 to 8192|exponent|cannot be parsed"
            ),
        )
    for number in ((0, 65537), (1, 65537), (-5, 65537), (1 << 2047, -65537)):
        yield (
            f"RSA of the numbers {number[0] % 997} and {number[1]}",
            _case(_with_key(keys.rsa_spki(*number)), f"cannot be parsed|bits|{NOT_SIGNED}"),
        )
    for curve in (ec.SECP224R1, ec.SECP256K1, ec.BrainpoolP256R1, ec.SECP192R1):
        yield f"the curve {curve.name}", _case(request(key=_of(curve)), NO_KEY_TYPE)
    yield "Ed25519", _case(request(key=keys.edwards(25519)), NO_KEY_TYPE)
    yield "Ed448", _case(request(key=keys.edwards(448)), NO_KEY_TYPE)
    yield "DSA", _case(request(key=keys.dsa_key()), NO_KEY_TYPE)
    yield "X25519", _case(request(key=keys.exchange_only()), NO_KEY_TYPE)
    yield (
        "a point that is not on its curve",
        _case(_with_key(keys.ec_spki(b"\4" + b"\1" * 64)), "cannot be parsed"),
    )
    yield "the point at infinity", _case(_with_key(keys.ec_spki(b"\0")), "cannot be parsed")
    field = der.sequence(der.integer(1), der.sequence(der.oid("1.2.840.10045.1.1"), der.integer(23)))
    yield (
        "a curve of its own",
        _case(_with_key(keys.ec_spki(b"\4" + b"\1" * 64, field)), "cannot be parsed|not supported"),
    )
    yield "no key", _case(_with_key(der.sequence()), "cannot be parsed")
    cut = keys.elliptic().spki[:-8]
    yield "half a key", _case(_with_key(cut), "cannot be parsed")


def _of(curve: type[ec.EllipticCurve]) -> keys.Key:
    """A key of that curve, or, where the library has it no longer, one that only says so."""
    try:
        return keys.elliptic(curve)
    except Exception:
        dotted = der.oid("1.2.840.10045.3.1.1")
        return keys.Key(keys.ec_spki(b"\4" + b"\1" * 48, dotted), keys.ECDSA_SHA256, lambda _: b"\0" * 48)


def _with_key(spki: bytes) -> bytes:
    return request(key=keys.Key(spki, keys.ECDSA_SHA256, keys.elliptic().sign))
