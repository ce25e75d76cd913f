"""``puppet_crl``: keeps this host's copy of the CA's revocation list current.

puppet_crl fetch             asks the CA, and puts a newer list in force; with --every 30 it stays and does so
                             every 30 s (a service of systemd)
puppet_crl restore           puts the list that this host already has in force; --check only looks
puppet_crl take FILE         puts the list in FILE in force
puppet_crl compact           before Apache starts: drops the names of superseded lists
puppet_crl status            says which list is in force and when the CA last confirmed it

Exit codes: 0 done; 1 not done, or with --check and status: something is amiss; 2 wrong usage.
What goes wrong is in syslog and on standard error. The list that was in force before stays.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from enrolment.config import read_yaml
from enrolment.errors import EnrolmentError
from enrolment.log import Log
from enrolment.options import add_every_option, add_level_option
from enrolment.resident import stay

from crl.errors import ConfigError, CrlError
from crl.keeper import Config, Keeper, utc_now

CONFIG = Path("/etc/puppet/crl.yaml")
STALE = 120.0  # seconds; the CA is asked every 30
# Each name costs a new process of Apache's about a millisecond (1,000 entries) before its first handshake.
MOST_NAMES = 500
RELOAD_AT_MOST_EVERY = 3600.0  # seconds: where a reload does not help, another will not
RELOAD = ("/usr/bin/systemctl", "reload", "--no-block", "apache2.service")


def load_config(path: Path) -> Config:
    """Read the configuration; raise ConfigError if it is not complete."""
    keys = ("url", "ca_cert", "crl", "folder", "state")
    try:
        values = read_yaml(path)
    except EnrolmentError as error:
        raise ConfigError(str(error)) from error
    if any(not isinstance(values.get(key), str) for key in keys):
        raise ConfigError(f"{path}: expected the keys {', '.join(keys)}, each with a text")
    return Config(url=values["url"], **{key: Path(values[key]) for key in keys[1:]})


def run(arguments: argparse.Namespace, log: Log) -> int:
    """Carry out the command; the exit code."""
    config = load_config(arguments.config)
    keeper = Keeper(config, log, utc_now())
    if arguments.command == "status":
        return status(keeper)
    if arguments.command == "restore" and arguments.check:
        return 0 if keeper.in_force() else 1
    if arguments.command == "fetch":
        tidy(keeper, log)
        keeper.fetch()
    elif arguments.command == "take":
        keeper.take(arguments.file)
    elif arguments.command == "compact":
        keeper.compact()
    else:
        keeper.restore()
        missing = [issuer for issuer, crl in keeper.lists().items() if crl is None]
        if missing or not keeper.in_force():
            raise CrlError(f"{config.crl} has no list by the CA in {config.ca_cert}: {', '.join(missing)}")
    return 0


def tidy(keeper: Keeper, log: Log) -> None:
    """Have Apache read the folder anew, where it has gone without a reload (logrotate's, daily) for long."""
    names = keeper.names()
    marker = keeper.config.state / "reloaded"
    if names <= MOST_NAMES or (
        marker.exists() and time.time() - marker.stat().st_mtime < RELOAD_AT_MOST_EVERY
    ):
        return
    log.info(f"Reloading Apache: there are {names} names of superseded lists")
    marker.touch()
    try:
        subprocess.run(RELOAD, check=True, capture_output=True, timeout=10)
    except (OSError, subprocess.SubprocessError) as error:
        log.warning(f"Apache was not reloaded: {error}")


def status(keeper: Keeper) -> int:
    """Print which list is in force; 1 if it is not, or if the CA has not confirmed it lately."""
    print(keeper.describe(keeper.known()))
    return 0 if is_current(keeper) else 1


def is_current(keeper: Keeper) -> bool:
    """Whether lists are in force, none has ended, and the CA has confirmed them lately."""
    age = keeper.age()
    lately = age is not None and abs(age) < STALE  # negative: the clock went back, and it says nothing
    return keeper.in_force() and not keeper.ended(keeper.known()) and lately


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="puppet_crl", description="Keeps the CA's revocation list current.")
    parser.add_argument("--config", type=Path, default=CONFIG)
    add_level_option(parser)
    commands = parser.add_subparsers(dest="command", required=True)
    add_every_option(commands.add_parser("fetch", help="ask the CA, and put a newer list in force"))
    restore = commands.add_parser("restore", help="put the list that this host has in force")
    restore.add_argument("--check", action="store_true", help="only look")
    take = commands.add_parser("take", help="put the list in FILE in force")
    take.add_argument("file", type=Path, metavar="FILE")
    commands.add_parser("compact", help="drop the names of superseded lists, before Apache starts")
    commands.add_parser("status", help="say which list is in force, and its age")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; see the module's docstring."""
    arguments = parse(sys.argv[1:] if argv is None else argv)
    log = Log("puppet_crl", level=arguments.log_level)
    every = arguments.every if arguments.command == "fetch" else None
    return stay(lambda: _caught(arguments, log), every) if every else _caught(arguments, log)


def _caught(arguments: argparse.Namespace, log: Log) -> int:
    try:
        return run(arguments, log)
    except (CrlError, OSError) as error:  # such as a lock that another holds
        log.error(str(error))
        return 1
