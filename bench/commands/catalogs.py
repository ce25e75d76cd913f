"""Our master beside puppetserver, on two equal hosts of the lab: catalogs, whole runs, memory, start."""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import click

from bench import command, outcome
from bench.agents import site as lab_site
from bench.catalogs_beside import plan, shown
from bench.catalogs_beside.measure import Measurement
from bench.catalogs_beside.prepared import prepare
from bench.catalogs_beside.versions import versions
from bench.lab_up import inside, lab_for_bench
from bench.two_sides import as_bench_errors, two_sides
from lab.state import State
from tests.differential import sides

NAME = "catalogs"
MODULE = "bench.commands.catalogs"


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="One short round, with 1 and 4 agents at once.")
@click.option("--rounds", type=click.IntRange(1), help=f"Rounds.  [{plan.FULL.rounds}]")
@click.option(
    "--site",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Two hosts that are up, as `make differential` describes them; else both are launched.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="All figures, as JSON.")
def catalogs(quick: bool, rounds: int | None, site: Path | None, output: Path | None) -> int:
    """Launch both sides outside the lab's network, measure inside it."""
    if site is None:
        state = State.default()
        with lab_for_bench(state, command.say), two_sides(state, command.say) as launched:
            return inside(state, MODULE, ["--site", str(launched), *sys.argv[1:]])
    lab_site.go_inside(MODULE, sys.argv[1:])
    chosen = plan.QUICK if quick else plan.FULL
    return measure(site, replace(chosen, rounds=rounds or chosen.rounds), quick, output)


def measure(site: Path, chosen: plan.Plan, quick: bool, output: Path | None) -> int:
    """Measure, write, show."""
    begin = time.monotonic()
    command.say(f"this takes about {chosen.estimated_seconds / 60:.1f} minutes")
    with tempfile.TemporaryDirectory(prefix="catalogs-") as folder:
        prepared = prepare(sides.load(site), Path(folder), chosen, command.say)
        measurement = Measurement(prepared, chosen, command.say)
        with as_bench_errors("the measurement broke off"):
            figures = measurement.run()
            found = versions(prepared)
    return outcome.finish(
        NAME,
        shown,
        figures,
        wrong=measurement.wrong,
        versions=found,
        begin=begin,
        quick=quick,
        output=output,
    )


if __name__ == "__main__":
    sys.exit(command.main(catalogs, "bench/catalogs", sys.argv[1:]))
