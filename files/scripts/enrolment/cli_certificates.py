"""puppet_ca's commands about certificates: generate, list, sign, revoke, clean."""

import argparse
import json
import sys
from collections.abc import Callable

from cryptography.hazmat.primitives.serialization import Encoding

from .authority import Authority
from .certificate_status import all_statuses, issued, sign_waiting, status
from .certificates import generate_key, key_pem
from .cli_common import FAILED, OK, alt_names, done, existing_ca
from .config import CaConfig
from .errors import AuthorityError, ConfigError, EnrolmentError
from .hostcert import HOST_KEY_BITS, SslDir, obtain, request_for
from .log import Log
from .names import is_certname
from .users import acting_as


def generate(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    """Make a key and its certificate here."""
    authority = existing_ca(config)
    name, ssldir = options.certname, SslDir(options.ssldir, options.owner)
    for path in (ssldir.key(name), ssldir.certificate(name)):
        if path.exists():
            raise AuthorityError(f"{path} is there already; nothing was made")
    if authority.certificate_pem(name) is not None:
        raise AuthorityError(f"{name} has a certificate already; `puppet_ca clean {name}` frees the name")
    key = generate_key("rsa", HOST_KEY_BITS)
    ssldir.write(ssldir.key(name), key_pem(key), 0o640)
    with acting_as(config.user):
        certificate = obtain(
            authority,
            request_for(key, name, alt_names(options)),
            name,
            cli_auth=options.ca_client,
            role=options.auth_role,
        )
    ssldir.write(ssldir.certificate(name), certificate.public_bytes(Encoding.PEM), 0o644)
    done(
        log,
        f"Signing request: {name} (generated here{', may administer the CA' if options.ca_client else ''})",
    )
    return OK


def list_certificates(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    """Print the requests that wait, or the state of names."""
    del log
    authority = existing_ca(config)
    with acting_as(config.user):
        if options.names:
            each = (status(authority, name) for name in sorted(set(options.names)) if is_certname(name))
            found = [entry for entry in each if entry is not None]
        else:
            found = all_statuses(authority, None if options.all else "requested")
    if options.format == "json":
        print(json.dumps(found, indent=2))
    else:
        for entry in found:
            end = f"  until {entry['not_after']}" if "not_after" in entry else ""
            print(f"{entry['state']:<10} {entry['name']}  (SHA256) {entry['fingerprint']}{end}")
            if entry["dns_alt_names"]:
                print(f"{'':<10} alt names: {', '.join(entry['dns_alt_names'])}")
    missing = sorted(set(options.names) - {entry["name"] for entry in found})
    if missing:
        raise AuthorityError(f"neither a certificate nor a request: {', '.join(missing)}")
    return OK


def sign(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    """Sign waiting requests."""
    authority = existing_ca(config)

    def sign_one(name: str) -> None:
        with authority.transaction() as transaction:
            sign_waiting(
                authority,
                transaction,
                name,
                allow_alt_names=options.allow_dns_alt_names,
                role=options.auth_role,
            )
        done(log, f"Signing request: {name} (by hand)")

    with acting_as(config.user):
        names = authority.waiting_names() if options.all else options.names
        if not options.all and not names:
            raise ConfigError("name the requests to sign, or give --all")
        return _each(names, sign_one)


def revoke(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    """Revoke certificates; the names stay taken."""
    if not options.names and not options.serial:
        raise ConfigError("name what to revoke, or give --serial")
    authority = existing_ca(config)
    with acting_as(config.user), authority.transaction() as transaction:
        known = _known(authority, options.names)
        revocation = transaction.revoke(known, options.serial)
        what = ", ".join([*known, *(f"0x{serial:X}" for serial in options.serial)])
        done(log, f"Revoked: {what or 'nothing'} ({len(revocation.serials)} certificates)")
    return OK if len(known) == len(options.names) else FAILED


def clean(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    """Revoke certificates and remove them; the names are free."""
    authority = existing_ca(config)
    with acting_as(config.user), authority.transaction() as transaction:
        known = _known(authority, options.names)
        revocation = transaction.clean(known)
        done(
            log, f"Cleaned: {', '.join(known) or 'nothing'} ({len(revocation.serials)} certificates revoked)"
        )
    return OK if len(known) == len(options.names) else FAILED


def _known(authority: Authority, names: list[str]) -> list[str]:
    known = []
    for name in dict.fromkeys(names):
        if is_certname(name) and (issued(authority, name) or authority.request_pem(name) is not None):
            known.append(name)
        else:
            print(f"puppet_ca: {name}: neither a certificate nor a request of this name", file=sys.stderr)
    return known


def _each(names: list[str], work: Callable[[str], None]) -> int:
    code = OK
    for name in names:
        try:
            work(name)
        except EnrolmentError as error:
            print(f"puppet_ca: {name}: {error}", file=sys.stderr)
            code = FAILED
    return code
