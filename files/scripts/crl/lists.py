"""Revocation lists: parsed, verified against the CA, compared with what is in force."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from enrolment.errors import parsing

from crl.errors import RefusedError

# No hyphen between the lines, so that a beginning without an end is not looked for up to the end of the file.
PEM_CRL = re.compile(rb"-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----\n?")
PEM_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?")


@dataclass(frozen=True)
class Crl:
    """One issuer's list. ``number`` is -1 where the list has none."""

    issuer: str
    number: int
    this_update: datetime
    next_update: datetime | None
    pem: bytes

    def __str__(self) -> str:
        number = "without a number" if self.number < 0 else str(self.number)
        return f"CRL {number} of {self.this_update:%Y-%m-%dT%H:%M:%SZ} by {self.issuer}"


Crls = dict[str, Crl]  # by issuer


def load_authorities(pem: bytes) -> list[x509.Certificate]:
    """Read the CA certificates that lists are verified against (one, or a chain)."""
    try:
        return [x509.load_pem_x509_certificate(block) for block in PEM_CERTIFICATE.findall(pem)]
    except ValueError as error:
        raise RefusedError(f"the CA certificate cannot be read: {error}") from error


def load_crls(pem: bytes, authorities: Iterable[x509.Certificate]) -> Crls:
    """Parse lists and verify the signature of each; raise RefusedError if one is not right."""
    crls, faults = sift_crls(pem, authorities)
    if faults:
        raise RefusedError("; ".join(faults))
    return crls


def sift_crls(pem: bytes, authorities: Iterable[x509.Certificate]) -> tuple[Crls, list[str]]:
    """Parse lists and verify each signature; return those that are right, and what is wrong with others."""
    blocks = PEM_CRL.findall(pem)
    if not blocks:
        return {}, ["it is not a CRL in PEM form"]
    crls: Crls = {}
    faults = []
    for block in blocks:
        try:
            crl = _load(block, list(authorities))
        except RefusedError as error:
            faults.append(str(error))
            continue
        if crl.issuer in crls:
            return {}, [f"it holds two lists of one issuer, {crl.issuer}"]
        crls[crl.issuer] = crl
    return crls, faults


def check(crl: Crl, known: Crl | None, now: datetime) -> None:
    """Raise RefusedError unless ``crl`` may follow ``known``.

    It must be valid at ``now``, since on another OpenSSL refuses everybody, and must not go back in time.
    """
    if crl.this_update > now:
        raise RefusedError(f"{crl} is from the future: is the clock right, here and on the CA?")
    if crl.next_update is not None and crl.next_update <= now:
        raise RefusedError(f"{crl} has expired")
    if known is not None and (_is_older(crl, known) or _is_another(crl, known)):
        raise RefusedError(f"{crl} is not newer than {known}, which is in force")


def newest(*sources: Crls) -> Crls:
    """Of each issuer the newest list in ``sources``."""
    result: Crls = {}
    for source in sources:
        for issuer, crl in source.items():
            if issuer not in result or _is_older(result[issuer], crl):
                result[issuer] = crl
    return result


def _is_older(crl: Crl, other: Crl) -> bool:
    return crl.number < other.number or crl.this_update < other.this_update


def _is_another(crl: Crl, other: Crl) -> bool:
    return (crl.number, crl.this_update) == (other.number, other.this_update) and crl.pem != other.pem


def _load(pem: bytes, authorities: list[x509.Certificate]) -> Crl:
    with parsing(RefusedError, "it is malformed"):
        crl = x509.load_pem_x509_crl(pem)
        issuer = crl.issuer.rfc4514_string()
        # A CA that has a new key has the same name as before.
        keys = [ca.public_key() for ca in authorities if ca.subject == crl.issuer]
        if not keys:
            raise RefusedError(f"it is by {issuer}, which is not this CA")
        if not any(crl.is_signature_valid(key) for key in keys):  # type: ignore[arg-type]
            raise RefusedError(f"its signature is not that of {issuer}")
        return Crl(
            issuer=issuer,
            number=_number(crl),
            this_update=_time(crl, "last_update") or datetime.max.replace(tzinfo=UTC),
            next_update=_time(crl, "next_update"),
            pem=crl.public_bytes(Encoding.PEM),
        )


def _number(crl: x509.CertificateRevocationList) -> int:
    try:
        return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound:
        return -1


def _time(crl: x509.CertificateRevocationList, name: str) -> datetime | None:
    """Read a time in UTC. Python-cryptography has it as ``NAME_utc`` since 42, and without a zone before."""
    value: datetime | None = getattr(crl, f"{name}_utc", None) or getattr(crl, name)
    return value if value is None else value.replace(tzinfo=UTC)
