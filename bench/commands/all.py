"""The command bench/all: every part, one after another, and at the end what became of each."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click

from bench import command, results, tables
from bench.altogether import outcomes
from bench.altogether.lab import LabOfAll
from bench.altogether.outcomes import Outcome
from bench.altogether.run import Run
from bench.parts import PARTS, Part
from docs.generate import benchmarks as page
from lab.errors import LabError
from lab.state import State

NAMES = tuple(part.name for part in PARTS)


@click.command()
@click.option("--quick", is_flag=True, help="Smaller sizes: minutes; the page keeps its figures.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="What became of each part, as JSON; of a run of all parts it goes to bench/results by itself.",
)
@click.argument("names", metavar="[PART]...", nargs=-1, type=click.Choice(NAMES))
def run_all(quick: bool, output: Path | None, names: tuple[str, ...]) -> int:
    """Run all parts, or those named. A quick run leaves `cluster` out; one that fails hides no other.

    A full run in which every part has new figures writes docs/benchmarks.md anew.
    """
    planned = [part for part in PARTS if part.in_quick or not quick]
    parts = [part for part in PARTS if part.name in names] or planned
    _require_root(parts)
    for ends in (signal.SIGINT, signal.SIGTERM):  # a shell's background job would ignore the first
        signal.signal(ends, signal.default_int_handler)
    begun = time.monotonic()
    found: list[Outcome] = []
    lab = LabOfAll(State.default(), command.say)
    wrong: list[str] = []
    try:
        for outcome in Run(quick, lab, command.say).outcomes(parts):
            found.append(outcome)  # one by one: those before a Ctrl-C are shown
    finally:
        try:
            lab.end()
        except LabError as failed:
            wrong = [f"the lab is not as it was found: {failed}"]
        seconds = time.monotonic() - begun
        tables.show([outcomes.table(found, seconds)] if found else [])
        print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    whole = set(parts) >= set(planned)
    if output is None and whole:
        output = results.file_of("all", quick=quick)
    document = outcomes.document(found, wrong, seconds, quick=quick)
    if output is not None:
        results.write(output, document)
    measured = {each.part for each in found if each.measured}
    figures = {name: held for name, held in page.documents(quick=quick).items() if name in measured}
    if goals := page.goals(figures, "{part}: {goal}"):
        tables.show([tables.of_goals(goals)])
    if quick:
        page.pictures(figures, results.RESULTS / "quick")
    elif whole:
        _write_page(found)
    return 0 if document["passed"] else 1


def _write_page(found: Sequence[Outcome]) -> None:
    """Not with figures of several runs: then the page stays that of an earlier one."""
    if old := [each.part for each in found if not each.measured]:
        command.say(f"docs/benchmarks.md is left as it was: there are no new figures of {', '.join(old)}")
        return
    page.write()
    command.say("docs/benchmarks.md is of this run now")


def _require_root(parts: list[Part]) -> None:
    in_lab = [part.name for part in parts if part.lab]
    if in_lab and os.geteuid() != 0:
        others = [part.name for part in parts if not part.lab]
        instead = f"without root there is: bench/all {' '.join(others)}" if others else "none does without"
        need = "needs" if len(in_lab) == 1 else "need"
        raise click.UsageError(f"{', '.join(in_lab)} {need} the lab, and with it root: use sudo; {instead}")


if __name__ == "__main__":
    sys.exit(command.main(run_all, "bench/all", sys.argv[1:]))
