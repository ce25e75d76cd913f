"""What the fuzzer begins with: usual inputs of each parser, and the hostile ones."""

import base64
import re

from tests.fuzz.targets import CORPUS
from tests.hostile.corpus import corpus
from tests.hostile.der import text
from tests.hostile.judging import RECORD
from tests.hostile.making import PUPPET, alt_names, asking, dns, extension, pem, request

_FRAME = re.compile(rb"-----[A-Z0-9 ]+-----")

RECORDS = (
    RECORD,
    "classes: [hadoop::worker, ntp]\nenvironment: production\n",
    "x: &x {a: 1, b: [1, 2.5, ~, true, 2026-11-24]}\nparameters: {<<: *x, data: {<<: [*x, *x], c: d}}\n",
    "parameters: {a: !!str 1, b: !!int '0x1f', c: !!float 1e3, d: !!bool yes, e: !!null '', f: 1:30:00}\n",
    "a: !unknown 1\n",
    "? &k key\n: *k\n'::x': \"\\u00e4\\x07\\U0001f600\"\n",
)
PATHS = (
    "/puppet-ca/v1/certificate/ca", "/puppet-ca/v1/certificate_request/node-1", "/a%2fb", "/%2e%2e/x",
    "//", "/a/../b", "/%", "/%zz", "/a%00", "/%25%32%65",
)  # fmt: skip


def der_of(pem: bytes) -> bytes:
    return base64.b64decode(_FRAME.sub(b"", pem))


def seeds(target: str) -> list[bytes]:
    """Return them for one target."""
    good = (
        request(),
        request(asking(extension(PUPPET + "1.13", text("worker")))),
        request(alt_names(dns("node-1"))),
    )
    hostile = [entry.pem for entry in corpus().values() if len(entry.pem) < 8192]
    if target == "pem":
        return [*map(pem, good), *hostile]
    if target == "request":
        framed = [entry for entry in hostile if len(_FRAME.findall(entry)) == 2]
        return [*good, *map(_or_as_it_is, framed)]
    if target == "record":
        return [entry.encode() for entry in RECORDS]
    if target == "path":
        return [entry.encode() for entry in PATHS]
    lists = [path.read_bytes() for path in CORPUS.glob("*.pem")]
    return [*lists, *map(der_of, lists), request()]


def _or_as_it_is(body: bytes) -> bytes:
    try:
        return der_of(body)
    except ValueError:
        return body
