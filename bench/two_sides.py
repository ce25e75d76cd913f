"""Two equal hosts in the lab: puppetserver beside our CA and master, as the differential test has them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import yaml

from bench.errors import BenchError
from bench.lab_up import keeps
from lab.errors import LabError
from lab.lifecycle import Say
from lab.state import State
from tests.differential import in_lab
from tests.differential.ca import UnexpectedAnswer
from tests.differential.sides import HostCommandFailed
from tests.e2e.support import Refused

INSTANCES = "instances"  # label -> id, beside what `sides.load` reads


@contextmanager
def as_bench_errors(what: str) -> Iterator[None]:
    """Raise BenchError for what the differential test's functions raise: on a host, or by an answer."""
    try:
        yield
    except (HostCommandFailed, UnexpectedAnswer, Refused, subprocess.SubprocessError, TimeoutError) as failed:
        raise BenchError(f"{what}: {failed}") from failed


def file_of(state: State) -> Path:
    """Which two instances are up for benchmarks; the file goes with the lab."""
    return state.run / "bench-sides.yaml"


@contextmanager
def two_sides(state: State, say: Say) -> Iterator[Path]:
    """Give a file for `tests.differential.sides.load`, in a lab that is up.

    On ``reference`` puppetserver runs as a CA; `setup.prepare_masters` lets it be a master instead. On
    ``ours`` everything runs. With BENCH_KEEP_LAB=1 they are those of an earlier part, and stay for the
    next one, until they or the lab end. Raises BenchError, LabError.
    """
    path = file_of(state)
    kept = _kept(state)
    if kept and keeps():
        say("both sides are up already")
        _describe(state, kept)
        yield path
        return
    say("launching both sides, puppetserver's and ours: some three minutes")
    with ExitStack() as stack:
        with as_bench_errors("both sides cannot be launched"):
            launched = stack.enter_context(in_lab.instances(state, {}))
        _describe(state, launched)
        if keeps():
            launched.clear()  # so nobody terminates them
        else:
            stack.callback(path.unlink, missing_ok=True)
        yield path


def _describe(state: State, launched: Mapping[str, str]) -> None:
    document = {**in_lab.description(state, launched), INSTANCES: dict(launched)}
    file_of(state).write_text(yaml.safe_dump(document), encoding="utf-8")


def _kept(state: State) -> dict[str, str]:
    """Label to id, of those in the file if they still run."""
    path = file_of(state)
    if not path.exists():
        return {}
    found: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))[INSTANCES]
    try:
        in_lab.description(state, found)
    except LabError:
        return {}
    return found
