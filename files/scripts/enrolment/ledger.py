"""What the CA has issued and revoked, told to the bucket: a CA that is restored from a backup learns from it
what came after the backup.

Under ``ca/issued/``, and there in a folder named by the CA's key, are

- ``OFFSET.pem``: the inventory's lines from that byte on (some of them), and the certificates that these are
  about, as far as they are in force;
- ``crl.pem``: the revocation lists.

All of it is public, and what is learned is taken only where this CA's key has signed it, but for the serial
numbers of earlier certificates of a name, which can be revoked by them and nothing else.

Told by the service that looks for terminated nodes, every ten seconds if something has changed. A bucket that
is read over https:// is told nothing.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509

from . import crl as crls
from .authority import Authority
from .cafiles import read_file
from .certificates import spki
from .chain import PEM, is_issued_by
from .errors import AuthorityError, StoreError
from .files import write_atomic
from .inventory import Entry, entries_in
from .store import Store

PREFIX = "ca/issued/"
LISTS = "crl.pem"
STATE = "ledger.json"  # in the CA's directory: how far the bucket was told
LINES = 200  # in one object, which with their certificates are some 400 kB
_CHUNK = re.compile(r"[0-9]{15}\.pem")


@dataclass(frozen=True)
class Learned:
    """What a bucket knows of a CA. ``entries`` and ``certificates`` are in the order of their issue."""

    entries: tuple[tuple[bytes, Entry], ...]  # each with its line
    certificates: tuple[x509.Certificate, ...]
    lists: tuple[x509.CertificateRevocationList, ...]


def takes(store: Store) -> bool:
    """Whether the store is one that the CA writes to."""
    return not store.url.startswith("https:")


def folder(issuer: x509.Certificate) -> str:
    """Return the prefix of what is told of this CA."""
    return f"{PREFIX}{hashlib.sha256(spki(issuer.public_key())).hexdigest()[:32]}/"


def tell(authority: Authority, store: Store) -> int:
    """Tell the bucket what it does not know yet; return how many objects were written.

    Raise StoreError if it does not answer: it is told the next time.
    """
    if not takes(store):
        return 0
    told, written = _State.read(authority, store.url), 0
    while (chunk := _next_chunk(authority, told.inventory)) is not None:
        end, body = chunk
        store.put(f"{told.folder}{told.inventory:015d}.pem", body, "application/x-pem-file")
        told.inventory, written = end, written + 1
        told.write()
    lists = authority.crl_path.read_bytes()
    digest = hashlib.sha256(lists).hexdigest()
    if digest != told.lists:
        store.put(told.folder + LISTS, lists, "application/x-pem-file")
        told.lists, written = digest, written + 1
        told.write()
    return written


def learn(issuer: x509.Certificate, store: Store) -> Learned:
    """Return what the bucket knows of the CA with this certificate; raise StoreError if it cannot tell."""
    where = folder(issuer)
    keys = [key for key in store.list_keys(where).keys if _CHUNK.fullmatch(key.removeprefix(where))]
    entries: list[tuple[bytes, Entry]] = []
    certificates: list[x509.Certificate] = []
    for key in sorted(keys):
        body = _download(store, key)
        entries += entries_in(PEM[b"CERTIFICATE"].sub(b"", body))
        certificates += certificates_in(f"{store.url}/{key}", body, issuer)
    try:
        lists = crls.load_each(_download(store, where + LISTS))
    except ValueError as error:
        raise StoreError(f"{store.url}/{where}{LISTS}: damaged: {error}") from error
    return Learned(tuple(entries), tuple(certificates), tuple(lists))


def certificates_in(origin: str, pem: bytes, issuer: x509.Certificate) -> Iterator[x509.Certificate]:
    """Parse certificates; raise AuthorityError if one is damaged or was not issued by this CA."""
    for block in PEM[b"CERTIFICATE"].findall(pem):
        try:
            certificate = x509.load_pem_x509_certificate(block)
        except ValueError as error:
            raise AuthorityError(f"{origin}: damaged: {error}") from error
        if not is_issued_by(certificate, issuer):
            raise AuthorityError(f"{origin}: there is a certificate that this CA has not issued")
        yield certificate


def _download(store: Store, key: str) -> bytes:
    pieces: list[bytes] = []
    store.download(key, pieces.append)
    return b"".join(pieces)


def _next_chunk(authority: Authority, begin: int) -> tuple[int, bytes] | None:
    """Return where the next lines end, and what is told with them; None: nothing is new.

    Under the CA's lock if there is something: a line is written before its certificate.
    """
    path = authority.root / "inventory.txt"
    if path.stat().st_size <= begin:
        return None
    with authority.transaction(), path.open("rb") as file:
        file.seek(begin)
        lines = [line for _, line in zip(range(LINES), file, strict=False) if line.endswith(b"\n")]
        if not lines:
            return None
        body = b"".join(lines)
        wanted = {entry.serial: entry.name for _, entry in entries_in(body)}
        found = {name: read_file(authority.signed_path(name)) for name in _names(authority, wanted.values())}
        pems = [pem for pem in found.values() if pem is not None and _serial(pem) in wanted]
    return begin + len(body), body + b"".join(pems)


def _names(authority: Authority, names: Any) -> list[str]:
    signed = set(authority.signed_names())
    return [name for name in dict.fromkeys(names) if name in signed]


def _serial(pem: bytes) -> int:
    return x509.load_pem_x509_certificate(pem).serial_number


@dataclass
class _State:
    """How far this CA has told this bucket."""

    path: Path
    folder: str
    url: str
    inventory: int = 0  # bytes
    lists: str = ""  # SHA-256

    @classmethod
    def read(cls, authority: Authority, url: str) -> "_State":
        """Return it from the file; from the beginning on if it is about another CA or bucket."""
        state = cls(authority.root / STATE, folder(authority.issuer()), url)
        try:
            kept = json.loads(state.path.read_bytes())
            same = (kept["folder"], kept["url"]) == (state.folder, url)
            inventory, lists = int(kept["inventory"]), str(kept["lists"])
        except (OSError, ValueError, TypeError, KeyError):
            return state
        if same and inventory <= (authority.root / "inventory.txt").stat().st_size:
            state.inventory, state.lists = inventory, lists
        return state

    def write(self) -> None:
        content = {
            "folder": self.folder,
            "url": self.url,
            "inventory": self.inventory,
            "lists": self.lists,
        }
        write_atomic(self.path, json.dumps(content).encode(), mode=0o640, durable=False)
