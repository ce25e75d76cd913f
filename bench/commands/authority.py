"""From request to certificate at our CA and at puppetserver's, on equal hosts in the lab."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click

from bench import command, outcome
from bench.authority_beside import shown
from bench.errors import BenchError
from bench.lab_up import inside, lab_for_bench
from bench.two_sides import two_sides
from lab.state import State

NAME = "authority"


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="One start of each, and some nodes: a minute, once both run.")
@click.option(
    "--sides",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Two hosts that run already, in the lab that is up (tests/differential/sides.py).",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="All figures, as JSON.")
def authority(quick: bool, sides: Path | None, output: Path | None) -> int:
    """Measure, write, show."""
    begin = time.monotonic()
    state = State.default()
    if sides:
        found = _measure(state, sides, quick)
    else:
        with lab_for_bench(state, command.say), two_sides(state, command.say) as launched:
            found = _measure(state, launched, quick)
    return outcome.finish(
        NAME,
        shown,
        found,
        wrong=found.pop("wrong"),
        versions=found.pop("versions"),
        begin=begin,
        quick=quick,
        output=output,
    )


def _measure(state: State, sides: Path, quick: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="authority-") as name:
        figures = Path(name) / "figures.json"
        words = [str(sides), str(figures), *(["--quick"] if quick else [])]
        if inside(state, "bench.authority_beside.inside", words) != 0:
            raise BenchError("the measurement in the lab's network failed; it has said why")
        found: dict[str, Any] = json.loads(figures.read_text(encoding="utf-8"))
        return found


if __name__ == "__main__":
    sys.exit(command.main(authority, "bench/authority", sys.argv[1:]))
