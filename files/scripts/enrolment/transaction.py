"""The few changes that may be made to a CA, each under its one lock, which spans processes.

The order inside is such that a crash, a kill or a full disk at any point leaves at most too much in the
inventory (a serial number whose certificate was never handed out), never too little.
"""

import contextlib
import math
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from . import crl as crls
from .cafiles import unlink
from .certificates import (
    alt_names,
    common_name,
    generate_key,
    key_pem,
    node_certificate,
    puppet_extensions,
    self_signed_ca,
    spki,
)
from .config import DEFAULT_KEY_BITS
from .errors import AuthorityError, ConflictError
from .files import TEMPORARY_PREFIX, write_atomic
from .names import MAX_LENGTH
from .request import Extension, Request
from .waiting import Waiting, gives_way

if TYPE_CHECKING:
    from .authority import Authority

PUBLIC, PRIVATE, FOLDER = 0o644, 0o600, 0o750
MAX_CLOCK_WAIT = 2.0  # seconds that a revocation waits for the clock to pass the previous list's time


@dataclass(frozen=True)
class Revocation:
    """What a revocation did: the names it was asked for, and the serial numbers it added to the list."""

    names: tuple[str, ...]
    serials: tuple[int, ...]


class Transaction:
    """The changes to a CA. Made by Authority.transaction(), and used only inside it."""

    def __init__(self, authority: "Authority") -> None:
        self._ca = authority

    def create(self, name: str = "Puppet CA") -> bool:
        """Make what the CA lacks: key, certificate, revocation list. Return whether anything was missing.

        ``name`` is the CA's common name where the configuration gives none.
        Each step finds what an earlier attempt left, so that a setup that was cut short can be run again.
        """
        ca = self._ca
        if ca.certificate_path.exists() and not ca.key_path.exists():
            raise AuthorityError(
                f"{ca.root} holds the CA's certificate but not its key; restore the key from a backup, "
                "or run the `puppet_ca import` that was cut short again"
            )
        for directory in (ca.signed_dir, ca.requests_dir):
            directory.mkdir(mode=FOLDER, exist_ok=True)
        if ca.exists():
            return False
        now = ca.clock()
        if not ca.key_path.exists():
            kind = ca.config.key_type
            key = generate_key(kind, ca.config.key_bits or DEFAULT_KEY_BITS[kind])
            write_atomic(ca.key_path, key_pem(key), mode=PRIVATE)
        key = ca.issuer_key()
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        write_atomic(ca.root / "ca_pub.pem", public, mode=PUBLIC)
        # Ours are random. puppetserver, should the CA move there, wants this file and counts on from it.
        write_atomic(ca.root / "serial", b"0001", mode=PUBLIC)
        if not ca.certificate_path.exists():
            certificate = self_signed_ca(ca.config.ca_name or name[:MAX_LENGTH], key, now, ca.config.ca_ttl)
            ca.inventory.append(certificate)
            write_atomic(ca.certificate_path, certificate.public_bytes(Encoding.PEM), mode=PUBLIC)
        if not ca.crl_path.exists():
            self._write_own_crl(None, ())
        return True

    def sign(
        self,
        request: Request,
        name: str,
        *,
        rights: Sequence[Extension] = (),
        lifetime: int | None = None,
    ) -> x509.Certificate:
        """Sign ``request`` under ``name``, which whoever calls has judged, and end its waiting.

        ``rights`` is granted besides what is asked for; ``lifetime`` is in seconds, by default as configured.
        As in puppetserver that is a short one for an agent that will renew its certificate, where it may.
        """
        ca = self._ca
        if ca.signed_path(name).exists():
            raise ConflictError(f"{name} already has a {self.state(name)} certificate")
        config = ca.config
        is_renewable = config.allow_auto_renewal and request.renews
        return self._issue(
            name,
            x509.load_pem_x509_csr(request.pem).public_key(),
            [x509.DNSName(entry) for entry in request.dns_names],
            [*request.extensions, *rights],
            lifetime or (config.auto_renewal_cert_ttl if is_renewable else config.cert_ttl),
        )

    def renew(
        self,
        certificate: x509.Certificate,
        *,
        rights: Sequence[Extension] = (),
        withdrawn: Collection[str] = (),
        lifetime: int | None = None,
    ) -> x509.Certificate:
        """Sign anew what ``certificate`` says: same key, names and extensions.

        ``rights`` is granted besides, the extensions with the OIDs ``withdrawn`` are left out.

        The old certificate holds until it ends by itself: whoever is cut off before the answer has arrived
        goes on with it. Revoking the name revokes both. What was revoked or removed meanwhile, under the lock
        that is held now, is not renewed.
        """
        ca, name = self._ca, common_name(certificate)
        current = ca.certificate(name)
        if (
            current is None
            or spki(current.public_key()) != spki(certificate.public_key())
            or ca.is_revoked(certificate)
        ):
            raise ConflictError(f"the certificate of {name} was revoked or removed; it is not renewed")
        kept = (entry for entry in puppet_extensions(certificate) if entry.oid not in withdrawn)
        granted = {extension.oid: extension for extension in (*kept, *rights)}
        return self._issue(
            name,
            certificate.public_key(),
            alt_names(certificate),
            list(granted.values()),
            lifetime or ca.config.cert_ttl,
        )

    def _issue(
        self,
        name: str,
        public_key: object,
        names: Sequence[x509.GeneralName],
        extensions: Sequence[Extension],
        lifetime: int,
    ) -> x509.Certificate:
        """Sign, enter in the inventory, and only then let anybody see it."""
        ca = self._ca
        path = ca.signed_path(name)
        if not isinstance(public_key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise ConflictError(f"{name}: its key is of a type that is not signed")
        certificate = node_certificate(
            name=name,
            public_key=public_key,
            alt_names=names,
            extensions=extensions,
            issuer=ca.issuer(),
            issuer_key=ca.issuer_key(),
            now=ca.clock(),
            lifetime=lifetime,
        )
        ca.inventory.append(certificate)
        write_atomic(path, certificate.public_bytes(Encoding.PEM), mode=PUBLIC)
        # One that a loss of power brings back is dropped by the next sweep: the name has its certificate.
        self.drop_request(name, durable=False)
        return certificate

    def save_request(
        self, request: Request, name: str, *, source: str = "", has_no_record: bool | None = None
    ) -> str | None:
        """Keep a request that waits; return the name of another that gave way to it.

        ``source`` is the address that it came from; ``has_no_record`` is the store's answer about the name,
        None if it gave none. Raise CrowdedError if there is no room.
        """
        ca = self._ca
        earlier = ca.room.get(name)
        gone = None
        if earlier is None:
            gone = gives_way(ca.room.all(), source, ca.config)
            if gone is not None:
                unlink(ca.request_path(gone.name), durable=False)
        if has_no_record is None:
            has_no_record = earlier is not None and earlier.has_no_record
        entry = Waiting(name, source, has_no_record, int(ca.clock().timestamp()))
        ca.room.note(entry, instead_of="" if gone is None else gone.name)
        if ca.request_pem(name) != request.pem:
            write_atomic(ca.request_path(name), request.pem, mode=PUBLIC, durable=False)
        return None if gone is None else gone.name

    def note_record(self, name: str, *, has_no_record: bool) -> None:
        """Note what the store says of the name of a request that waits."""
        entry = self._ca.room.get(name)
        if entry is not None and entry.has_no_record != has_no_record:
            self._ca.room.note(entry._replace(has_no_record=has_no_record))

    def drop_request(self, name: str, *, durable: bool = True) -> bool:
        """Remove a waiting request; return whether there was one."""
        found = unlink(self._ca.request_path(name), durable=durable)
        self._ca.room.forget(name)
        return found

    def revoke(self, names: Iterable[str], serials: Iterable[int] = ()) -> Revocation:
        """Revoke every certificate under ``names`` that has not expired, even if its file is gone.

        ``serials`` too, whether they are known here or not.
        """
        ca = self._ca
        wanted = tuple(dict.fromkeys(names))
        found = set(serials).union(*ca.inventory.serials_of(wanted, ca.clock()).values())
        for name in wanted:
            certificate = ca.certificate(name)
            if certificate is not None:
                found.add(certificate.serial_number)
        new = tuple(sorted(found - ca.lists().serials))
        if new:
            self._write_own_crl(ca.lists(), new)
        return Revocation(wanted, new)

    def clean(self, names: Iterable[str]) -> Revocation:
        """Revoke, then remove certificates and waiting requests, so that the names are free again."""
        revocation = self.revoke(names)
        for name in revocation.names:
            self.remove(name)
        return revocation

    def remove(self, name: str) -> None:
        """Remove the certificate and the waiting request of a name, without revoking anything."""
        unlink(self._ca.signed_path(name))
        self.drop_request(name)

    def adopt(self, certificate: x509.Certificate) -> bool:
        """Take in a certificate that this CA has issued and does not know; return whether that was so.

        It is the name's own unless the name has another one.
        """
        ca, name = self._ca, common_name(certificate)
        path = ca.signed_path(name)
        if ca.inventory.holds(certificate.serial_number, name):
            return False
        ca.inventory.append(certificate)
        if not path.exists():
            write_atomic(path, certificate.public_bytes(Encoding.PEM), mode=PUBLIC)
        return True

    def renew_crl(self) -> None:
        """Issue the list anew, with the same entries."""
        self._write_own_crl(self._ca.lists(), ())

    def replace_lists_above(self, incoming: Sequence[x509.CertificateRevocationList]) -> list[str]:
        """Take newer lists of the authorities above the CA; return whose were replaced.

        Raise ValueError if they are not in order (:func:`enrolment.crl.replaced`).
        """
        ca = self._ca
        before = ca.lists()
        after = crls.replaced(before, incoming, ca.chain(), ca.clock())
        changed = [entry for entry in after.others if entry not in before.others]
        if changed:
            self._write_lists(after.all)
        return [crls.issuer_name(entry) for entry in changed]

    def state(self, name: str) -> str:
        """Return "signed" or "revoked" for a name that has a certificate."""
        certificate = self._ca.certificate(name)
        return "revoked" if certificate is not None and self._ca.is_revoked(certificate) else "signed"

    def tidy(self) -> int:
        """Remove what killed processes left half written (nobody else writes while we hold the lock)."""
        ca = self._ca
        count = 0
        for directory in (ca.root, ca.signed_dir, ca.requests_dir):
            for path in directory.glob(TEMPORARY_PREFIX + "*"):
                count += unlink(path)
        ca.room.tidy()
        return count

    def _write_own_crl(self, lists: crls.Lists | None, serials: Sequence[int]) -> None:
        """Issue the CA's own list anew, with these serial numbers besides what it holds."""
        ca = self._ca
        previous = None if lists is None else lists.own
        issued = crls.issue_time(previous, ca.clock())
        # Only a burst of hundreds of lists, or a clock set back, comes here: wait for the clock rather than
        # date a list in the future; but not for long, since not to revoke is worse.
        deadline = time.monotonic() + MAX_CLOCK_WAIT
        while issued > ca.clock() and time.monotonic() < deadline:
            time.sleep(0.05)
        new = crls.build(
            issuer=ca.issuer(),
            key=ca.issuer_key(),
            previous=previous,
            serials=serials,
            issued=issued,
            now=ca.clock(),
            lifetime=ca.config.crl_ttl,
        )
        self._write_lists((new, *(lists.others if lists is not None else ())))

    def _write_lists(self, lists: Iterable[x509.CertificateRevocationList]) -> None:
        ca = self._ca
        # Last-Modified has whole seconds: the file's time is a later one with each list, and never before the
        # moment at which somebody may have fetched the previous list.
        mtime = math.ceil(ca.clock().timestamp())
        with contextlib.suppress(FileNotFoundError):
            mtime = max(mtime, int(ca.crl_path.stat().st_mtime) + 1)
        write_atomic(ca.crl_path, crls.lists_pem(lists), mode=PUBLIC, mtime=mtime)
