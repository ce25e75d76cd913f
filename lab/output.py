"""How the lab writes tables."""

import sys

from rich.console import Console

WIDE = 160  # columns of what goes to a file or a pipe


def console() -> Console:
    """The console for standard output; tables in a file or a pipe are never cut to 80 columns."""
    return Console(width=None if sys.stdout.isatty() else WIDE)
