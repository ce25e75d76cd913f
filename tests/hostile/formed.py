"""What is no request, or is one in a form that parsers differ about."""

from collections.abc import Iterator

from tests.hostile import Hostile, der, keys
from tests.hostile.making import asking, extension, pem, request, subject

MALFORMED = "cannot be parsed"
NOT_ONE = "not one PEM certificate request"


def structures() -> Iterator[tuple[str, Hostile]]:
    """DER that is cut, nested, padded or too long."""
    good = request()
    for what, body in {
        "cut": good[: len(good) // 2],
        "with a byte behind it": good + b"\0",
        "with a fourth part": request(tail=der.tlv(der.NULL)),
        "of version 2": request(version=der.integer(1)),
        "of version 0": request(version=der.integer(-1)),
        "without a version": request(version=b""),
        "of a length that never ends": b"\x30\x80" + good[4:] + b"\0\0",
        "of a length beyond the end": b"\x30\x84\xff\xff\xff\xff" + good[4:],
        "of a length in nine bytes": b"\x30\x89" + b"\1" * 9,
        "nested 5,000 deep": _nested(5000),
        "nested 5,000 deep in a name": request(names=der.sequence(_nested(3000))),
        "of noughts": b"\0" * 500,
        "empty": b"",
        "only a name": subject("node-1"),
        "only a key": keys.elliptic().spki,
        "a request in a request": der.sequence(good),
    }.items():
        words = "does not correspond|cannot be parsed|not one PEM"
        yield f"a body {what}", Hostile(pem(body), words)


def _nested(depth: int) -> bytes:
    body = b""
    for _ in range(depth):
        body = der.sequence(body)
    return body


def frames() -> Iterator[tuple[str, Hostile]]:
    """PEM that holds several, none, or what readers of PEM may differ about."""
    body = request()
    good = pem(body)
    for what, text in {
        "nothing": b"",
        "two requests": good + pem(request(names=subject("node-2"))),
        "a request behind words": b"hello\n" + good,
        "words behind it": good + b"hello",
        "a header": good.replace(b"-----\n", b"-----\nProc-Type: 4,ENCRYPTED\n", 1),
        "a certificate's frame": pem(body, label="CERTIFICATE"),
        "frames that differ": good.replace(b"BEGIN CERTIFICATE", b"BEGIN NEW CERTIFICATE"),
        "a NUL": good.replace(b"\n", b"\n\0", 1),
        "no base64": good.replace(b"M", b"*", 1),
        "HTML": b"<html><body>Please log in</body></html>",
        "YAML": b"--- !ruby/object:Puppet::SSL::CertificateRequest {}\n",
        "the DER itself": body,
    }.items():
        yield f"a frame of {what}", Hostile(text, NOT_ONE)
    for what, text in {
        "wrong padding": good.replace(b"=", b"").replace(b"-----END", b"A=-----END"),
        "another file": pem(asking(extension("1.2.3", b"x"))),
    }.items():
        yield f"a frame with {what}", Hostile(text, f"{MALFORMED}|{NOT_ONE}")
    yield "a frame of a megabyte", Hostile(good + b"\n" * (1 << 20), "larger than")
