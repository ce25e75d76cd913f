"""The command puppet_ca; what it promises stands in files/scripts/puppet_ca."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from . import crl as crls
from .authority import Authority, check_consistency
from .certificate_status import all_statuses, issued, sign_waiting
from .certificates import common_name, generate_key, key_pem, not_after
from .config import CaConfig, load_config
from .errors import AuthorityError, ConfigError, EnrolmentError, StoreError
from .hostcert import HOST_KEY_BITS, SslDir, equip_host, is_complete, obtain, request_for
from .importing import read_ca, write_ca
from .log import Log
from .names import is_certname
from .publish import documents, outdated, publish
from .rights import has_cli_auth, is_role
from .store import open_store
from .users import acting_as, lookup

OK, FAILED, USAGE = 0, 1, 2
PUPPET_SSLDIR = "/var/lib/puppet/ssl"

Command = Callable[[argparse.Namespace, CaConfig, Log], int]


def main(argv: list[str]) -> int:
    """Run the command with ``argv`` (without its own name); return the exit code."""
    options = _parser().parse_args(argv)
    log = Log("puppet_ca", stderr=False)
    command: Command = options.command
    try:
        return command(options, load_config(options.config), log)
    except EnrolmentError as error:
        print(f"puppet_ca: {error}", file=sys.stderr)
        return USAGE if isinstance(error, ConfigError) else FAILED
    except OSError as error:
        print(f"puppet_ca: {error.filename}: {error.strerror}", file=sys.stderr)
        return FAILED


def run() -> int:
    """Run as a command."""
    os.umask(0o027)
    return main(sys.argv[1:])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="puppet_ca", description="Operate the CA on this host.")
    parser.add_argument(
        "--config", type=Path, default=None, help="configuration (default: /etc/puppet-ca/ca.yaml)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=command)
        return sub

    sub = add("setup", _setup, "Make the CA if there is none, and the CA host's own key and certificate.")
    _host_options(sub)
    sub.add_argument(
        "--check", action="store_true", help="change nothing; exit 0 if there is nothing to do, else 1"
    )
    sub = add("list", _list, "List the requests that wait, or all certificates.")
    sub.add_argument("--all", action="store_true", help="certificates too")
    sub.add_argument("--format", choices=("text", "json"), default="text")
    sub.add_argument("names", nargs="*", metavar="CERTNAME")
    sub = add("sign", _sign, "Sign waiting requests; the record is not asked, a person has decided.")
    sub.add_argument("--all", action="store_true", help="all that wait")
    sub.add_argument(
        "--allow-dns-alt-names", action="store_true", help="also those that ask for other DNS names"
    )
    _role_option(sub)
    sub.add_argument("names", nargs="*", metavar="CERTNAME")
    sub = add("revoke", _revoke, "Revoke certificates; the names stay taken.")
    sub.add_argument("names", nargs="+", metavar="CERTNAME")
    sub = add(
        "clean", _clean, "Revoke certificates and remove them and waiting requests; the names are free again."
    )
    sub.add_argument("names", nargs="+", metavar="CERTNAME")
    sub = add("generate", _generate, "Make a key and a certificate here, for a host or an administrator.")
    _host_options(sub)
    sub.add_argument(
        "--ca-client", action="store_true", help="with pp_cli_auth: may administer the CA over HTTPS"
    )
    sub = add("import", _import, "Take over the CA of a puppetserver, whose directory is left as it is.")
    sub.add_argument("directory", type=Path, help="puppetserver's cadir, such as /var/lib/puppet/ssl/ca")
    add("status", _status, "Say how the CA is, and check its files; exit 1 if something is wrong.")
    sub = add("publish", _publish, "Put the CA's certificate and the servers' names into the bucket.")
    sub.add_argument("--store", help="the bucket (default: node_bucket of the configuration)")
    sub.add_argument("--ca-server", required=True, help="name at which agents reach the CA")
    sub.add_argument("--server", help="one name at which agents reach all masters: a load balancer's, say")
    sub.add_argument("--port", type=int, default=8140)
    sub.add_argument("--ca-port", type=int, default=8141)
    sub.add_argument(
        "--check", action="store_true", help="change nothing; exit 0 if there is nothing to do, else 1"
    )
    sub = add("renew-crl", _renew_crl, "Issue the revocation list anew, with the same entries.")
    return parser


def _host_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--certname", required=True, type=_certname)
    parser.add_argument("--dns-alt-names", default="", help="comma-separated")
    parser.add_argument("--ssldir", type=Path, default=Path(PUPPET_SSLDIR), help=f"default: {PUPPET_SSLDIR}")
    parser.add_argument("--owner", default="puppet", help="owner of what is written there (default: puppet)")
    _role_option(parser)


def _role_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--auth-role",
        default="",
        type=_role,
        metavar="ROLE",
        help="what the certificate grants as pp_auth_role: puppet-master or puppet-ca may talk to PuppetDB",
    )


def _role(text: str) -> str:
    if text and not is_role(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a role: lower-case letters, digits, - and _")
    return text


def _certname(text: str) -> str:
    if not is_certname(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a certname")
    return text


def _alt_names(options: argparse.Namespace) -> list[str]:
    return [name.strip() for name in options.dns_alt_names.split(",") if name.strip()]


def _ca(config: CaConfig) -> Authority:
    authority = Authority(config)
    if not authority.exists():
        raise AuthorityError(f"there is no CA in {config.cadir}; `puppet_ca setup` makes one")
    return authority


def _setup(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    authority = Authority(config)
    ssldir = SslDir(options.ssldir, options.owner)
    if options.check:
        return OK if is_complete(authority, ssldir, options.certname, options.auth_role) else FAILED
    _make_root(authority)
    with acting_as(config.user), authority.transaction() as transaction:
        made = transaction.create(f"Puppet CA: {options.certname}")
    if made:
        _done(log, f"Made the CA {common_name(authority.issuer())!r} in {config.cadir}")
    if is_complete(authority, ssldir, options.certname, options.auth_role):
        print(f"{options.certname} has all it needs in {options.ssldir}")
        return OK
    equip_host(authority, ssldir, options.certname, _alt_names(options), options.auth_role)
    _done(
        log,
        f"Signing request: {options.certname} (the CA's own host), key and certificate in {options.ssldir}",
    )
    return OK


def _make_root(authority: Authority) -> None:
    if not authority.root.exists():
        authority.root.mkdir(mode=0o750, parents=True)
        if authority.config.user and os.geteuid() == 0:
            os.chown(authority.root, *lookup(authority.config.user))


def _generate(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    authority = _ca(config)
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
            request_for(key, name, _alt_names(options)),
            name,
            cli_auth=options.ca_client,
            role=options.auth_role,
        )
    ssldir.write(ssldir.certificate(name), certificate.public_bytes(Encoding.PEM), 0o644)
    _done(
        log,
        f"Signing request: {name} (generated here{', may administer the CA' if options.ca_client else ''})",
    )
    return OK


def _list(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    del log
    authority = _ca(config)
    with acting_as(config.user):
        found = all_statuses(authority, None if options.all or options.names else "requested")
    if options.names:
        found = [entry for entry in found if entry["name"] in options.names]
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


def _sign(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    authority = _ca(config)

    def sign(name: str) -> None:
        with authority.transaction() as transaction:
            sign_waiting(
                authority,
                transaction,
                name,
                allow_alt_names=options.allow_dns_alt_names,
                role=options.auth_role,
            )
        _done(log, f"Signing request: {name} (by hand)")

    with acting_as(config.user):
        names = authority.waiting_names() if options.all else options.names
        if not options.all and not names:
            raise ConfigError("name the requests to sign, or give --all")
        return _each(names, sign)


def _revoke(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    authority = _ca(config)
    with acting_as(config.user), authority.transaction() as transaction:
        known = _known(authority, options.names)
        revocation = transaction.revoke(known)
        _done(log, f"Revoked: {', '.join(known) or 'nothing'} ({len(revocation.serials)} certificates)")
    return OK if len(known) == len(options.names) else FAILED


def _clean(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    authority = _ca(config)
    with acting_as(config.user), authority.transaction() as transaction:
        known = _known(authority, options.names)
        revocation = transaction.clean(known)
        _done(
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


def _import(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    authority = Authority(config)
    _make_root(authority)
    if not os.access(options.directory, os.R_OK | os.X_OK):
        raise AuthorityError(f"{options.directory}: there is no such directory, or it cannot be read")
    source = read_ca(options.directory)  # as root: it belongs to puppetserver's user
    with acting_as(config.user), authority.transaction():
        count = write_ca(authority, source)
    _done(log, f"Took over the CA {common_name(authority.issuer())!r} with {count} certificates")
    return OK


def _status(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    del options, log
    authority = _ca(config)
    with acting_as(config.user):
        issuer, crl = authority.issuer(), authority.crl()
        end = crls.next_update(crl)
        admins = [
            name
            for name in authority.signed_names()
            if (certificate := authority.certificate(name)) is not None and has_cli_auth(certificate)
        ]
        print(f"CA:            {common_name(issuer)}, in {config.cadir}")
        print(f"               until {not_after(issuer):%Y-%m-%d %H:%M} UTC")
        print(f"revocations:   {len(crl)}, in list number {crls.number(crl)}")
        print(f"               until {end:%Y-%m-%d %H:%M} UTC" if end else "               without an end")
        print(f"certificates:  {len(authority.signed_names())}")
        print(f"waiting:       {len(authority.waiting_names())} of at most {config.max_waiting}")
        print(f"administrators: {', '.join(admins) or 'none over HTTPS'}")
        problems = check_consistency(authority)
    for problem in problems:
        print(f"WRONG:         {problem}")
    return FAILED if problems else OK


def _publish(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    url = options.store or config.node_bucket
    if not url:
        raise ConfigError("no store: give --store, or set node_bucket in the configuration")
    try:
        with acting_as(config.user):
            wanted = documents(
                _ca(config),
                server=options.server,
                port=options.port,
                ca_server=options.ca_server,
                ca_port=options.ca_port,
            )
            store = open_store(url)
            if options.check:
                return FAILED if outdated(store, wanted) else OK
            for key in publish(store, wanted):
                _done(log, f"Published: {store.url}/{key}")
    except StoreError as error:
        raise StoreError(f"cannot publish: {error}") from error
    return OK


def _renew_crl(options: argparse.Namespace, config: CaConfig, log: Log) -> int:
    del options
    authority = _ca(config)
    with acting_as(config.user), authority.transaction() as transaction:
        transaction.renew_crl()
    _done(log, f"Issued the revocation list anew, number {crls.number(authority.crl())}")
    return OK


def _done(log: Log, message: str) -> None:
    """Say what was done: to the log, and to whoever runs the command."""
    log.info(message)
    print(message)
