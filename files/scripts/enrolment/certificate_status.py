"""What the CA says about a name, as puppetserver's certificate_status; signing by a person."""

import hashlib
from collections.abc import Sequence
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from .authority import Authority
from .certificates import alt_names, not_after, not_before
from .decision import fault_of
from .errors import ConflictError, RequestError
from .request import parse_request
from .rights import authorization_extensions, rights
from .transaction import Revocation, Transaction

_TIME = "%Y-%m-%dT%H:%M:%SUTC"
Status = dict[str, Any]


def status(authority: Authority, name: str) -> Status | None:
    """Return the state of the certificate of ``name``, or else of its request; None if there is neither."""
    return _certificate_status(authority, name) or _request_status(authority, name)


def _certificate_status(authority: Authority, name: str) -> Status | None:
    certificate = authority.certificate(name)
    if certificate is None:
        return None
    state = "revoked" if authority.is_revoked(certificate) else "signed"
    return {
        **_common(name, state, alt_names(certificate), certificate.public_bytes(Encoding.DER)),
        "authorization_extensions": authorization_extensions(certificate),
        "not_after": not_after(certificate).strftime(_TIME),
        "not_before": not_before(certificate).strftime(_TIME),
        "serial_number": certificate.serial_number,
    }


def _request_status(authority: Authority, name: str) -> Status | None:
    pem = authority.request_pem(name)
    if pem is None:
        return None
    names = [x509.DNSName(entry) for entry in parse_request(pem).dns_names]
    der = x509.load_pem_x509_csr(pem).public_bytes(Encoding.DER)
    return {**_common(name, "requested", names, der), "authorization_extensions": {}}


def all_statuses(authority: Authority, state: str | None = None) -> list[Status]:
    """Return the states of all names; ``state`` (requested, signed, revoked) picks some."""
    found: list[Status | None] = []
    if state in (None, "requested"):
        found += (_request_status(authority, name) for name in authority.waiting_names())
    if state != "requested":
        found += (_certificate_status(authority, name) for name in authority.signed_names())
    return [entry for entry in found if entry is not None and state in (None, entry["state"])]


def sign_waiting(
    authority: Authority,
    transaction: Transaction,
    name: str,
    *,
    allow_alt_names: bool = False,
    role: str = "",
    lifetime: int | None = None,
) -> x509.Certificate:
    """Sign a waiting request because a person says so: the record is not asked, the form is still checked.

    ``role`` is granted as pp_auth_role.
    """
    pem = authority.request_pem(name)
    if pem is None:
        raise ConflictError(f"Cannot sign certificate for host {name} without a certificate request")
    try:
        request = parse_request(pem)
    except RequestError as error:
        raise ConflictError(str(error)) from error
    fault = fault_of(request, name)
    if fault is not None:
        raise ConflictError(fault)
    extra = sorted(set(request.dns_names) - {name})
    if extra and not allow_alt_names:
        names = ", ".join(f"DNS:{entry}" for entry in extra)
        raise ConflictError(
            f"CSR '{name}' contains extra subject alternative names ({names}), "
            "which are disallowed. To allow them for this one: puppet_ca sign --allow-dns-alt-names"
        )
    return transaction.sign(request, name, rights=rights(role=role), lifetime=lifetime)


def issued(authority: Authority, name: str) -> bool:
    """Whether there is, or was, a certificate of this name."""
    return authority.certificate_pem(name) is not None or authority.inventory.knows(name)


def revoke_issued(authority: Authority, transaction: Transaction, name: str) -> Revocation:
    """Revoke a certificate because a person says so."""
    if not issued(authority, name):
        raise ConflictError(f"Cannot revoke certificate for host {name} without a signed certificate")
    return transaction.revoke([name])


def _common(name: str, state: str, names: Sequence[x509.GeneralName], der: bytes) -> Status:
    dns = [f"DNS:{entry.value}" for entry in names if isinstance(entry, x509.DNSName)]
    addresses = [f"IP:{entry.value}" for entry in names if isinstance(entry, x509.IPAddress)]
    sha256 = fingerprint(der, "sha256")
    return {
        "name": name,
        "state": state,
        "dns_alt_names": dns,
        "subject_alt_names": addresses + dns,
        "fingerprint": sha256,
        "fingerprints": {
            "SHA1": fingerprint(der, "sha1"),
            "SHA256": sha256,
            "SHA512": fingerprint(der, "sha512"),
            "default": sha256,
        },
    }


def fingerprint(der: bytes, algorithm: str = "sha256") -> str:
    """Return a digest as Puppet prints it: upper-case pairs with colons between."""
    digits = hashlib.new(algorithm, der).hexdigest().upper()
    return ":".join(digits[index : index + 2] for index in range(0, len(digits), 2))
