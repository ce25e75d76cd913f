"""How many nodes at an interval of 30 minutes one master carries, and what gives out first."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import click

from bench import command, outcome
from bench.agents import site
from bench.agents.nodes import Nodes, gone_afterwards
from bench.lab_up import lab_for_bench
from bench.scaling import document, shown
from bench.scaling.crowd import Crowd
from bench.scaling.growth import Known, grow
from bench.scaling.measure import Measured, Plan
from lab.state import State

NAME = "scale"
FULL = Plan(
    agents=50,
    nodes=(500, 1000, 2000),
    cores=(2, 1),
    rounds=2,
    idle=10,  # as often as node_status looks
    alone=3,
    step=9,
    most=9,
    known=(10, 500, 2000),
    known_runs=4,
)
QUICK = Plan(
    agents=12,
    nodes=(2000,),
    cores=(2,),
    rounds=1,
    idle=2,
    alone=1,
    step=5,
    most=4,
    known=(200,),
    known_runs=1,
)


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option(
    "--quick", is_flag=True, help="Two cores only, fewer agents and rates, shorter steps, one round."
)
@click.option("--agents", type=click.IntRange(2, 1000), help="How many are enrolled.")
@click.option("--rounds", type=click.IntRange(1, 100), help="With 2 cores and with 1, in turn.")
@click.option("--seconds", type=click.FloatRange(1), help="For each rate.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="All figures, as JSON.")
def scale(
    quick: bool, agents: int | None, rounds: int | None, seconds: float | None, output: Path | None
) -> int:
    """Run, show, judge."""
    if not site.is_inside():
        with lab_for_bench(State.default(), command.say), site.a_puppetmaster(command.say):
            return site.run_inside("bench.commands.scale", sys.argv[1:])
    plan = QUICK if quick else FULL
    plan = replace(
        plan,
        agents=agents or plan.agents,
        rounds=rounds or plan.rounds,
        step=seconds or plan.step,
        most=seconds or plan.most,
    )
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-scale-") as folder, gone_afterwards(Path(folder)):
        done, known = asyncio.run(_run(plan, Path(folder)))
    figures = {"plan": vars(plan), **document.of(done, known)}
    return outcome.finish(
        NAME,
        shown,
        figures,
        wrong=document.wrong(figures),
        versions=site.versions(done.site, done.crowd.master),
        begin=begin,
        quick=quick,
        output=output,
    )


async def _run(plan: Plan, folder: Path) -> tuple[Measured, list[Known]]:
    found = site.find(command.say)
    nodes = Nodes(found, folder)
    command.say(f"enrolling {plan.agents} agents at the CA")
    batch, identities = await nodes.enrol(plan.agents)
    try:
        crowd = Crowd(found, found.masters[0])
        crowd.join(identities)
        done = Measured(found, crowd, plan, command.say)
        try:
            await done.run()
            known = await grow(done, plan.known, plan.known_runs)
        finally:
            await done.leave()
    finally:
        command.say("ending the agents' records")
        await nodes.terminate(batch)
    return done, known


if __name__ == "__main__":
    sys.exit(command.main(scale, "bench/scale", sys.argv[1:]))
