"""The command bench/launch: starting many instances under AWS's limits, in batches and one at a time."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bench import command
from bench.launching.measure import BATCHED, SINGLE, Run, measure, row, summary
from bench.launching.site import Site, cloud, environment
from bench.results import RESULTS, machine, write

WIDE = 170  # columns in a file or pipe


@click.command()
@click.option("--instances", type=click.IntRange(1, 1000), default=500, show_default=True)
@click.option(
    "--singles",
    type=click.IntRange(1, 1000),
    default=40,
    show_default=True,
    help="How many are started one at a time: their rate tells what all would take.",
)
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Both ways in turn.")
@click.option(
    "--output", type=click.Path(path_type=Path), default=RESULTS / "launch.json", help="All figures, as JSON."
)
def launch(instances: int, singles: int, rounds: int, output: Path) -> int:
    """What it takes to start many instances, with the calls that AWS grants a second."""
    runs: list[Run] = []
    said: list[str] = []
    with tempfile.TemporaryDirectory(prefix="launch-") as name:
        folder = Path(name)
        with cloud(folder) as there:
            environment(there.address, folder)
            site = Site(there, said)
            measure(site, BATCHED, 1)  # imports, and moto's own first times
            for number in range(rounds):
                for way, count in ((BATCHED, instances), (SINGLE, singles)):
                    runs.append(measure(site, way, count))
                    command.say(f"round {number + 1}: {count} {way}: {runs[-1].seconds:.1f} s")
    rows = summary(runs, instances)
    wrong = [each for run in runs for each in run.wrong]
    document = {
        "benchmark": "launch",
        "passed": not wrong,
        "wrong": wrong,
        "machine": machine(),
        "instances": instances,
        "summary": rows,
        "times_as_fast": rows[0]["per_second"] / rows[1]["per_second"],
        "throttled": sorted({line for line in said if "asking more slowly" in line}),
        "runs": [row(run) for run in runs],
    }
    write(output, document)
    _show(rows, instances)
    for each in wrong:
        print(f"WRONG: {each}", file=sys.stderr)
    return 1 if wrong else 0


def _show(rows: Sequence[dict[str, Any]], target: int) -> None:
    table = Table(
        "", "instances", "s", "instances/s", f"{target} take s", "conductor CPU s", "moto CPU s",
        "RunInstances", "other EC2", "S3", "throttled", "PUTs at once",
    )  # fmt: skip
    for each in rows:
        calls = each["calls"]
        objects = sum(number for name, number in calls.items() if name.startswith("S3"))
        table.add_row(
            each["way"],
            str(each["instances"]),
            f"{each['median_seconds']:.1f}",
            f"{each['per_second']:.1f}",
            f"{each['seconds_for_target']:.0f}",
            f"{each['conductor_processor_seconds']:.1f}",
            f"{each['cloud_processor_seconds']:.1f}",
            str(calls["RunInstances"]),
            str(sum(calls.values()) - objects - calls["RunInstances"]),
            str(objects),
            str(each["refused"]),
            str(each["records_at_once"]),
        )
    console = Console(highlight=False)
    (console if console.is_terminal else Console(width=WIDE, highlight=False)).print(table)


if __name__ == "__main__":
    sys.exit(command.main(launch, "bench/launch", sys.argv[1:]))
