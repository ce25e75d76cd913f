"""The command puppet_ca; what it promises stands in files/scripts/puppet_ca."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from . import cli_backup, cli_ca, cli_certificates
from .cli_common import FAILED, USAGE
from .config import CaConfig, load_config
from .errors import ConfigError, EnrolmentError
from .log import Log
from .names import is_certname
from .rights import is_role

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

    sub = add(
        "setup", cli_ca.setup, "Make the CA if there is none, and the CA host's own key and certificate."
    )
    _host_options(sub)
    sub.add_argument(
        "--check", action="store_true", help="change nothing; exit 0 if there is nothing to do, else 1"
    )
    sub = add("list", cli_certificates.list_certificates, "List the requests that wait, or all certificates.")
    sub.add_argument("--all", action="store_true", help="certificates too")
    sub.add_argument("--format", choices=("text", "json"), default="text")
    sub.add_argument("names", nargs="*", metavar="CERTNAME")
    sub = add(
        "sign", cli_certificates.sign, "Sign waiting requests; the record is not asked, a person has decided."
    )
    sub.add_argument("--all", action="store_true", help="all that wait")
    sub.add_argument(
        "--allow-dns-alt-names", action="store_true", help="also those that ask for other DNS names"
    )
    _role_option(sub)
    sub.add_argument("names", nargs="*", metavar="CERTNAME")
    sub = add("revoke", cli_certificates.revoke, "Revoke certificates; the names stay taken.")
    sub.add_argument(
        "--serial",
        action="append",
        default=[],
        type=_serial,
        help="one of this serial number, in hexadecimal, whether it is known here or not",
    )
    sub.add_argument("names", nargs="*", metavar="CERTNAME")
    sub = add(
        "clean",
        cli_certificates.clean,
        "Revoke certificates and remove them and waiting requests; the names are free again.",
    )
    sub.add_argument("names", nargs="+", metavar="CERTNAME")
    sub = add(
        "generate",
        cli_certificates.generate,
        "Make a key and a certificate here, for a host or an administrator.",
    )
    _host_options(sub)
    sub.add_argument(
        "--ca-client", action="store_true", help="with pp_cli_auth: may administer the CA over HTTPS"
    )
    sub = add(
        "import", cli_ca.import_ca, "Take over the CA of a puppetserver, whose directory is left as it is."
    )
    sub.add_argument("directory", type=Path, help="puppetserver's cadir, such as /var/lib/puppet/ssl/ca")
    add("status", cli_ca.status, "Say how the CA is, and check its files; exit 1 if something is wrong.")
    sub = add("publish", cli_ca.publish, "Put the CA's certificate and the servers' names into the bucket.")
    sub.add_argument("--store", help="the bucket (default: node_bucket of the configuration)")
    sub.add_argument("--ca-server", required=True, help="name at which agents reach the CA")
    sub.add_argument("--server", help="one name at which agents reach all masters: a load balancer's, say")
    sub.add_argument("--port", type=int, default=8140)
    sub.add_argument("--ca-port", type=int, default=8141)
    sub.add_argument(
        "--check", action="store_true", help="change nothing; exit 0 if there is nothing to do, else 1"
    )
    sub = add("backup", cli_backup.backup, "Write all that makes the CA, its key too, into one file.")
    sub.add_argument("file", metavar="FILE", help="readable by its owner only; -: standard output")
    sub = add(
        "restore",
        cli_backup.restore,
        "Put the CA of a backup in place, with what the bucket knows of the time after it.",
    )
    sub.add_argument("file", metavar="FILE", help="a backup; -: standard input")
    sub.add_argument(
        "--force", action="store_true", help="replace the CA that is there; it is kept beside it"
    )
    sub.add_argument(
        "--without-bucket", action="store_true", help="do not ask the bucket what came after the backup"
    )
    sub.add_argument(
        "--crl",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a later revocation list, such as a master's crl.pem",
    )
    sub = add(
        "adopt",
        cli_backup.adopt,
        "Take in certificates that this CA has issued and, restored, does not know.",
    )
    sub.add_argument("files", nargs="+", metavar="FILE", help="nodes' certificates; -: standard input")
    add(
        "deactivate-terminated",
        cli_backup.deactivate_terminated,
        "Tell PuppetDB once more of all nodes that were terminated, as after a restore of it.",
    )
    sub = add("renew-crl", cli_ca.renew_crl, "Issue the revocation list anew, with the same entries.")
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


def _serial(text: str) -> int:
    try:
        return int(text.replace(":", ""), 16)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a serial number in hexadecimal") from None


def _role(text: str) -> str:
    if text and not is_role(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a role: lower-case letters, digits, - and _")
    return text


def _certname(text: str) -> str:
    if not is_certname(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a certname")
    return text
