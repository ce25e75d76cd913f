"""What must hold of each parser for any bytes at all: shared by the fuzzer, its corpus and the properties.

A target returns whether the bytes were taken; it raises where something does not hold.
"""

import datetime
import hashlib
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import quote

import yaml
from crl.errors import RefusedError
from crl.lists import Crl, check, load_authorities, newest, sift_crls
from cryptography import x509
from enrolment.decision import AUTHORIZATION, CURVES, DIGESTS, Policy, Verdict, decide
from enrolment.errors import RecordError, RequestError
from enrolment.http import HttpError, decode_path
from enrolment.names import is_certname
from enrolment.record import Record, enc_document, parse_record
from enrolment.request import Request, parse_request

from tests.hostile.judging import NOW, RECORD
from tests.hostile.making import SECRET
from tests.hostile.making import pem as framed

CORPUS = Path(__file__).parent / "corpus"
LONGEST_MESSAGE = 500
_EXPIRED, _UNKNOWN = "2026-11-24T06:00:00Z", "null"

warnings.filterwarnings("ignore", "Attribute's length")


@cache
def records() -> tuple[Record | None, ...]:
    """The records of a name that matter: none, live, expired, not ready, of the old form."""
    live = RECORD.encode()
    return (
        None,
        parse_record(live),
        parse_record(live.replace(b"2026-11-24T07:00:00Z", _EXPIRED.encode())),
        parse_record(live.replace(b"[]", _UNKNOWN.encode())),
        parse_record(b"classes: {}"),
    )


def pem(data: bytes) -> bool:
    """A request, as it comes over the network."""
    try:
        request = parse_request(data)
    except RequestError as error:
        assert len(str(error)) <= LONGEST_MESSAGE
        return False
    assert parse_request(request.pem) == request
    verdicts = [judged(request, known) for known in records()]
    assert verdicts[0] is not Verdict.SIGN
    assert Verdict.SIGN not in verdicts[2:]
    return True


def request(data: bytes) -> bool:
    """The DER of a request: a fuzzer that has to find its way through base64 finds little."""
    return pem(framed(data))


def judged(request: Request, known: Record | None) -> Verdict:
    """Decide, and see that nothing is signed that may not be, by rules written a second time."""
    name = request.name or "node-1"
    verdict = decide(request, known, NOW, name=name, policy=Policy()).verdict
    if verdict is not Verdict.SIGN:
        return verdict
    assert known is not None
    assert known.enrolment is not None
    assert request.signature_valid
    assert request.common_names == (name,)
    assert is_certname(name)
    assert not request.other_subject
    assert not request.other_alt_names
    assert request.key_type in CURVES or (request.key_type == "RSA" and 2048 <= request.key_bits <= 8192)
    assert request.digest in DIGESTS
    assert [hashlib.sha256(entry).hexdigest() for entry in request.challenges] == [
        known.enrolment.secret_sha256
    ]
    assert known.enrolment.expires > NOW
    assert known.enrolment.dns_alt_names is not None
    assert set(request.dns_names) <= {name, *known.enrolment.dns_alt_names}
    for extension in request.extensions:
        assert extension.oid.startswith((AUTHORIZATION[:-1] + "1.", AUTHORIZATION[:-1] + "2."))
        assert not extension.critical
    return verdict


def record(data: bytes) -> bool:
    """A record from the bucket, and what Puppet is given of it."""
    try:
        found = parse_record(data)
    except RecordError as error:
        assert len(str(error)) <= LONGEST_MESSAGE
        return False
    printed = enc_document(found)
    document = yaml.load(printed, Loader=yaml.BaseLoader)  # noqa: S506 - texts only
    assert set(document) <= {"classes", "parameters", "environment"}
    events = list(yaml.parse(printed, Loader=yaml.SafeLoader))
    assert not any(isinstance(event, yaml.AliasEvent) for event in events)
    assert not any(getattr(event, "tag", None) for event in events)
    again = parse_record(printed)
    assert (again.classes, again.parameters, again.environment) == (
        found.classes,
        found.parameters,
        found.environment,
    )
    if found.enrolment is not None:
        assert found.enrolment.expires.tzinfo is datetime.UTC
        assert SECRET.encode() not in printed or SECRET.encode() in data
    return True


def path(data: bytes) -> bool:
    """The path of an HTTP request."""
    raw = data.decode("latin-1")
    try:
        found = decode_path(raw)
    except HttpError as error:
        assert error.response.status == 400
        return False
    segments = found.split("/")
    assert segments[0] == ""
    assert len(segments) == len(raw.split("/"))
    for segment in segments[1:]:
        assert segment not in ("", ".", "..")
        assert segment.isascii()
        assert segment.isprintable()
        assert " " not in segment
    assert decode_path(quote(found)) == found
    return True


@cache
def authorities() -> tuple[x509.Certificate, ...]:
    """The CA whose lists are in the corpus."""
    return tuple(load_authorities((CORPUS / "ca.pem").read_bytes()))


@cache
def in_force() -> Crl:
    lists, _ = sift_crls((CORPUS / "in-force.pem").read_bytes(), authorities())
    return next(iter(lists.values()))


def crl(data: bytes) -> bool:
    """A revocation list, as PEM where it looks so, else as DER."""
    text = data if data.startswith(b"-----") else framed(data, label="X509 CRL")
    found, faults = sift_crls(text, authorities())
    assert bool(found) or bool(faults)
    for entry in found.values():
        assert sift_crls(entry.pem, authorities()) == ({entry.issuer: entry}, [])
        assert newest({entry.issuer: in_force()}, {entry.issuer: entry})
        assert str(entry)
        try:
            check(entry, in_force(), NOW)
        except RefusedError:
            continue
        assert entry.this_update >= in_force().this_update
    return bool(found)


TARGETS: dict[str, Callable[[bytes], bool]] = {
    "request": request, "pem": pem, "record": record, "path": path, "crl": crl,
}  # fmt: skip
