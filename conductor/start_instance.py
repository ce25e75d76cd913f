#!/usr/bin/env python3
"""Launches and looks after the nodes of a cluster: see --help and start_instance.yaml.sample."""

import os
import signal
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
NEEDED = (3, 11)


def use_checkout() -> None:
    """Import from the checkout's root, not from the folder of this file."""
    here = str(CHECKOUT / "conductor")
    sys.path[:] = [str(CHECKOUT), *(entry for entry in sys.path if entry != here)]


def run_in_venv(reason: str) -> None:
    """Start again with the checkout's own Python, or say how to make it."""
    python = CHECKOUT / ".venv" / "bin" / "python"
    already = Path(sys.prefix).resolve() == (CHECKOUT / ".venv").resolve()
    if already or not os.access(python, os.X_OK):
        sys.exit(f"start_instance.py: {reason}\nRun `make` in {CHECKOUT}, which makes .venv")
    os.execv(python, [str(python), str(Path(__file__).resolve()), *sys.argv[1:]])  # noqa: S606


def interrupted(_signal: int, _frame: object) -> None:
    """Until cli.main takes over: loading takes a while, and has nothing to put in order."""
    print("start_instance.py: interrupted", file=sys.stderr, flush=True)
    os._exit(130)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, interrupted)
    signal.signal(signal.SIGTERM, interrupted)
    if sys.version_info < NEEDED:
        run_in_venv(f"needs Python {NEEDED[0]}.{NEEDED[1]} or later, this is {sys.version.split()[0]}")
    use_checkout()
    try:
        from conductor.cli import main
    except ModuleNotFoundError as error:
        run_in_venv(f"{sys.executable} lacks the module {error.name}")
    else:
        sys.exit(main(sys.argv[1:]))
