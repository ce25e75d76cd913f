"""What a worker's catalog takes while PuppetDB knows up to 1,000 nodes that export resources."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import click

from bench import command, outcome
from bench.agents import site
from bench.agents.nodes import gone_afterwards
from bench.errors import BenchError
from bench.lab_up import lab_for_bench
from bench.stored import shown
from bench.stored.run import Filled, Plan
from lab.errors import LabError
from lab.state import State

NAME = "database"
SIZES, QUICK_SIZES = (10, 100, 1000), (10, 50)
TIMES, QUICK_TIMES = 15, 3


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--quick", is_flag=True, help=f"{QUICK_SIZES} nodes instead of {SIZES}.")
@click.option(
    "--nodes",
    type=click.IntRange(1, 10_000),
    multiple=True,
    help="A size, in place of those; more than once for several.",
)
@click.option("--times", type=click.IntRange(1), help=f"Catalogs of each kind at each size.  [{TIMES}]")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="All figures, as JSON.")
def database(quick: bool, nodes: tuple[int, ...], times: int | None, output: Path | None) -> int:
    """Run, show, judge."""
    state = State.default()
    if not site.is_inside():
        with lab_for_bench(state, command.say), site.a_puppetmaster(command.say):
            return site.run_inside("bench.commands.database", sys.argv[1:])
    sizes = tuple(sorted(set(nodes))) or (QUICK_SIZES if quick else SIZES)
    plan = Plan(sizes, times or (QUICK_TIMES if quick else TIMES))
    begin = time.monotonic()
    done = Filled(site.find(command.say), plan, command.say)
    wrong: list[str] = []
    try:
        with tempfile.TemporaryDirectory(prefix="bench-database-") as folder, gone_afterwards(Path(folder)):
            asyncio.run(done.run(Path(folder)))
    except (BenchError, LabError) as error:
        wrong.append(str(error))
    return outcome.finish(
        NAME,
        shown,
        {"times": plan.times, "sizes": [size.document() for size in done.sizes]},
        wrong=wrong,
        versions=site.versions(done.site, done.database.host),
        begin=begin,
        quick=quick,
        output=output,
    )


if __name__ == "__main__":
    sys.exit(command.main(database, "bench/database", sys.argv[1:]))
