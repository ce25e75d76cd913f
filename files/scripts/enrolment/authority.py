"""The CA: its directory, what is in it, and the few changes that may be made to it.

The directory is laid out as puppetserver's: ca_crt.pem, ca_key.pem, ca_crl.pem, ca_pub.pem, serial,
inventory.txt, signed/NAME.pem, requests/NAME.pem.

Reading takes no lock, since every file is replaced whole. Every change is made in a :class:`Transaction`,
under one lock that spans processes. The order inside is such that a crash, a kill or a full disk at any
point leaves at most too much in the inventory (a serial number whose certificate was never handed out),
never too little.
"""

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from . import crl as crls
from .cafiles import Parsed, file_name, load_key, names_in, read_file, unlink
from .certificates import (
    PrivateKey,
    alt_names,
    common_name,
    generate_key,
    is_ca,
    key_pem,
    node_certificate,
    puppet_extensions,
    self_signed_ca,
    spki,
)
from .config import CaConfig
from .errors import AuthorityError, ConflictError
from .files import TEMPORARY_PREFIX, locked, write_atomic
from .inventory import Inventory
from .names import MAX_LENGTH
from .request import Extension, Request

LOCK_TIMEOUT = 10.0  # seconds
PUBLIC, PRIVATE, FOLDER = 0o644, 0o600, 0o750
CRL_MARGIN = timedelta(days=30)  # before its end a list is issued anew; half its life time if that is less
MAX_CLOCK_WAIT = 2.0  # seconds that a revocation waits for the clock to pass the previous list's time


def utc_now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(tz=UTC)


@dataclass(frozen=True)
class Revocation:
    """What a revocation did: the names it was asked for, and the serial numbers it added to the list."""

    names: tuple[str, ...]
    serials: tuple[int, ...]


