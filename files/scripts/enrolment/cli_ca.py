"""puppet_ca's commands about the CA itself: setup, import, status, publish, renew-crl."""

import argparse
import os
from collections import Counter

from . import crl as crls
from .authority import Authority
from .certificates import common_name, not_after
from .cli_common import FAILED, OK, alt_names, done, existing_ca
from .config import CaConfig
from .consistency import check_consistency
from .errors import AuthorityError, ConfigError, StoreError
from .hostcert import SslDir, equip_host, is_complete
from .importing import read_ca, write_ca
from .log import Log
from .publish import documents, outdated, write_outdated
from .rights import has_cli_auth
from .store import open_store
from .users import acting_as, lookup


def setup(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    """Make the CA if there is none, and what its own host lacks."""
    authority = Authority(config)
    ssldir = SslDir(options.ssldir, options.owner)
    if options.check:
        return OK if is_complete(authority, ssldir, options.certname, options.auth_role) else FAILED
    make_root(authority)
    with acting_as(config.user), authority.transaction() as transaction:
        made = transaction.create(f"Puppet CA: {options.certname}")
    if made:
        done(log, f"Made the CA {common_name(authority.issuer())!r} in {config.cadir}")
    if is_complete(authority, ssldir, options.certname, options.auth_role):
        print(f"{options.certname} has all it needs in {options.ssldir}")
        return OK
    equip_host(authority, ssldir, options.certname, alt_names(options), options.auth_role)
    done(
        log,
        f"Signing request: {options.certname} (the CA's own host), key and certificate in {options.ssldir}",
    )
    return OK


def make_root(authority: Authority) -> None:
    """Make the CA's directory if there is none."""
    if not authority.root.exists():
        authority.root.mkdir(mode=0o750, parents=True)
        if authority.config.user and os.geteuid() == 0:
            os.chown(authority.root, *lookup(authority.config.user))


def import_ca(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    """Take over a puppetserver's CA."""
    authority = Authority(config)
    make_root(authority)
    if not os.access(options.directory, os.R_OK | os.X_OK):
        raise AuthorityError(f"{options.directory}: there is no such directory, or it cannot be read")
    source = read_ca(options.directory)  # as root: it belongs to puppetserver's user
    with acting_as(config.user), authority.transaction():
        count = write_ca(authority, source)
    done(log, f"Took over the CA {common_name(authority.issuer())!r} with {count} certificates")
    return OK


def status(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    """Print how the CA is; fail if something is wrong with its files."""
    del options, log
    authority = existing_ca(config)
    with acting_as(config.user):
        admins = [
            name
            for name in authority.signed_names()
            if (certificate := authority.certificate(name)) is not None and has_cli_auth(certificate)
        ]
        for number, certificate in enumerate(authority.chain()):
            print(f"{'under' if number else 'CA'}:".ljust(15) + common_name(certificate))
            print(f"               until {not_after(certificate):%Y-%m-%d %H:%M} UTC")
        print(f"files:         {config.cadir}")
        for number, crl in enumerate(authority.lists().all):
            of = f" of {crls.issuer_name(crl)}" if number else ""
            end = crls.next_update(crl)
            print(f"revocations:   {len(crl)}, in list number {crls.number(crl)}{of}")
            print(
                f"               until {end:%Y-%m-%d %H:%M} UTC" if end else "               without an end"
            )
        print(f"certificates:  {len(authority.signed_names())}")
        print(f"waiting:       {_waiting(authority)}")
        print(f"administrators: {', '.join(admins) or 'none over HTTPS'}")
        problems = check_consistency(authority)
    for problem in problems:
        print(f"WRONG:         {problem}")
    return FAILED if problems else OK


def _waiting(authority: Authority) -> str:
    waiting = authority.room.all()
    text = f"{len(waiting)} of at most {authority.config.max_waiting}"
    for source, count in Counter(entry.source for entry in waiting).most_common(1):
        text += f", most ({count}) from {source or 'an address that is not known'}"
    return text


def publish(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    """Put into the bucket what the conductor must know."""
    url = options.store or config.node_bucket
    if not url:
        raise ConfigError("no store: give --store, or set node_bucket in the configuration")
    try:
        with acting_as(config.user):
            wanted = documents(
                existing_ca(config),
                server=options.server,
                port=options.port,
                ca_server=options.ca_server,
                ca_port=options.ca_port,
            )
            store = open_store(url)
            if options.check:
                return FAILED if outdated(store, wanted) else OK
            for key in write_outdated(store, wanted):
                done(log, f"Published: {store.url}/{key}")
    except StoreError as error:
        raise StoreError(f"cannot publish: {error}") from error
    return OK


def renew_crl(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    """Issue the revocation list anew."""
    del options
    authority = existing_ca(config)
    with acting_as(config.user), authority.transaction() as transaction:
        transaction.renew_crl()
    done(log, f"Issued the revocation list anew, number {crls.number(authority.crl())}")
    return OK
