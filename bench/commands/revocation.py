"""How long after `start_instance.py terminate` does each master refuse the node? Over several nodes."""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

import click

from bench import command, results
from bench.agents import site
from bench.agents.nodes import Nodes, gone_afterwards
from bench.soaking import results as soaking
from bench.soaking import verdict
from bench.soaking.revoking import Revocation, measure
from conductor.servers import MASTER_PORT
from lab import output

NAME = "bench/revocation"
PAUSE = 30.0  # seconds between two questions of a master to the CA: a run may begin at any moment of it


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--runs", type=click.IntRange(1, 1000), default=10)
@click.option(
    "--output",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=results.RESULTS / "revocation.json",
)
@click.option(
    "--start", is_flag=True, help="Start the lab, a CA with database and two masters, unless they run."
)
def revocation(runs: int, path: Path, start: bool) -> int:
    """Run, show, judge."""
    if start:
        site.start(command.say)
    site.go_inside("bench.commands.revocation", [word for word in sys.argv[1:] if word != "--start"])
    found = site.find(command.say)
    with tempfile.TemporaryDirectory(prefix="bench-revocation-") as folder, gone_afterwards(Path(folder)):
        done = asyncio.run(_run(found, runs, Path(folder)))
    wrong = list(verdict.of_revocations(done))
    document = soaking.revocations_document(done, wrong)
    results.write(path, document)
    console = output.console()
    soaking.show_revocations(document["revocations"], console)
    for each in wrong:
        console.print(f"WRONG: {each}", markup=False, highlight=False)
    console.print(
        f"{'FAILED' if wrong else 'passed'}; worst case {document['worst_seconds']} s; all figures: {path}",
        markup=False,
        highlight=False,
    )
    return 1 if wrong else 0


async def _run(found: site.Site, runs: int, folder: Path) -> list[Revocation]:
    nodes = Nodes(found, folder)
    servers = [(host.name, MASTER_PORT) for host in found.masters]
    began = time.monotonic()
    chance = random.Random()  # noqa: S311 - no secret: when in the masters' rhythm a run falls
    done = []
    for number in range(1, runs + 1):
        _, [identity] = await nodes.enrol(1)
        await asyncio.sleep(chance.uniform(0, PAUSE))
        each = Revocation(identity.certname, "start_instance.py terminate", time.monotonic() - began)
        try:
            await measure(identity, servers, lambda name=identity.certname: nodes.terminate(name), each)  # type: ignore[misc]
        except BaseException:
            await nodes.mark(identity.certname)
            raise
        command.say(f"{number} of {runs}: {each.row()['seconds']}, kept open: {each.kept_open}")
        done.append(each)
    return done


if __name__ == "__main__":
    sys.exit(command.main(revocation, NAME, sys.argv[1:]))
