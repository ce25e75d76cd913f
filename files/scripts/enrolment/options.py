"""What the commands' options have in common. Not in ``log``, which node_classifier's fast path loads."""

import argparse

from .config import CaConfig
from .errors import ConfigError
from .log import LEVELS

LONGEST = 24 * 3600  # seconds between two times


def add_level_option(parser: argparse.ArgumentParser) -> None:
    """Give a command the option whose value is Log's ``level``."""
    parser.add_argument(
        "--log-level", choices=sorted(LEVELS), help="also log to standard error, from this level on"
    )


def add_every_option(parser: argparse.ArgumentParser) -> None:
    """Give a command the option that makes it stay; its value is for ``resident.stay``."""
    parser.add_argument(
        "--every",
        type=_seconds,
        metavar="SECONDS",
        help="stay, and do it again and again (as a service of systemd)",
    )


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= LONGEST:
        raise argparse.ArgumentTypeError(f"{text}: not between 0 and {LONGEST}")
    return value


def store_url(options: argparse.Namespace, config: CaConfig) -> str:
    """Return the store's URL as given to the command, or else configured."""
    url: str = options.url or config.node_bucket
    if not url:
        raise ConfigError("no store: give its URL, or set node_bucket in the configuration")
    return url
