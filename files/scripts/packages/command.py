"""The command puppet_packages; what it promises stands in files/scripts/puppet_packages."""

import argparse
import os
import sys
from pathlib import Path

from enrolment.config import read_texts
from enrolment.errors import ConfigError, EnrolmentError
from enrolment.log import Log
from enrolment.options import add_level_option
from enrolment.store import open_store

from packages.keeper import Config, Keeper

OK, FAILED, USAGE = 0, 1, 2
DEFAULT_CONFIG = Path("/etc/puppet/packages.yaml")
REQUIRED = ("node_bucket", "folder")


def main(argv: list[str]) -> int:
    """Run the command with ``argv`` (without its own name); return the exit code."""
    options = _parser().parse_args(argv)
    log = Log("puppet_packages", level=options.log_level)
    os.umask(0o022)  # Apache is to read it
    try:
        Keeper(load_config(options.config), log, open_store).fetch()
    except EnrolmentError as error:
        log.error(str(error))
        print(f"puppet_packages: {error}", file=sys.stderr)
        return USAGE if isinstance(error, ConfigError) else FAILED
    return OK


def load_config(path: Path) -> Config:
    """Read the settings; raise ConfigError."""
    raw = read_texts(path, REQUIRED)
    return Config(node_bucket=raw["node_bucket"], folder=Path(raw["folder"]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="puppet_packages",
        description="Bring Hadoop's package repository from the bucket to the folder that Apache serves.",
        epilog="Exit codes: 0 done; 1 not done, what is served stays; 2 usage or configuration.",
    )
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help=f"default: {DEFAULT_CONFIG}")
    add_level_option(parser)
    return parser
