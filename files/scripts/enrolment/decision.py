"""May this request be signed? One pure function, for the CA, the sweep and other CAs' policy executables.

The order matters: what can be told from the request alone comes first, so that an unsigned or malformed
request uses nothing up and asks the store nothing; the secret comes before everything that the record
grants.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from .names import is_certname
from .record import Record
from .request import MAX_RSA_BITS, MAX_RSA_EXPONENT, Extension, Request
from .rights import role_of_classes

MIN_RSA_BITS = 2048
MIN_RSA_EXPONENT = 65537
CURVES = frozenset({"secp256r1", "secp384r1", "secp521r1"})
DIGESTS = frozenset({"sha256", "sha384", "sha512"})
MAX_EXTENSION = 1024  # bytes of one of Puppet's extensions

PUPPET_ARC = "1.3.6.1.4.1.34380.1"
REGISTERED = PUPPET_ARC + ".1."  # pp_uuid, pp_role, ...: information
PRIVATE = PUPPET_ARC + ".2."  # a site's own information
AUTHORIZATION = PUPPET_ARC + ".3"  # pp_auth_role, pp_cli_auth, ...: rights
_TEXT_TAGS = (0x0C, 0x13, 0x16)  # UTF8String, PrintableString, IA5String
_LONG_FORM = 0x80

_DNS_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", re.ASCII | re.IGNORECASE)


class Verdict(Enum):
    """What becomes of a request."""

    SIGN = "sign"
    WAIT = "wait"  # not now: kept, and asked again by the sweep
    REJECT = "reject"  # never: not kept


@dataclass(frozen=True)
class Decision:
    """A verdict and its one reason, in words for a log; with SIGN, what is granted unasked."""

    verdict: Verdict
    reason: str
    role: str = ""  # what the certificate grants as pp_auth_role


@dataclass(frozen=True)
class Policy:
    """What the operator has set."""

    autosign: bool = True  # sign at all without a person
    allow_unenrolled: bool = False  # sign for records of the old form, without an enrolment section


def decide(request: Request, record: Record | None, now: datetime, *, name: str, policy: Policy) -> Decision:
    """Decide on ``request``, which came under ``name``, given the record of that name, if any.

    That nothing is signed under the name is for the caller to see to, under the CA's lock.
    """
    fault = fault_of(request, name)
    if fault is not None:
        return Decision(Verdict.REJECT, fault)
    if record is None:
        return Decision(Verdict.WAIT, "there is no record of this name")
    if record.enrolment is None:
        if not policy.allow_unenrolled:
            return Decision(Verdict.WAIT, "the record has no enrolment section, and such are not signed here")
        # No secret vouches for who asks, so what such a record says grants nothing.
        return _grant(request, frozenset(), name, policy)
    if len(request.challenges) != 1:
        return Decision(
            Verdict.REJECT, f"the request holds {len(request.challenges)} challenge passwords, not one"
        )
    digest = hashlib.sha256(request.challenges[0]).hexdigest()
    if not hmac.compare_digest(digest, record.enrolment.secret_sha256):
        return Decision(Verdict.REJECT, "the challenge password is not the one of this launch")
    if now >= record.enrolment.expires:
        return Decision(Verdict.WAIT, f"the record expired at {record.enrolment.expires:%Y-%m-%dT%H:%M:%SZ}")
    if record.enrolment.dns_alt_names is None:
        return Decision(Verdict.WAIT, "the record does not say yet which other DNS names the node may have")
    names, role = record.enrolment.dns_alt_names, role_of_classes(record.classes)
    return _grant(request, names, name, policy, role)


def _grant(request: Request, granted: frozenset[str], name: str, policy: Policy, role: str = "") -> Decision:
    beyond = sorted(set(request.dns_names) - granted - {name})
    if beyond:
        return Decision(
            Verdict.REJECT, f"it asks for DNS names that the record does not hold: {', '.join(beyond)}"
        )
    if not policy.autosign:
        return Decision(Verdict.WAIT, "signing without a person is switched off here (autosign: false)")
    return Decision(Verdict.SIGN, "the record of this name vouches for it", role)


def fault_of(request: Request, name: str) -> str | None:
    """Say what is wrong with ``request`` in itself, whatever the record says; None if nothing is."""
    return _key_fault(request) or _subject_fault(request, name) or _extension_fault(request)


def _key_fault(request: Request) -> str | None:
    if request.key_type == "RSA":
        if not MIN_RSA_BITS <= request.key_bits <= MAX_RSA_BITS:
            return f"its RSA key has {request.key_bits} bits; {MIN_RSA_BITS} to {MAX_RSA_BITS} are allowed"
        if not MIN_RSA_EXPONENT <= request.key_exponent <= MAX_RSA_EXPONENT:
            return "its RSA key has an unusual public exponent"
    elif request.key_type not in CURVES:
        return f"its key is of type {request.key_type}; allowed are RSA and {', '.join(sorted(CURVES))}"
    if request.digest not in DIGESTS:
        return f"it is signed with {request.digest}; allowed are {', '.join(sorted(DIGESTS))}"
    if not request.signature_valid:
        return "CSR contains a public key that does not correspond to the signing key"
    return None


def _subject_fault(request: Request, name: str) -> str | None:
    if len(request.common_names) != 1 or request.other_subject:
        return "its subject is not exactly one common name"
    subject = request.common_names[0]
    if subject != name:
        return f'Instance name "{subject}" does not match requested key "{name}"'
    if subject != subject.lower():
        return "Certificate names must be lower case."
    if "*" in subject:
        return f"Subject contains a wildcard, which is not allowed: {subject}"
    if not is_certname(subject):
        return "Subject hostname format is invalid"
    return None


def _extension_fault(request: Request) -> str | None:
    if request.other_alt_names:
        kinds = ", ".join(sorted(set(request.other_alt_names)))
        return f"it asks for alternative names that are no DNS names: {kinds}"
    for dns_name in request.dns_names:
        if "*" in dns_name:
            return f"Cert subjectAltName contains a wildcard, which is not allowed: {dns_name}"
        if not _DNS_NAME.fullmatch(dns_name):
            return f"it asks for an alternative name that is no DNS name: {dns_name!r}"
    for extension in request.extensions:
        if extension.oid == AUTHORIZATION or extension.oid.startswith(AUTHORIZATION + "."):
            return f"it asks for an authorization extension ({extension.oid}), which is disallowed"
        if not extension.oid.startswith((REGISTERED, PRIVATE)):
            return f"Found extensions that are not permitted: {extension.oid}"
        if extension.critical or not _is_short_text(extension):
            return f"the value of extension {extension.oid} is not a short text"
    return None


def _is_short_text(extension: Extension) -> bool:
    """Whether the value is exactly one DER string, in UTF-8, as Puppet's agents write it."""
    der = extension.der
    if not 2 <= len(der) <= MAX_EXTENSION or der[0] not in _TEXT_TAGS:  # noqa: PLR2004
        return False
    if der[1] < _LONG_FORM:
        length, start = der[1], 2
    else:
        count = der[1] & 0x7F
        length, start = int.from_bytes(der[2 : 2 + count], "big"), 2 + count
        if (
            not count or length < _LONG_FORM or (length.bit_length() + 7) // 8 != count
        ):  # not the shortest form
            return False
    text = der[start:]
    if len(text) != length:
        return False
    try:
        return text.decode("utf-8").isprintable()
    except UnicodeDecodeError:
        return False
