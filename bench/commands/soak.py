"""Simulated agents at work for an hour, while certificates are revoked and code is deployed."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from pathlib import Path

import click

from bench import command, results
from bench.agents import site
from bench.agents.nodes import Nodes, gone_afterwards
from bench.soaking import results as soaking
from bench.soaking import verdict
from bench.soaking.deploy import REFRESH
from bench.soaking.run import Plan, Soak
from lab import output

NAME = "bench/soak"
MINUTE = 60.0


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--agents", type=click.IntRange(1, 5000), default=50)
@click.option("--minutes", type=click.FloatRange(1), default=60.0)
@click.option(
    "--interval", type=click.FloatRange(5), default=60.0, help="Seconds from run to run of an agent."
)
@click.option(
    "--splay", type=click.FloatRange(0), help="Seconds over which the first runs are spread.  [interval]"
)
@click.option(
    "--apply",
    "apply_seconds",
    type=click.FloatRange(0),
    default=5.0,
    help="Seconds that an agent applies its catalog.",
)
@click.option("--deploy-every", type=click.FloatRange(0.5), default=10.0, help="Minutes.")
@click.option("--refresh", default=REFRESH, help="The command on a master that puts deployed code in force.")
@click.option(
    "--output", "path", type=click.Path(path_type=Path, dir_okay=False), default=results.RESULTS / "soak.json"
)
@click.option(
    "--start", is_flag=True, help="Start the lab, a CA with database and two masters, unless they run."
)
def soak(  # noqa: PLR0917 - click passes them by name
    agents: int,
    minutes: float,
    interval: float,
    splay: float | None,
    apply_seconds: float,
    deploy_every: float,
    refresh: str,
    path: Path,
    start: bool,
) -> int:
    """Run, show, judge."""
    if start:
        site.start(command.say)
    site.go_inside("bench.commands.soak", [word for word in sys.argv[1:] if word != "--start"])
    plan = Plan(
        agents=agents,
        seconds=minutes * MINUTE,
        interval=interval,
        splay=interval if splay is None else splay,
        apply_seconds=apply_seconds,
        deploy_every=deploy_every * MINUTE,
        refresh=refresh,
    )
    found = site.find(command.say)
    masters = ", ".join(host.name for host in found.masters)
    command.say(f"masters: {masters}; CA: {found.authority.host}")
    with tempfile.TemporaryDirectory(prefix="bench-soak-") as folder, gone_afterwards(Path(folder)):
        done = asyncio.run(_run(found, plan, Path(folder), path))
    wrong = [
        *done.problems,
        *verdict.of_requests(done.journal),
        *verdict.of_revocations(done.revocations),
        *verdict.of_deploys(done.deployer.deploys, end=done.measured, interval=interval),
        *verdict.of_memory(done.watch, minutes=done.measured / MINUTE),
    ]
    document = soaking.soak_document(done, wrong)
    results.write(path, document)
    console = output.console()
    soaking.show_soak(document, console)
    for each in wrong:
        console.print(f"WRONG: {each}", markup=False, highlight=False)
    console.print(f"{'FAILED' if wrong else 'passed'}; all figures: {path}", markup=False, highlight=False)
    return command.INTERRUPTED if done.interrupted else 1 if wrong else 0


async def _run(found: site.Site, plan: Plan, folder: Path, path: Path) -> Soak:
    def save(so_far: Soak) -> None:
        results.write(path, soaking.soak_document(so_far, ["it did not end by itself"]))

    work = Soak(found, plan, Nodes(found, folder), command.say, save)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, work.stop)
    await work.run()
    return work


if __name__ == "__main__":
    sys.exit(command.main(soak, NAME, sys.argv[1:]))
