"""What the commands' options have in common. Not in ``log``, which node_classifier's fast path loads."""

import argparse

from .log import LEVELS


def add_level_option(parser: argparse.ArgumentParser) -> None:
    """Give a command the option whose value is Log's ``level``."""
    parser.add_argument(
        "--log-level", choices=sorted(LEVELS), help="also log to standard error, from this level on"
    )
