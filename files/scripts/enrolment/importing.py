"""A CA's files, read and found whole: those of a puppetserver that is taken over, and those of a backup."""

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from . import crl as crls
from .authority import Authority
from .cafiles import load_key
from .chain import chain_pem, load_chain, ordered
from .errors import AuthorityError
from .files import write_atomic
from .inventory import serials_in
from .names import is_certname
from .transaction import FOLDER, PRIVATE, PUBLIC

REQUIRED = ("ca_crt.pem", "ca_key.pem", "ca_crl.pem", "inventory.txt")
OPTIONAL = ("ca_pub.pem", "serial")


@dataclass(frozen=True)
class Source:
    """The files of a CA that was found whole."""

    files: dict[str, bytes]
    signed: dict[str, bytes]


def read_ca(directory: Path) -> Source:
    """Read the CA in ``directory``; raise AuthorityError if it is not whole.

    Key, certificate, revocation list and inventory must belong together; every certificate must be known.
    """
    files = {name: _required(directory / name) for name in REQUIRED}
    files |= {name: _required(directory / name) for name in OPTIONAL if (directory / name).is_file()}
    signed = {path.stem: path.read_bytes() for path in sorted((directory / "signed").glob("*.pem"))}
    return checked(str(directory), Source(files, signed))


def checked(origin: str, source: Source) -> Source:
    """Return the CA's files as they are kept here; raise AuthorityError, naming ``origin``, if not."""
    missing = [name for name in REQUIRED if name not in source.files]
    if missing:
        raise AuthorityError(f"{origin}: there is no {', '.join(missing)}")
    for name in source.signed:
        if not is_certname(name):
            raise AuthorityError(f"{origin}: {name!r} is not a certname that this CA can serve")
    files = _check_ca(origin, source.files)
    _check_inventory(origin, files["inventory.txt"], source.signed)
    return Source(files, source.signed)


def write_ca(authority: Authority, source: Source) -> int:
    """Write the CA where there is none; return how many certificates came along. The caller holds the lock.

    The CA's certificate comes first and its key last: an import that was cut short can be begun anew, and
    until it is whole `puppet_ca setup`, which Puppet runs by itself, makes no other CA of the parts.
    """
    order = {"ca_crt.pem": 0, "ca_key.pem": 2}
    names = sorted(source.files, key=lambda name: order.get(name, 1))
    wanted = {authority.root / name: source.files[name] for name in names[:-1]}
    wanted |= {authority.signed_path(name): pem for name, pem in source.signed.items()}
    wanted |= {authority.key_path: source.files["ca_key.pem"]}
    if authority.key_path.exists() or any(
        path.exists() and path.read_bytes() != content for path, content in wanted.items()
    ):
        raise AuthorityError(f"there is a CA in {authority.root} already; nothing was imported")
    for directory in (authority.signed_dir, authority.requests_dir):
        directory.mkdir(mode=FOLDER, exist_ok=True)
    for path, content in wanted.items():
        write_atomic(path, content, mode=PRIVATE if path == authority.key_path else PUBLIC)
    return len(source.signed)


def _required(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise AuthorityError(
            f"{path}: {error.strerror}; is this the directory of a puppetserver's CA?"
        ) from error


def _check_ca(origin: str, files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files as they are kept here: certificates and lists in order, the CA's own first."""
    try:
        key = load_key(files["ca_key.pem"])
        chain = ordered(load_chain(files["ca_crt.pem"]), key)
        lists = crls.of_chain(crls.load_each(files["ca_crl.pem"]), chain)
    except (ValueError, TypeError) as error:
        raise AuthorityError(f"{origin}: {error}") from error
    if crls.number(lists.own) < 0:
        raise AuthorityError(f"{origin}: the CA's revocation list has no number")
    return {
        **files,
        "ca_crt.pem": chain_pem(chain),
        "ca_crl.pem": crls.lists_pem(lists.all),
        # What is appended here begins after a line's end: a last line without one would be lost.
        "inventory.txt": files["inventory.txt"].removesuffix(b"\n") + b"\n",
    }


def _check_inventory(origin: str, inventory: bytes, signed: dict[str, bytes]) -> None:
    known = serials_in(inventory)
    for name, pem in signed.items():
        try:
            certificate = x509.load_pem_x509_certificate(pem)
        except ValueError as error:
            raise AuthorityError(f"{origin}: signed/{name}.pem: damaged: {error}") from error
        if certificate.serial_number not in known:
            raise AuthorityError(f"{origin}: the inventory does not know the certificate of {name}")
