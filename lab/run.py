"""The one place where the lab starts commands and waits for conditions."""

import os
import subprocess
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from lab.errors import CommandFailed, LabError

LOCALE = {"LC_ALL": "C.UTF-8"}


def run(
    argv: Sequence[str | Path],
    *,
    deadline: float = 60,
    expect: Collection[int] = (0,),
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    log: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and return it, with standard output and error joined in `stdout`.

    `deadline` is in seconds. With `log` the output goes to that file instead, so that a long build can be
    watched. Raises CommandFailed on an exit code that is not in `expect` and on a missed deadline.
    """
    words = [str(word) for word in argv]
    environment = {**os.environ, **LOCALE, **(env or {})}
    try:
        if log is None:
            done = subprocess.run(
                words,
                env=environment,
                input=stdin,
                timeout=deadline,
                text=True,
                errors="replace",
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
        else:
            with log.open("ab") as sink:
                done = subprocess.run(
                    words,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    timeout=deadline,
                    text=True,
                    stdout=sink,
                    stderr=subprocess.STDOUT,
                    check=False,
                )
    except FileNotFoundError as missing:
        raise CommandFailed(words, "no such command", "") from missing
    except subprocess.TimeoutExpired as late:
        raise CommandFailed(words, f"not done after {deadline:.0f} s", _decoded(late.stdout)) from late
    if done.returncode not in expect:
        output = done.stdout if log is None else log.read_text(errors="replace")
        raise CommandFailed(words, f"exit code {done.returncode}", output or "")
    return done


def _decoded(output: bytes | str | None) -> str:
    return output.decode(errors="replace") if isinstance(output, bytes) else output or ""


def wait_for(condition: Callable[[], bool], *, deadline: float, what: str, every: float = 0.1) -> None:
    """Return as soon as `condition` holds; raise LabError when it does not within `deadline` seconds."""
    end = time.monotonic() + deadline
    while not condition():
        if time.monotonic() > end:
            raise LabError(f"gave up after {deadline:.0f} s: {what}")
        time.sleep(every)
