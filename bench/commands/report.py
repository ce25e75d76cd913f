"""The command bench/report: the figures of the last runs once more, without measuring anything."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bench import command, tables
from bench.errors import BenchError
from bench.parts import PARTS
from docs.generate import benchmarks as page


@click.command()
@click.option("--quick", is_flag=True, help="Those of quick runs.")
@click.option(
    "--plots", type=click.Path(path_type=Path, file_okay=False), help="Draw their pictures into this folder."
)
@click.argument("names", metavar="[PART]...", nargs=-1, type=click.Choice([part.name for part in PARTS]))
def report(quick: bool, plots: Path | None, names: tuple[str, ...]) -> int:
    """Show tables and goals of all parts that have figures, or of those named, as docs/benchmarks.md does."""
    found = {name: held for name, held in page.documents(quick=quick).items() if not names or name in names}
    parts = [part for part in PARTS if part.name in found]
    if not parts:
        raise BenchError("there are no figures; measure some: bench/all")
    for part in parts:
        document = found[part.name]
        print(f"\n{part.name}, measured at {document['machine']['at']}")
        print(*(f"WRONG: {each}\n" for each in document["wrong"]), sep="", end="")
        tables.show(part.shown.tables(document))
    if goals := page.goals(found, "{part}: {goal}"):
        tables.show([tables.of_goals(goals)])
    if plots is not None:
        page.pictures(found, plots)
    return 0


if __name__ == "__main__":
    sys.exit(command.main(report, "bench/report", sys.argv[1:]))
