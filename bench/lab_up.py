"""The lab for a benchmark: up while it runs, and left as it was found."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lab import access, lifecycle
from lab.lifecycle import Say
from lab.state import State

KEEP = "BENCH_KEEP_LAB"  # bench/all sets it to 1: the next part goes on with what is up
CHECKOUT = Path(__file__).resolve().parents[1]


def keeps() -> bool:
    """Whether what a part starts is to stay up for the next one."""
    return os.environ.get(KEEP) == "1"


@contextmanager
def lab_for_bench(state: State, say: Say, suites: Iterable[str] = ()) -> Iterator[None]:
    """A lab that is up is used, and left up; else one is started, and taken down again unless it is kept.

    ``suites``: releases to have images of besides the default one. Raises LabError.
    """
    was_up = lifecycle.is_running(state)
    lifecycle.up(state, say, suites)
    try:
        yield
    finally:
        if not (was_up or keeps()):
            lifecycle.down(state, say)


def inside(state: State, module: str, arguments: Sequence[str]) -> int:
    """Run a module in the lab's network, where the names of instances mean something; its exit code.

    The caller goes on afterwards, and so can end what it launched; `site.go_inside` never comes back.
    """
    argv = access.inside(state, [sys.executable, "-m", module, *arguments])
    environment = {**access.environment(state), "PYTHONPATH": str(CHECKOUT)}
    return subprocess.run(argv, cwd=CHECKOUT, env=environment, check=False).returncode
