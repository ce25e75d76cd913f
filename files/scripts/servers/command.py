"""The command puppet_servers; what it promises stands in files/scripts/puppet_servers."""

import argparse
import functools
import sys
from pathlib import Path

from enrolment.config import read_texts
from enrolment.errors import ConfigError, EnrolmentError
from enrolment.log import Log
from enrolment.options import add_every_option, add_level_option
from enrolment.resident import stay
from enrolment.store import open_store

from servers.keeper import Config, Keeper, is_listening, restart_service

OK, FAILED, USAGE = 0, 1, 2
DEFAULT_CONFIG = Path("/etc/puppet/servers.yaml")
REQUIRED = ("node_bucket", "servers", "state", "service")


def main(argv: list[str]) -> int:
    """Run the command with ``argv`` (without its own name); return the exit code."""
    options = _parser().parse_args(argv)
    log = Log("puppet_servers", level=options.log_level)
    try:
        config = load_config(options.config)
        keeper = Keeper(config, log, functools.cache(open_store), restart_service, is_listening)
    except ConfigError as error:
        return _report(log, error, USAGE)
    if options.every:
        return stay(lambda: _look(keeper, log), options.every)
    return _look(keeper, log)


def _look(keeper: Keeper, log: Log) -> int:
    code = OK
    # The agent is helped by the copy that is there, also while the bucket does not answer.
    for step in (keeper.fetch, keeper.point_agent):
        try:
            step()
        except EnrolmentError as error:
            code = _report(log, error, FAILED)
    return code


def load_config(path: Path) -> Config:
    """Read the settings; raise ConfigError."""
    raw = read_texts(path, REQUIRED, ["puppet_conf"])
    return Config(
        node_bucket=raw["node_bucket"],
        servers=Path(raw["servers"]),
        state=Path(raw["state"]),
        puppet_conf=Path(raw["puppet_conf"]) if "puppet_conf" in raw else None,
        service=raw["service"],
    )


def _report(log: Log, error: EnrolmentError, code: int) -> int:
    log.error(str(error))
    print(f"puppet_servers: {error}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="puppet_servers",
        description="Keep a copy of which masters the cluster has, and have this host's agent find them.",
        epilog="Exit codes: 0 done; 1 not done, the last copy is kept; 2 usage or configuration.",
    )
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help=f"default: {DEFAULT_CONFIG}")
    add_every_option(parser)
    add_level_option(parser)
    return parser
