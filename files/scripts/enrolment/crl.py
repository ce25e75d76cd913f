"""The revocation lists: built, read, looked up in, replaced.

ca_crl.pem holds the CA's own list first. Where the CA is an intermediate one, the lists of those above it
follow: whoever checks a whole chain needs them, and they are replaced by newer ones from outside
(``PUT certificate_revocation_list``), never made here.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from .certificates import PrivateKey, authority_key_identifier, common_name, common_name_of
from .chain import PEM, Chain

# A list is dated a little back, so that a master whose clock is slow does not take it for one from the
# future, which would make OpenSSL refuse everybody.
BACKDATED = timedelta(minutes=5)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Lists:
    """What ca_crl.pem holds."""

    own: x509.CertificateRevocationList
    others: tuple[x509.CertificateRevocationList, ...]  # of the authorities above
    serials: frozenset[int]  # what the own list revokes

    @property
    def all(self) -> tuple[x509.CertificateRevocationList, ...]:
        """Return all of them, the own one first."""
        return (self.own, *self.others)


def load_each(pem: bytes) -> list[x509.CertificateRevocationList]:
    """Parse all lists of a PEM bundle; raise ValueError if one is damaged."""
    found = [x509.load_pem_x509_crl(block) for block in PEM[b"X509 CRL"].findall(pem)]
    for crl in found:
        try:
            crl.extensions  # noqa: B018 - parsed when they are looked at
        except x509.DuplicateExtension as error:
            raise ValueError(str(error)) from error
    return found


def load(pem: bytes) -> Lists:
    """Parse ca_crl.pem; raise ValueError if a list is damaged or there is none."""
    found = load_each(pem)
    if not found:
        raise ValueError("it holds no revocation list")
    return Lists(found[0], tuple(found[1:]), frozenset(entry.serial_number for entry in found[0]))


def lists_pem(lists: Iterable[x509.CertificateRevocationList]) -> bytes:
    """Return the lists as one bundle."""
    return b"".join(entry.public_bytes(Encoding.PEM) for entry in lists)


def issuer_name(crl: x509.CertificateRevocationList) -> str:
    """Return the common name of who issued a list."""
    return common_name_of(crl.issuer)


def this_update(crl: x509.CertificateRevocationList) -> datetime:
    """When the list says it was issued, in UTC."""
    if hasattr(crl, "last_update_utc"):
        return crl.last_update_utc
    return crl.last_update.replace(tzinfo=UTC)


def next_update(crl: x509.CertificateRevocationList) -> datetime | None:
    """When the list ends, in UTC."""
    if hasattr(crl, "next_update_utc"):
        return crl.next_update_utc
    return crl.next_update.replace(tzinfo=UTC) if crl.next_update is not None else None


def number(crl: x509.CertificateRevocationList) -> int:
    """Return the list's CRLNumber, or -1 if it has none."""
    try:
        return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound:
        return -1


def key_identifier(crl: x509.CertificateRevocationList) -> bytes | None:
    """Return which key signed the list, by its authority key identifier."""
    try:
        return crl.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    except x509.ExtensionNotFound:
        return None


