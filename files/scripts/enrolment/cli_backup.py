"""puppet_ca's commands around a loss of the CA: backup, restore, adopt, deactivate-terminated."""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cryptography import x509

from . import crl as crls
from .authority import Authority
from .backup import archive, read_archive, read_living
from .certificates import common_name
from .chain import load_chain
from .cli_ca import make_root
from .cli_common import FAILED, OK, done, existing_ca
from .config import CaConfig
from .consistency import check_consistency
from .errors import AuthorityError, ConfigError, StoreError
from .files import write_atomic
from .ledger import Learned, certificates_in, learn, takes
from .log import Log
from .names import is_certname
from .restoring import brought_up_to_date, put_in_place
from .store import Store, open_store
from .sweep import TERMINATED, deactivate_pending, remember
from .users import acting_as

PIPE = "-"
MARK = "backed-up"  # in the CA's directory; its time is that of the last backup


def backup(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    """Write a backup."""
    authority = existing_ca(config)
    if options.file == PIPE and sys.stdout.isatty():
        raise ConfigError(
            "a backup has the CA's key in it, which is not for a screen: give FILE, or use a pipe"
        )
    with acting_as(config.user):
        source = read_living(authority)
    content = archive(source, authority.clock())
    if options.file == PIPE:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_atomic(Path(options.file), content, mode=0o600)
    with acting_as(config.user):
        write_atomic(authority.root / MARK, b"", mode=0o640, durable=False)
    target = "standard output" if options.file == PIPE else options.file
    message = (
        f"Backed up the CA {common_name(authority.issuer())!r} to {target}: {len(source.signed)} certificates"
    )
    if options.file == PIPE:
        log.info(message)
    else:
        done(log, message)
    return OK


def restore(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    """Put a CA back. Nothing is changed before all of it was read and found in order."""
    origin = "standard input" if options.file == PIPE else options.file
    with _opened(options.file) as stream:
        source, made = read_archive(origin, stream)
    issuer = load_chain(source.files["ca_crt.pem"])[0]
    lists = [entry for path in options.crl for entry in _lists(path, issuer)]
    store = None if options.without_bucket or not config.node_bucket else open_store(config.node_bucket)
    with acting_as(config.user):
        learned, terminated = _ask(store, issuer, config)
    authority = Authority(config)
    make_root(authority)
    restored = brought_up_to_date(
        source, Learned(learned.entries, learned.certificates, (*learned.lists, *lists)), authority.clock(),
        config.crl_ttl,
    )  # fmt: skip
    kept = put_in_place(authority, restored.source, force=options.force, terminated=terminated)
    if kept is not None:
        done(log, f"The CA that was there is kept in {kept}; remove it when nobody needs it")
    done(
        log,
        f"Restored the CA {common_name(issuer)!r} of {made}, with {restored.certificates} certificates and "
        f"{restored.revocations} revocations of later; revocation list number {restored.number}",
    )
    if not learned.lists:
        asked = store is not None and takes(store)
        print(
            "The bucket knows nothing of this CA: is it the right one?"
            if asked
            else "No bucket was asked what came after the backup.",
            "Nodes that were enrolled since keep their certificates, but to be revoked by name the CA must "
            "know them: `puppet_ca adopt` their files (the certificate in each node's ssldir).",
        )
    problems = _problems(authority, config)
    for problem in problems:
        print(f"WRONG: {problem}", file=sys.stderr)
    return FAILED if problems else OK


def adopt(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    """Take in certificates of this CA that it does not know."""
    authority = existing_ca(config)
    found: list[x509.Certificate] = []
    for name in options.files:
        with _opened(name) as stream:
            found += certificates_in(name, stream.read(), authority.issuer())
    if not found:
        raise AuthorityError(f"{', '.join(options.files)}: no certificate")
    for certificate in found:
        if not is_certname(common_name(certificate)):
            raise AuthorityError(f"{common_name(certificate)!r} is not a certname that this CA can serve")
    with acting_as(config.user), authority.transaction() as transaction:
        new = [certificate for certificate in found if transaction.adopt(certificate)]
    done(
        log, f"Adopted: {', '.join(map(common_name, new)) or 'nothing'} ({len(found) - len(new)} were known)"
    )
    return OK


def deactivate_terminated(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    """Tell PuppetDB of all terminated nodes, whether it was told before or not."""
    del options
    authority = existing_ca(config)
    if not config.puppetdb_url or not config.node_bucket:
        raise ConfigError("this CA has no PuppetDB to tell (puppet::ca::puppetdb_url), or no bucket")
    with acting_as(config.user):
        remember(authority, _terminated(open_store(config.node_bucket)))
    return OK if deactivate_pending(authority, log) else FAILED


def _ask(store: Store | None, issuer: x509.Certificate, config: CaConfig) -> tuple[Learned, list[str]]:
    """Return what the bucket knows of this CA, and of terminated nodes if PuppetDB is to be told of them."""
    if store is None:
        return Learned((), (), ()), []
    try:
        learned = learn(issuer, store) if takes(store) else Learned((), (), ())
        return learned, _terminated(store) if config.puppetdb_url else []
    except StoreError as error:
        raise StoreError(
            f"{error}; nothing was changed. Without what the bucket knows of the time after the backup: "
            "--without-bucket"
        ) from error


def _terminated(store: Store) -> list[str]:
    keys = store.list_keys(TERMINATED).keys
    return [name for key in keys if is_certname(name := key.removeprefix(TERMINATED))]


def _problems(authority: Authority, config: CaConfig) -> list[str]:
    with acting_as(config.user):
        return check_consistency(authority)


def _lists(path: Path, issuer: x509.Certificate) -> list[x509.CertificateRevocationList]:
    try:
        found = crls.load_each(path.read_bytes())
    except ValueError as error:
        raise AuthorityError(f"{path}: damaged: {error}") from error
    if not any(crls.is_signed_by(entry, issuer) for entry in found):
        raise AuthorityError(f"{path} holds no revocation list of {common_name(issuer)!r}")
    return found


@contextlib.contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    if name == PIPE:
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        yield file
