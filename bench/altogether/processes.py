"""A part as a process of its own: what it says is passed on, and it ends by its deadline or is ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

GRACE = 90.0  # seconds in which an interrupted part takes away what it launched
LEFT_OPEN = 2.0  # seconds for the rest of its output: what it left running may hold the pipe for ever


@dataclass(frozen=True)
class Ended:
    """How a process ended. ``code`` is negative for a signal, as subprocess has it."""

    code: int
    seconds: float
    hung: bool  # it was ended at its deadline
    last: str  # of its lines on standard error


def run(
    argv: Sequence[str],
    *,
    deadline: float,
    environment: Mapping[str, str] | None = None,
    grace: float = GRACE,
) -> Ended:
    """Run it to its end. On Ctrl-C it is interrupted too, and KeyboardInterrupt raised when it has ended."""
    return Running(argv, environment, grace).wait(deadline)


class Running:
    """A process that has been started. ``grace``: seconds that it has to end once it is interrupted."""

    def __init__(
        self, argv: Sequence[str], environment: Mapping[str, str] | None = None, grace: float = GRACE
    ) -> None:
        self._grace = grace
        self._begun = time.monotonic()
        self._process = subprocess.Popen(
            argv,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            process_group=0,  # so that a signal reaches what it has started as well
        )
        assert self._process.stderr is not None  # noqa: S101 - a pipe was asked for
        self._said: list[str] = []
        self._passing_on = threading.Thread(
            target=_pass_on, args=(self._process.stderr, self._said), daemon=True
        )
        self._passing_on.start()

    def wait(self, deadline: float) -> Ended:
        """Let it come to its end, for that many seconds from now. Ctrl-C as with `run`."""
        hung = False
        try:
            self._process.wait(deadline)
        except subprocess.TimeoutExpired:
            hung = True
            _interrupt(self._process, self._grace)
        except KeyboardInterrupt:
            _interrupt(self._process, self._grace)
            raise
        finally:
            _kill_rest(self._process)
            self._passing_on.join(LEFT_OPEN)
        last = self._said[-1] if self._said else ""
        return Ended(self._process.returncode, time.monotonic() - self._begun, hung, last)

    def end(self) -> None:
        """Interrupt it, and see to it that it has ended."""
        self.wait(0)


def _pass_on(stream: IO[str], said: list[str]) -> None:
    for line in stream:
        sys.stderr.write(line)
        sys.stderr.flush()
        if line.strip():
            said[:] = [line.strip()]


def _interrupt(process: subprocess.Popen[str], grace: float) -> None:
    """As Ctrl-C does it. A second Ctrl-C does not wait any longer."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    with suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
        process.wait(grace)


def _kill_rest(process: subprocess.Popen[str]) -> None:
    """What is left of its group: itself if it did not end, and processes that it has forgotten."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