class Authority:
    """A CA in a directory. What needs the lock is in the transaction."""

    def __init__(self, config: CaConfig, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.config = config
        self.clock = clock
        self._mutex = threading.Lock()  # threads of one process queue here, processes at the lock file
        root = config.directory
        self.root = root
        self.certificate_path = root / "ca_crt.pem"
        self.key_path = root / "ca_key.pem"
        self.crl_path = root / "ca_crl.pem"
        self.signed_dir = root / "signed"
        self.requests_dir = root / "requests"
        self.inventory = Inventory(root / "inventory.txt")
        self._issuer = Parsed(self.certificate_path, x509.load_pem_x509_certificate)
        self._crl = Parsed(self.crl_path, x509.load_pem_x509_crl)
        self._key = Parsed(self.key_path, load_key)

    def exists(self) -> bool:
        """Whether the CA has been set up, wholly."""
        return all(path.exists() for path in (self.certificate_path, self.key_path, self.crl_path))

    def issuer(self) -> x509.Certificate:
        """Return the CA's certificate."""
        return self._issuer.get()

    def issuer_key(self) -> PrivateKey:
        """Return the CA's private key."""
        return self._key.get()

    def crl(self) -> x509.CertificateRevocationList:
        """Return the revocation list in force."""
        return self._crl.get()

    def certificate_pem(self, name: str) -> bytes | None:
        """Return a signed certificate, or None."""
        return read_file(self.signed_path(name))

    def certificate(self, name: str) -> x509.Certificate | None:
        """Return a signed certificate, parsed, or None."""
        pem = self.certificate_pem(name)
        try:
            return None if pem is None else x509.load_pem_x509_certificate(pem)
        except ValueError as error:
            raise AuthorityError(f"{self.signed_path(name)}: damaged: {error}") from error

    def request_pem(self, name: str) -> bytes | None:
        """Return a waiting request, or None."""
        return read_file(self.request_path(name))

    def signed_names(self) -> list[str]:
        """Return the names that have a certificate, sorted."""
        return names_in(self.signed_dir)

    def waiting_names(self) -> list[str]:
        """Return the names whose request waits, sorted."""
        return names_in(self.requests_dir)

    def is_revoked(self, certificate: x509.Certificate) -> bool:
        """Whether the certificate is on the revocation list."""
        return crls.is_revoked(self.crl(), certificate.serial_number)

    def signed_path(self, name: str) -> Path:
        """Return where the certificate of ``name`` is."""
        return self.signed_dir / file_name(name)

    def request_path(self, name: str) -> Path:
        """Return where the waiting request of ``name`` is."""
        return self.requests_dir / file_name(name)

    @contextlib.contextmanager
    def transaction(self) -> Iterator["Transaction"]:
        """Hold the CA's lock and give out the changes that may be made under it."""
        if not self._mutex.acquire(timeout=LOCK_TIMEOUT):
            raise AuthorityError(f"{self.root} is locked for more than {LOCK_TIMEOUT:g} s; try again")
        try:
            with locked(self.root / "lock", timeout=LOCK_TIMEOUT):
                yield Transaction(self)
        except TimeoutError as error:
            raise AuthorityError(f"{error} for more than {LOCK_TIMEOUT:g} s; try again") from error
        except OSError as error:
            raise AuthorityError(f"{error.filename or self.root}: {error.strerror}") from error
        finally:
            self._mutex.release()


class Transaction:
    """The changes to a CA. Made by Authority.transaction(), and used only inside it."""

    def __init__(self, authority: Authority) -> None:
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
            key = generate_key(ca.config.key_type, ca.config.key_bits)
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
            self._write_crl(None, ())
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
        """
        ca = self._ca
        if ca.signed_path(name).exists():
            raise ConflictError(f"{name} already has a {self.state(name)} certificate")
        return self._issue(
            name,
            x509.load_pem_x509_csr(request.pem).public_key(),
            [x509.DNSName(entry) for entry in request.dns_names],
            [*request.extensions, *rights],
            lifetime or ca.config.cert_ttl,
        )

    def renew(
        self, certificate: x509.Certificate, *, rights: Sequence[Extension] = (), lifetime: int | None = None
    ) -> x509.Certificate:
        """Sign anew what ``certificate`` says: same key, names and extensions; ``rights`` is granted besides.

        The old certificate holds until it ends by itself: whoever is cut off before the answer has arrived
        goes on with it. Revoking the name revokes both.
        """
        granted = {extension.oid: extension for extension in (*puppet_extensions(certificate), *rights)}
        return self._issue(
            common_name(certificate),
            certificate.public_key(),
            alt_names(certificate),
            list(granted.values()),
            lifetime or self._ca.config.cert_ttl,
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
        self.drop_request(name)
        return certificate

    def save_request(self, request: Request, name: str) -> None:
        """Keep a request that waits, if there is room."""
        ca = self._ca
        path = ca.request_path(name)
        if not path.exists() and len(ca.waiting_names()) >= ca.config.max_waiting:
            raise ConflictError(
                f"{ca.config.max_waiting} requests wait already; the request of {name} is not kept"
            )
        write_atomic(path, request.pem, mode=PUBLIC)

    def drop_request(self, name: str) -> bool:
        """Remove a waiting request; return whether there was one."""
        return unlink(self._ca.request_path(name))

    def revoke(self, names: Iterable[str]) -> Revocation:
        """Revoke every certificate under ``names`` that has not expired, even if its file is gone."""
        ca = self._ca
        wanted = tuple(dict.fromkeys(names))
        serials = {
            serial for found in ca.inventory.serials_of(set(wanted), ca.clock()).values() for serial in found
        }
        for name in wanted:
            certificate = ca.certificate(name)
            if certificate is not None:
                serials.add(certificate.serial_number)
        current = ca.crl()
        new = tuple(sorted(serial for serial in serials if not crls.is_revoked(current, serial)))
        if new:
            self._write_crl(current, new)
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

    def renew_crl(self) -> None:
        """Issue the list anew, with the same entries."""
        self._write_crl(self._ca.crl(), ())

    def renew_crl_if_due(self) -> bool:
        """Issue the list anew if it ends soon: masters refuse everybody once it has ended."""
        ca = self._ca
        margin = min(CRL_MARGIN, timedelta(seconds=ca.config.crl_ttl) / 2)
        end = crls.next_update(ca.crl())
        if end is not None and end - ca.clock() > margin:
            return False
        self.renew_crl()
        return True

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
        return count

    def _write_crl(self, previous: x509.CertificateRevocationList | None, serials: Sequence[int]) -> None:
        ca = self._ca
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
        # Last-Modified has whole seconds: the file's time is a later one with each list, and never before the
        # moment at which somebody may have fetched the previous list.
        mtime = math.ceil(ca.clock().timestamp())
        with contextlib.suppress(FileNotFoundError):
            mtime = max(mtime, int(ca.crl_path.stat().st_mtime) + 1)
        write_atomic(ca.crl_path, new.public_bytes(Encoding.PEM), mode=PUBLIC, mtime=mtime)


def check_consistency(authority: Authority) -> list[str]:
    """Return what is wrong with the CA's files, in words; an empty list if nothing is."""
    problems = []
    issuer, crl = authority.issuer(), authority.crl()
    if spki(issuer.public_key()) != spki(authority.issuer_key().public_key()):
        problems.append("the CA's key does not belong to its certificate")
    if not is_ca(issuer):
        problems.append(f"the certificate of {common_name(issuer)!r} is not a CA's")
    public = issuer.public_key()
    if not isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) or not crl.is_signature_valid(
        public
    ):
        problems.append("the revocation list is not signed by the CA")
    known = {entry.serial for entry in authority.inventory.entries()}
    for name in authority.signed_names():
        certificate = authority.certificate(name)
        if certificate is not None and certificate.serial_number not in known:
            problems.append(f"the inventory does not know the certificate of {name}")
    return problems