def is_signed_by(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Whether ``issuer`` is named as the issuer and has signed the list."""
    key = issuer.public_key()
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        return False
    return crl.issuer == issuer.subject and crl.is_signature_valid(key)


def of_chain(found: Sequence[x509.CertificateRevocationList], chain: Chain) -> Lists:
    """Return the lists in the order of the chain; raise ValueError unless there is just one of each CA."""
    arranged = []
    for certificate in chain:
        own = [entry for entry in found if is_signed_by(entry, certificate)]
        if len(own) != 1:
            raise ValueError(f"there is not exactly one revocation list of {common_name(certificate)!r}")
        arranged += own
    if len(arranged) != len(found):
        raise ValueError("there is a revocation list that is not one of this CA")
    return Lists(arranged[0], tuple(arranged[1:]), frozenset(entry.serial_number for entry in arranged[0]))


def replaced(
    lists: Lists, incoming: Sequence[x509.CertificateRevocationList], chain: Chain, now: datetime
) -> Lists:
    """Return the lists with those of the authorities above replaced by newer ones, as puppetserver does it.

    The CA's own list is never replaced, and what no authority of the chain has signed is passed over. Raise
    ValueError if what comes out is not in order: a list that has ended or is not signed by its authority, or
    one that revokes an authority of the chain.
    """
    by_key: dict[bytes, list[x509.CertificateRevocationList]] = {}
    for entry in incoming:
        identifier = key_identifier(entry)
        if identifier is None:
            raise ValueError("One or more submitted CRLs do not have an authority key identifier.")
        by_key.setdefault(identifier, []).append(entry)
    others = tuple(_newest([entry, *by_key.get(key_identifier(entry) or b"", ())]) for entry in lists.others)
    result = Lists(lists.own, others, lists.serials)
    faults = list(faults_above(result, chain, now))
    if faults:
        raise ValueError(f"Invalid certs and/or CRLs: {faults[0]}")
    return result


def _newest(candidates: Sequence[x509.CertificateRevocationList]) -> x509.CertificateRevocationList:
    highest = max(map(number, candidates))
    newest = [entry for entry in candidates if number(entry) == highest]
    if any(entry != newest[0] for entry in newest):
        raise ValueError("Could not determine newest CRL.")
    return newest[0]


def faults_above(lists: Lists, chain: Chain, now: datetime) -> Iterable[str]:
    """Say what is wrong with the lists of the authorities above the CA, or with the chain by them."""
    above = chain[1:]
    if len(lists.others) != len(above):
        yield "there is not one revocation list for each authority of the chain"
        return
    for entry, issuer, below in zip(lists.others, above, chain, strict=False):
        name, end = issuer_name(entry), next_update(entry)
        if _is_delta(entry):
            yield "Cannot support delta CRL."
        if not is_signed_by(entry, issuer):
            yield f"the revocation list of {name!r} is not signed by it"
        if this_update(entry) > now or (end is not None and end <= now):
            yield f"the revocation list of {name!r} is not valid now"
        if entry.get_revoked_certificate_by_serial_number(below.serial_number) is not None:
            yield f"{name!r} has revoked the certificate of {common_name(below)!r}"


def _is_delta(crl: x509.CertificateRevocationList) -> bool:
    try:
        crl.extensions.get_extension_for_class(x509.DeltaCRLIndicator)
    except x509.ExtensionNotFound:
        return False
    return True


def issue_time(previous: x509.CertificateRevocationList | None, now: datetime) -> datetime:
    """Return thisUpdate of the next list: whole seconds, and always after the previous one's.

    OpenSSL in a running Apache takes a second list with the same thisUpdate for the one it has.
    """
    wanted = (now - BACKDATED).replace(microsecond=0)
    return wanted if previous is None else max(wanted, this_update(previous) + SECOND)


def build(
    *,
    issuer: x509.Certificate,
    key: PrivateKey,
    previous: x509.CertificateRevocationList | None,
    serials: Collection[int],
    issued: datetime,
    now: datetime,
    lifetime: int,
    step: int = 1,
) -> x509.CertificateRevocationList:
    """Return the list that revokes what ``previous`` does and ``serials``; ``lifetime`` in seconds.

    Its number is ``step`` more than that of ``previous``.
    """
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(issued)
        .next_update(now + timedelta(seconds=lifetime))
        .add_extension(authority_key_identifier(issuer), critical=False)
        .add_extension(x509.CRLNumber(number(previous) + step if previous is not None else 0), critical=False)
    )
    known: set[int] = set()
    if previous is not None:
        for entry in previous:
            known.add(entry.serial_number)
            builder = builder.add_revoked_certificate(entry)
    moment = now.replace(microsecond=0)
    for serial in sorted(set(serials) - known):
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(serial)
            .revocation_date(moment)
            .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
            .build()
        )
    return builder.sign(key, hashes.SHA256())
