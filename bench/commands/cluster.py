"""The demo's timeline, phase by phase, for clusters of several sizes, and the floor beside it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from bench import command, outcome
from bench.errors import BenchError
from bench.lab_up import keeps, lab_for_bench
from bench.timeline import cluster as demo
from bench.timeline import figures, floor, shown
from lab.cluster import Cluster
from lab.errors import LabError
from lab.state import State

NAME = "cluster"
# More sizes and rounds by options: each `up` takes four to nine minutes on two cores.
SIZES, COMPARED, ROUNDS = "2,8", 2, 1
QUICK_SIZES, QUICK_COMPARED, QUICK_ROUNDS = "1", 0, 1


def numbers(_: click.Context, __: click.Parameter, value: str | None) -> list[int] | None:
    """``1,2,4``; raises BadParameter."""
    try:
        return None if value is None else [max(1, int(each)) for each in value.split(",")]
    except ValueError as wrong:
        raise click.BadParameter("numbers with commas between them") from wrong


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="One worker, without the floor.")
@click.option("--sizes", callback=numbers, help=f"Numbers of workers.  [{SIZES}]")
@click.option(
    "--compared",
    type=click.IntRange(0),
    help=f"Workers where the floor is measured too; 0: it is not.  [{COMPARED}]",
)
@click.option("--rounds", type=click.IntRange(1), help=f"Of `up` and floor in turn.  [{ROUNDS}]")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="All figures, as JSON.")
def cluster(
    quick: bool, sizes: list[int] | None, compared: int | None, rounds: int | None, output: Path | None
) -> int:
    """Measure, write, show."""
    begin = time.monotonic()
    if compared is None:
        compared = QUICK_COMPARED if quick else COMPARED
    rounds = rounds or (QUICK_ROUNDS if quick else ROUNDS)
    sizes = sizes or [int(each) for each in (QUICK_SIZES if quick else SIZES).split(",")]
    state = State.default()
    wrong: list[str] = []
    with lab_for_bench(state, command.say):
        session = Session(Cluster(state, command.say))
        demo.require_empty(session.lab, command.say)
        for number in range(rounds if compared else 0):
            command.say(f"round {number + 1} of {rounds}, {compared} workers")
            wrong += session.both(compared)
        alone = [size for size in sizes if size != compared]
        for number, size in enumerate(alone, 1):
            wrong += session.up(size, leave_master=number == len(alone) and keeps())
    if not any(run["kind"] == figures.UP for run in session.runs):
        raise BenchError("no cluster came up:\n" + "\n".join(wrong))
    found = {
        "compared_workers": compared,
        "compared": figures.compared(session.runs, compared),
        "runs": session.runs,
    }
    return outcome.finish(
        NAME,
        shown,
        found,
        wrong=wrong,
        versions=session.versions,
        begin=begin,
        quick=quick,
        output=output,
    )


@dataclass
class Session:
    """What was measured so far. Each method gives what went wrong: one failure does not end the rest."""

    lab: Cluster
    runs: list[dict[str, Any]] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)

    def up(
        self,
        workers: int,
        then: Callable[[demo.Measured], None] | None = None,
        *,
        leave_master: bool = False,
    ) -> list[str]:
        """As an operator starts it; ``then`` is called while the cluster is there."""
        command.say(f"`up` with {workers} workers")
        config = demo.settings_file(self.lab.state, workers)
        try:
            with demo.ended(self.lab, config, leave_master=leave_master):
                found = demo.measure(self.lab, config, workers)
                self.runs.append(figures.document(found, figures.UP))
                self.versions |= demo.versions(self.lab.state)
                if then:
                    then(found)
        except LabError as failed:
            return [f"`up` with {workers} workers: {failed}"]
        return []

    def both(self, workers: int) -> list[str]:
        """`up`, and then the floor with what that cluster was made of."""
        recipes: dict[str, floor.Recipe] = {}
        wrong = self.up(workers, lambda found: recipes.update(floor.recipes(self.lab.state, found.nodes)))
        if not recipes:
            return wrong
        command.say(f"the floor with {workers} workers")
        try:
            with floor.terminated(self.lab.state):
                self.runs.append(figures.document(floor.measure(self.lab, recipes, workers), figures.FLOOR))
        except (LabError, BenchError) as failed:
            wrong.append(f"the floor with {workers} workers: {failed}")
        return wrong


if __name__ == "__main__":
    sys.exit(command.main(cluster, "bench/cluster", sys.argv[1:]))
