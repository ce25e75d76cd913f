"""What the commands share: one main(), one way to say how it goes."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import click

from bench.errors import BenchError
from conductor.errors import ConductorError
from lab.errors import LabError

INTERRUPTED = 130


def say(line: str) -> None:
    """One line of progress, with the time."""
    print(f"{time.strftime('%H:%M:%S')}  {line}", file=sys.stderr, flush=True)


def main(command: click.Command, name: str, argv: Sequence[str]) -> int:
    """Exit codes: 0 all is as it should be, 1 it is not or failed, 2 wrong usage, 130 interrupted."""
    try:
        return int(command.main(args=list(argv), prog_name=name, standalone_mode=False) or 0)
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except (KeyboardInterrupt, click.Abort):
        print(f"{name}: interrupted", file=sys.stderr)
        return INTERRUPTED
    except (BenchError, LabError, ConductorError) as failed:
        print(f"{name}: {failed}", file=sys.stderr)
        return 1
