"""What enrolment costs on one machine: a decision about a request, and a sweep of all that wait."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click

from bench import command, outcome
from bench.enrol import commands, figures, shown, sweep, tls
from bench.enrol.versions import versions

NAME = "enrolment"
CALLS, QUICK_CALLS = 61, 11
ROUNDS, QUICK_ROUNDS = 3, 1
SIZES, QUICK_SIZES = (10, 100, 1000), (10, 100)


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--quick",
    is_flag=True,
    help=f"{QUICK_CALLS} calls of each command, {QUICK_ROUNDS} sweep of each of {QUICK_SIZES}.",
)
@click.option("--calls", type=click.IntRange(1), help=f"Of each command, in turn.  [{CALLS}]")
@click.option(
    "--waiting",
    type=click.IntRange(1),
    multiple=True,
    help=f"Requests at a sweep; more than once: a curve.  [{', '.join(map(str, SIZES))}]",
)
@click.option("--rounds", type=click.IntRange(1), help=f"Sweeps of each size, in turn.  [{ROUNDS}]")
@click.option(
    "--delay",
    type=click.FloatRange(0),
    default=30.0,
    show_default=True,
    help="Of each of the store's answers, ms.",
)
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Where to make the CA: its disk's fsync counts.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="All figures, as JSON.")
def enrolment(  # noqa: PLR0917 - click passes them by name
    quick: bool,
    calls: int | None,
    waiting: Sequence[int],
    rounds: int | None,
    delay: float,
    directory: Path | None,
    output: Path | None,
) -> int:
    """Measure, write, show."""
    begin = time.monotonic()
    calls = calls or (QUICK_CALLS if quick else CALLS)
    rounds = rounds or (QUICK_ROUNDS if quick else ROUNDS)
    sizes = sorted(set(waiting or (QUICK_SIZES if quick else SIZES)))
    with tempfile.TemporaryDirectory(prefix="enrolment-", dir=directory) as name:
        folder = Path(name)
        for part in ("commands", "sweep"):
            (folder / part).mkdir()
        pair = tls.make_pair(folder)
        command.say(f"{calls} rounds of calls")
        decisions = commands.run(folder / "commands", pair, calls)
        sweeps = sweep.run(
            folder / "sweep",
            pair,
            sizes=sizes,
            rounds=rounds,
            delay=delay / 1000,
            say=command.say,
        )
    return outcome.finish(
        NAME,
        shown,
        {"delay": delay / 1000, "decisions": decisions, "sweeps": sweeps},
        wrong=[*figures.over_limit(decisions), *sweep.over_limit(sweeps)],
        versions=versions(),
        begin=begin,
        quick=quick,
        output=output,
    )


if __name__ == "__main__":
    sys.exit(command.main(enrolment, "bench/enrolment", sys.argv[1:]))
