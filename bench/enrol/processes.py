"""What calls of commands cost, called in turn."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.errors import BenchError

PYTHON = "/usr/bin/python3"  # the hosts', with the distribution's packages


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Call:
    """A command, what it reads, and the environment that it has besides ours."""

    argv: Sequence[str]
    stdin: bytes = b""
    environment: Mapping[str, str] = field(default_factory=dict)
    code: int = 0  # the exit code that it must end with
    prepare: Callable[[], None] = _nothing  # before each call, not counted
    helper: int = 0  # the process that does a part of its work, which is counted; 0: none


@dataclass(frozen=True)
class Cost:
    """Seconds."""

    processor: float
    elapsed: float


def run(call: Call) -> Cost:
    """Run a command, which must end as it says; raises BenchError."""
    call.prepare()
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
    if process.returncode != call.code:
        raise BenchError(
            f"{' '.join(call.argv)}: exit code {process.returncode}, not {call.code}: "
            f"{errors.decode()[-500:]}"
        )
    return Cost(usage.ru_utime + usage.ru_stime, elapsed)


def processor_seconds(pid: int) -> float:
    """Of a process and all its threads, so far: its clock as clock_getcpuclockid(3) makes it."""
    return time.clock_gettime(~pid << 3 | 2)


def measure(calls: Mapping[str, Call], rounds: int) -> dict[str, list[Cost]]:
    """Call each in turn, ``rounds`` times, so that what else the machine does meets all of them."""
    found: dict[str, list[Cost]] = {name: [] for name in calls}
    for call in calls.values():
        run(call)  # reads files and makes what is kept
    # From one look to the next, so that nothing is lost that a helper does after its answer.
    helped = {call.helper: processor_seconds(call.helper) for call in calls.values() if call.helper}
    for _ in range(rounds):
        for name, call in calls.items():
            cost = run(call)
            if call.helper:
                before = helped[call.helper]
                helped[call.helper] = processor_seconds(call.helper)
                cost = Cost(cost.processor + helped[call.helper] - before, cost.elapsed)
            found[name].append(cost)
    return found
