"""What each tuning of our master is worth: the same requests, with it and without, in one run."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import click

from bench import command, outcome
from bench.agents import site as lab_site
from bench.lab_up import inside, lab_for_bench
from bench.tuning import shown
from bench.tuning.measure import measure
from bench.tuning.variants import QUICK_VARIANTS, VARIANTS
from bench.two_sides import as_bench_errors, two_sides
from lab.state import State
from tests.differential import sides

NAME = "tunings"
MODULE = "bench.commands.tunings"
ROUNDS, QUICK_ROUNDS = 2, 1


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="One round, of the whole and of none of it.")
@click.option("--rounds", type=click.IntRange(1), help=f"All variants in turn.  [{ROUNDS}]")
@click.option(
    "--site",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Two hosts that are up, as `make differential` describes them; else both are launched.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="All figures, as JSON.")
def tunings(quick: bool, rounds: int | None, site: Path | None, output: Path | None) -> int:
    """Launch both sides outside the lab's network, measure inside it."""
    if site is None:
        state = State.default()
        with lab_for_bench(state, command.say), two_sides(state, command.say) as launched:
            return inside(state, MODULE, ["--site", str(launched), *sys.argv[1:]])
    lab_site.go_inside(MODULE, sys.argv[1:])
    begin = time.monotonic()
    ours = sides.load(site).ours
    with tempfile.TemporaryDirectory(prefix="tunings-") as folder:
        variants, usual = (QUICK_VARIANTS, QUICK_ROUNDS) if quick else (VARIANTS, ROUNDS)
        figures = measure(ours, Path(folder), variants, rounds or usual, command.say)
    with as_bench_errors("the versions cannot be told"):
        packages = ours.run("dpkg-query -W -f '${Package} ${Version}\\n' puppet-agent ruby3.3 libjemalloc2")
    return outcome.finish(
        NAME,
        shown,
        figures,
        wrong=[],
        versions=dict(line.split(" ", 1) for line in packages.splitlines()),
        begin=begin,
        quick=quick,
        output=output,
    )


if __name__ == "__main__":
    sys.exit(command.main(tunings, "bench/tunings", sys.argv[1:]))
