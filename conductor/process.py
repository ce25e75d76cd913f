"""The one place that starts processes."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from conductor.errors import LocalError


def run(argv: Sequence[str], *, cwd: Path | None = None, timeout: float = 60) -> bytes:
    """Run a command in the C locale and return what it wrote to standard output.

    Raises LocalError with the command and its output if it is absent, fails, or takes more than
    ``timeout`` seconds.
    """
    shown = shlex.join(argv)
    try:
        done = subprocess.run(
            argv,
            cwd=cwd,
            timeout=timeout,
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError as error:
        raise LocalError(f"{argv[0]}: no such command (needed for: {shown})") from error
    except subprocess.TimeoutExpired as error:
        raise LocalError(f"no end after {timeout:.0f} s: {shown}") from error
    except subprocess.CalledProcessError as error:
        output = (error.stderr or error.stdout).decode(errors="replace").strip()
        raise LocalError(f"exit {error.returncode}: {shown}\n{output}") from error
    return done.stdout


def converse(argv: Sequence[str]) -> None:
    """Run a command on the operator's terminal, for as long as it takes. Raises LocalError if it fails."""
    shown = shlex.join(argv)
    try:
        code = subprocess.run(argv, check=False).returncode
    except OSError as error:
        raise LocalError(f"{argv[0]}: cannot be run: {error.strerror} (needed for: {shown})") from error
    if code != 0:
        raise LocalError(f"exit {code}: {shown}")


def replace(argv: Sequence[str]) -> NoReturn:
    """Become this command: its terminal, signals and exit code are the operator's. Raises LocalError."""
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execvp(argv[0], list(argv))  # noqa: S606 - a list, and no shell
    except OSError as error:
        raise LocalError(f"{argv[0]}: cannot be run: {error.strerror}") from error
