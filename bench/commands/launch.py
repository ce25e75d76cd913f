"""What starting 1 to 500 instances takes under AWS's limits, in batches and one at a time."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import click

from bench import command, outcome
from bench.launching import shown
from bench.launching.measure import BATCHED, SINGLE, Run, figures, measure
from bench.launching.site import Site, cloud, environment

NAME = "launch"
INSTANCES, QUICK_INSTANCES = (1, 10, 50, 100, 250, 500), (1, 10, 50, 100)
SINGLES, QUICK_SINGLES = 40, 12
ROUNDS, QUICK_ROUNDS = 2, 1


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--quick", is_flag=True, help=f"{', '.join(map(str, QUICK_INSTANCES))}; {QUICK_SINGLES} singly."
)
@click.option(
    "--instances",
    type=click.IntRange(1, 1000),
    multiple=True,
    help=f"Started in batches; more than once: a curve.  [{', '.join(map(str, INSTANCES))}]",
)
@click.option(
    "--singles",
    type=click.IntRange(1, 1000),
    help=f"How many are started one at a time: their rate tells what all would take.  [{SINGLES}]",
)
@click.option("--rounds", type=click.IntRange(1), help=f"All of it in turn.  [{ROUNDS}]")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="All figures, as JSON.")
def launch(
    quick: bool,
    instances: Sequence[int],
    singles: int | None,
    rounds: int | None,
    output: Path | None,
) -> int:
    """Measure, write, show."""
    begin = time.monotonic()
    sizes = sorted(set(instances or (QUICK_INSTANCES if quick else INSTANCES)))
    singles = singles or (QUICK_SINGLES if quick else SINGLES)
    rounds = rounds or (QUICK_ROUNDS if quick else ROUNDS)
    said: list[str] = []
    runs = _measure([*((BATCHED, size) for size in sizes), (SINGLE, singles)], rounds, said)
    found = {
        "singles": singles,
        **figures(runs),
        "throttled": sorted({line for line in said if "asking more slowly" in line}),
    }
    return outcome.finish(
        NAME,
        shown,
        found,
        wrong=[each for run in runs for each in run.wrong],
        versions={name: version(name) for name in ("boto3", "moto")},
        begin=begin,
        quick=quick,
        output=output,
    )


def _measure(starts: Sequence[tuple[str, int]], rounds: int, said: list[str]) -> list[Run]:
    """Each start, in turn; ``said`` gets what the conductor tells."""
    runs: list[Run] = []
    with tempfile.TemporaryDirectory(prefix="launch-") as name:
        folder = Path(name)
        with cloud(folder) as there:
            environment(there.address, folder)
            site = Site(there, said)
            measure(site, BATCHED, 1)  # imports, and moto's own first times
            for number in range(rounds):
                for way, count in starts:
                    runs.append(measure(site, way, count))
                    command.say(f"round {number + 1}: {count} {way}: {runs[-1].seconds:.1f} s")
    return runs


if __name__ == "__main__":
    sys.exit(command.main(launch, "bench/launch", sys.argv[1:]))
