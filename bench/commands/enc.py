"""What a classification costs: node_classifier with its cache and store in each state, and its helper."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import click

from bench import command, outcome
from bench.classifying import measure, shown
from bench.enrol import figures, tls
from bench.enrol.versions import versions

NAME = "enc"
ROUNDS, QUICK_ROUNDS = 35, 3


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help=f"{QUICK_ROUNDS} rounds.")
@click.option("--rounds", type=click.IntRange(1), help=f"Calls of each, in turn.  [{ROUNDS}]")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="All figures, as JSON.")
def enc(quick: bool, rounds: int | None, output: Path | None) -> int:
    """Measure, write, show."""
    begin = time.monotonic()
    rounds = rounds or (QUICK_ROUNDS if quick else ROUNDS)
    command.say(f"{rounds} rounds of calls")
    with tempfile.TemporaryDirectory(prefix="enc-") as folder:
        found = measure.run(Path(folder), tls.make_pair(Path(folder)), rounds)
    return outcome.finish(
        NAME,
        shown,
        found,
        wrong=figures.over_limit(found["limits"]),
        versions=versions(),
        begin=begin,
        quick=quick,
        output=output,
    )


if __name__ == "__main__":
    sys.exit(command.main(enc, "bench/enc", sys.argv[1:]))
