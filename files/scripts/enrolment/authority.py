"""The CA: its directory, and what is in it. Changes are made in a transaction (:mod:`enrolment.transaction`).

The directory is laid out as puppetserver's: ca_crt.pem, ca_key.pem, ca_crl.pem, ca_pub.pem, serial,
inventory.txt, signed/NAME.pem, requests/NAME.pem.

Reading takes no lock, since every file is replaced whole.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from . import crl as crls
from .cafiles import Parsed, file_name, load_key, names_in, read_file
from .certificates import PrivateKey
from .chain import Chain, load_chain
from .config import CaConfig
from .errors import AuthorityError
from .files import locked
from .inventory import Inventory
from .transaction import Transaction
from .waiting import WaitingRoom

LOCK_TIMEOUT = 10.0  # seconds
CRL_MARGIN = timedelta(days=30)  # before its end a list is issued anew; half its life time if that is less


def utc_now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(tz=UTC)


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
        self.room = WaitingRoom(self.requests_dir, root / "waiting.txt")
        self.inventory = Inventory(root / "inventory.txt")
        self._chain = Parsed(self.certificate_path, load_chain)
        self._lists = Parsed(self.crl_path, crls.load)
        self._key = Parsed(self.key_path, load_key)

    def exists(self) -> bool:
        """Whether the CA has been set up, wholly."""
        return all(path.exists() for path in (self.certificate_path, self.key_path, self.crl_path))

    def chain(self) -> Chain:
        """Return the CA's certificate and, where it is an intermediate one, those above it, root last."""
        return self._chain.get()

    def issuer(self) -> x509.Certificate:
        """Return the CA's certificate."""
        return self.chain()[0]

    def issuer_key(self) -> PrivateKey:
        """Return the CA's private key."""
        return self._key.get()

    def lists(self) -> crls.Lists:
        """Return the revocation lists in force: the CA's own, and those of the authorities above it."""
        return self._lists.get()

    def crl(self) -> x509.CertificateRevocationList:
        """Return the CA's own revocation list."""
        return self.lists().own

    def list_ends_soon(self) -> bool:
        """Whether it is time to issue the CA's own revocation list anew."""
        margin = min(CRL_MARGIN, timedelta(seconds=self.config.crl_ttl) / 2)
        end = crls.next_update(self.crl())
        return end is None or end - self.clock() <= margin

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
        return certificate.serial_number in self.lists().serials

    def signed_path(self, name: str) -> Path:
        """Return where the certificate of ``name`` is."""
        return self.signed_dir / file_name(name)

    def request_path(self, name: str) -> Path:
        """Return where the waiting request of ``name`` is."""
        return self.requests_dir / file_name(name)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
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
