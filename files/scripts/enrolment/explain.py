"""Why is this node not enrolled? In words for a person, one fact a line."""

from collections.abc import Iterator

from .authority import Authority
from .certificate_status import issued
from .certificates import not_after
from .decision import Policy, Verdict, decide
from .errors import RecordError, RequestError, StoreError
from .record import Record, parse_record
from .request import Request, parse_request
from .store import Store

_TIME = "%Y-%m-%d %H:%M:%S UTC"


def explain(authority: Authority, store: Store, name: str) -> Iterator[tuple[bool, str]]:
    """Yield (good or not, sentence); the last pair is the conclusion."""
    certificate = authority.certificate(name)
    request = _waiting(authority, name)
    if certificate is not None:
        revoked = authority.is_revoked(certificate)
        state = "is revoked" if revoked else f"is valid until {not_after(certificate):{_TIME}}"
        yield not revoked, f"certificate: there is one, it {state}"
    elif issued(authority, name):
        yield True, "certificate: there was one, which was cleaned; the name is free while its record lives"
    else:
        yield True, "certificate: none was signed under this name"
    if request is None:
        yield (
            certificate is not None,
            "request: none waits; the node has not asked, or its request was refused (see the log)",
        )
    elif isinstance(request, str):
        yield False, f"request: one waits that cannot be used: {request}"
    else:
        yield (
            True,
            f"request: one waits, {request.key_type} {request.key_bits} bits, SHA-256 {request.fingerprint}",
        )
    record: Record | None = None
    try:
        stored = store.get(name)
        record = None if stored is None else parse_record(stored.body)
    except StoreError as error:
        yield False, f"record: the store gives no answer: {error}"
        yield False, "conclusion: nothing is decided until the store answers"
        return
    except RecordError as error:
        yield False, f"record: it cannot be used: {error}"
        yield False, "conclusion: nothing is signed until the record is mended"
        return
    yield from _about_record(authority, record, f"{store.url}/{name}")
    if certificate is not None:
        yield (
            not authority.is_revoked(certificate),
            "conclusion: the name is taken; `puppet_ca clean` frees it",
        )
    elif isinstance(request, Request):
        policy = Policy(
            autosign=authority.config.autosign, allow_unenrolled=authority.config.allow_unenrolled
        )
        decision = decide(request, record, authority.clock(), name=name, policy=policy)
        words = {Verdict.SIGN: "it will be signed", Verdict.WAIT: "it waits", Verdict.REJECT: "it is refused"}
        yield decision.verdict is Verdict.SIGN, f"conclusion: {words[decision.verdict]}: {decision.reason}"
    else:
        yield False, "conclusion: there is nothing to sign"


def _about_record(authority: Authority, record: Record | None, url: str) -> Iterator[tuple[bool, str]]:
    if record is None:
        yield False, f"record: there is none at {url}"
        return
    yield True, f"record: {url}, classes {', '.join(record.classes) or '(none)'}"
    enrolment = record.enrolment
    if enrolment is None:
        yield authority.config.allow_unenrolled, "enrolment: the record has no such section"
        return
    live = authority.clock() < enrolment.expires
    yield live, f"expiry: {'until' if live else 'expired at'} {enrolment.expires:{_TIME}}"
    if enrolment.dns_alt_names is None:
        yield False, "DNS names: not known yet"
    else:
        yield True, f"DNS names: {', '.join(sorted(enrolment.dns_alt_names)) or 'none besides its own'}"


def _waiting(authority: Authority, name: str) -> Request | str | None:
    pem = authority.request_pem(name)
    if pem is None:
        return None
    try:
        return parse_request(pem)
    except RequestError as error:
        return str(error)
