"""What matters in a certificate or a revocation list, as plain values that two CAs can be compared by."""

import hashlib
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtensionOID

DAY = 86400


def certificate_facts(pem: bytes, authority_pem: bytes, now: datetime) -> dict[str, str]:
    """Describe a certificate that the CA has issued within the last minutes."""
    certificate = x509.load_pem_x509_certificate(pem)
    authority = x509.load_pem_x509_certificate(authority_pem)
    certificate.verify_directly_issued_by(authority)
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    facts = {
        "version": certificate.version.name,
        "subject": " ".join(f"{entry.oid.dotted_string}={entry.value!r}" for entry in certificate.subject),
        "issuer": "the CA" if certificate.issuer == authority.subject else "another",
        "signature": certificate.signature_algorithm_oid._name,
        "begin": _about(now - begin),
        "lifetime": _about(end - max(now, begin), short=True),
        "serial": "positive" if certificate.serial_number > 0 else "not positive",
    }
    for extension in certificate.extensions:
        name = f"extension {extension.oid._name or ''} {extension.oid.dotted_string}".replace(
            "Unknown OID ", ""
        )
        critical = "critical " if extension.critical else ""
        facts[name] = critical + _extension_value(extension, certificate, authority)
    return facts


def _extension_value(
    extension: x509.Extension[x509.ExtensionType], certificate: x509.Certificate, authority: x509.Certificate
) -> str:
    value = extension.value
    if isinstance(value, x509.SubjectAlternativeName):
        return " ".join(sorted({f"{type(name).__name__}:{name.value}" for name in value}))
    if isinstance(value, x509.SubjectKeyIdentifier):
        expected = x509.SubjectKeyIdentifier.from_public_key(certificate.public_key())
        return "SHA-1 of the key" if value == expected else "something else"
    if isinstance(value, x509.AuthorityKeyIdentifier):
        return _authority_key(value, authority)
    return value.public_bytes().hex()


def _authority_key(value: x509.AuthorityKeyIdentifier, authority: x509.Certificate) -> str:
    subject_key = authority.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_KEY_IDENTIFIER).value
    assert isinstance(subject_key, x509.SubjectKeyIdentifier)
    parts = ["the CA's key" if value.key_identifier == subject_key.digest else "another key"]
    if value.authority_cert_issuer is not None:
        issuer = [x509.DirectoryName(authority.issuer)]
        right = value.authority_cert_issuer == issuer and (
            value.authority_cert_serial_number == authority.serial_number
        )
        parts.append("the CA's issuer and serial" if right else "another issuer and serial")
    return ", ".join(parts)


def public_key_hash(pem: bytes) -> str:
    """SHA-256 of a certificate's public key."""
    public = x509.load_pem_x509_certificate(pem).public_key()
    return hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def crl_facts(pem: bytes, authority_pem: bytes, serials: tuple[int, ...], now: datetime) -> dict[str, str]:
    """Describe a revocation list, and what it says of some serial numbers."""
    authority = x509.load_pem_x509_certificate(authority_pem)
    crl = x509.load_pem_x509_crl(pem)
    public = authority.public_key()
    facts = {
        "issuer": "the CA" if crl.issuer == authority.subject else "another",
        "signature": crl.signature_algorithm_oid._name,
        "signed by the CA": str(crl.is_signature_valid(public)),  # type: ignore[arg-type]
        "thisUpdate": _about(now - crl.last_update_utc, short=True),
        "lifetime": _about(crl.next_update_utc - now, short=True) if crl.next_update_utc else "none",
    }
    for extension in crl.extensions:
        value = extension.value
        if isinstance(value, x509.AuthorityKeyIdentifier):
            text = _authority_key(value, authority)
        elif isinstance(value, x509.CRLNumber):
            text = "positive" if value.crl_number > 0 else "not positive"
        else:
            text = value.public_bytes().hex()
        facts[f"extension {extension.oid._name}"] = text
    for index, serial in enumerate(serials):
        entry = crl.get_revoked_certificate_by_serial_number(serial)
        if entry is None:
            facts[f"revoked {index}"] = "no"
        else:
            reasons = [f"{item.oid._name}={item.value.public_bytes().hex()}" for item in entry.extensions]
            facts[f"revoked {index}"] = (
                f"yes, {_about(now - entry.revocation_date_utc, short=True)} {reasons}"
            )
    return facts


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def _about(span: object, *, short: bool = False) -> str:
    """A time span in words, to a minute (``short``: what is below a minute is "now")."""
    seconds = round(span.total_seconds())  # type: ignore[attr-defined]
    sign = "-" if seconds < -30 else ""
    seconds = abs(seconds)
    if short and seconds < 60:
        return "seconds"
    days, rest = divmod(seconds + 30, DAY)
    minutes = rest // 60
    return f"{sign}{days} days {minutes} minutes" if minutes else f"{sign}{days} days"
