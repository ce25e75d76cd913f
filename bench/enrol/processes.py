"""What calls of commands cost."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.errors import BenchError

PYTHON = "/usr/bin/python3"  # the hosts', with the distribution's packages


@dataclass(frozen=True)
class Call:
    """A command, what it reads, and the environment that it has besides ours."""

    argv: Sequence[str]
    stdin: bytes = b""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cost:
    """Seconds."""

    processor: float
    elapsed: float


def run(call: Call) -> Cost:
    """Run a command, which must succeed; raises BenchError."""
    begin = time.perf_counter()
    with subprocess.Popen(
        call.argv,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **call.environment},
    ) as process:
        assert process.stdin is not None and process.stderr is not None  # noqa: S101
        process.stdin.write(call.stdin)
        process.stdin.close()
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise BenchError(f"{' '.join(call.argv)}: exit code {process.returncode}: {errors.decode()[-500:]}")
    return Cost(usage.ru_utime + usage.ru_stime, elapsed)


def measure(calls: Mapping[str, Call], repeat: int) -> dict[str, Cost]:
    """Call each in turn, ``repeat`` times, so that what else the machine does meets all; return medians."""
    found: dict[str, list[Cost]] = {name: [] for name in calls}
    for name, call in calls.items():
        run(call)  # reads files and makes what is kept
        del name
    for _ in range(repeat):
        for name, call in calls.items():
            found[name].append(run(call))
    return {
        name: Cost(median(cost.processor for cost in costs), median(cost.elapsed for cost in costs))
        for name, costs in found.items()
    }
