"""The revocation list: built, read, and looked up in."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from .certificates import PrivateKey, authority_key_identifier

# A list is dated a little back, so that a master whose clock is slow does not take it for one from the
# future, which would make OpenSSL refuse everybody.
BACKDATED = timedelta(minutes=5)
SECOND = timedelta(seconds=1)


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


def is_revoked(crl: x509.CertificateRevocationList, serial: int) -> bool:
    """Whether the list holds the serial number."""
    return crl.get_revoked_certificate_by_serial_number(serial) is not None


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
) -> x509.CertificateRevocationList:
    """Return the list that revokes what ``previous`` does and ``serials``; ``lifetime`` in seconds."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(issued)
        .next_update(now + timedelta(seconds=lifetime))
        .add_extension(authority_key_identifier(issuer), critical=False)
        .add_extension(x509.CRLNumber(number(previous) + 1 if previous is not None else 0), critical=False)
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
