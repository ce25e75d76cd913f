"""``start`` and ``resume``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import click

from conductor import inventory, output, roles
from conductor.commands.common import (
    config_option,
    configuration,
    connected,
    open_cloud,
    output_option,
    steal_option,
    wait_option,
)
from conductor.commands.completing import complete_roles
from conductor.context import Context
from conductor.errors import InterruptedLaunchError, LaunchError, NotFoundError
from conductor.fleet.locking import locked
from conductor.instances import Instance
from conductor.launching import batches, waiting
from conductor.launching.launch import load_batch
from conductor.launching.preparing import wait_for_servers
from conductor.record import Record
from conductor.settings import MOST

START = "start"


@click.command(START)
@click.argument("target", metavar="ROLE|IMAGE", shell_complete=complete_roles)
@click.option("--count", type=click.IntRange(1, MOST), help="How many; else the role's count, else 1.")
@click.option("--keep-partial", is_flag=True, help="Where fewer can be had, keep those; else all end again.")
@wait_option
@steal_option
@config_option
@output_option
@click.pass_context
def start(  # noqa: PLR0917 - click passes them by name
    ctx: click.Context,
    target: str,
    count: int | None,
    keep_partial: bool,
    wait: bool,
    steal: bool,
    config: Path | None,
    form: str,
) -> None:
    """Start nodes of a ROLE, or of an IMAGE with the classes of the configuration's `node:`.

    Up to a hundred are launched with one call, so that all of them come or none. Where the cloud has no room
    for so many, smaller batches and the other zones (subnet_ids) are tried. `resume` goes on with a start
    that was cut short.

    \b
    Examples:
      start_instance.py puppetmaster --wait
      start_instance.py start worker --count 500
      start_instance.py start worker --count 20 --keep-partial -o json
    """
    found = configuration(ctx, config)
    plan = roles.plan(found, target, count=count)
    context = connected(found)
    if wait:  # before others are locked out: it is they who start what is waited for
        wait_for_servers(context, plan)
    with locked(context, f"start {target}", steal=steal):
        started = batches.start(context, plan, count=plan.count, keep_partial=keep_partial)
    _started(context, started, wait=wait, form=form)
    if len(started) < plan.count:
        raise LaunchError(
            f"{plan.count} x {plan.role} asked for, {len(started)} started",
            advice="the messages above say why; the same command starts more",
        )


@click.command()
@click.argument("batch", required=False)
@wait_option
@steal_option
@config_option
@output_option
@click.pass_context
def resume(  # noqa: PLR0917 - click passes them by name
    ctx: click.Context, batch: str | None, wait: bool, steal: bool, config: Path | None, form: str
) -> None:
    """Go on with what was cut short: the start that BATCH is part of, or all. Nothing is started twice.

    \b
    Examples:
      start_instance.py resume
      start_instance.py resume --wait 1f0c7a52-5a0e-4c43-b58c-3c1d6f6f9d10
    """
    context = open_cloud(ctx, config)
    if batch is not None and load_batch(context, batch) is None:
        raise NotFoundError(f"no batch {batch} in {context.store.url()}", advice="start_instance.py resume")
    with locked(context, "resume", steal=steal):
        started = batches.go_on(context, [batch] if batch else ())
    if started is None:
        if batch is not None:
            raise LaunchError(f"batch {batch} is over: there is nothing to go on with")
        context.say("nothing to go on with: no start was cut short")
    _started(context, started or [], wait=wait, form=form)


def _started(context: Context, started: Sequence[Instance], *, wait: bool, form: str) -> None:
    try:
        for each in started:
            context.say(f"started {each.role} {each.id} ({each.private_name}), certname {each.certname}")
        if wait and started:
            with output.ProgressView() as view:
                waiting.wait_for(context, started, view, classes=_classes(context, started))
        if form != "table":
            names = {each.certname for each in started}
            output.show([node for node in inventory.read(context) if node.certname in names], form)
    except KeyboardInterrupt as error:
        raise InterruptedLaunchError(started) from error


def _classes(context: Context, started: Sequence[Instance]) -> Collection[str]:
    """Of all of them: whether there is a CA among them, say."""
    bodies = context.store.get_all({each.batch: each.certname for each in started}.values())
    return {name for key, body in bodies.items() for name in Record.parse(key, body).classes}
