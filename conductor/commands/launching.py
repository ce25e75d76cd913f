"""``start`` and ``resume``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import click

from conductor import inventory, output, roles
from conductor.commands.common import (
    config_option,
    configuration,
    connected,
    open_cloud,
    output_option,
    wait_option,
)
from conductor.context import Context
from conductor.errors import InterruptedLaunchError, NotFoundError
from conductor.instances import Instance
from conductor.launching import waiting
from conductor.launching.launch import launch, load_batch
from conductor.launching.preparing import prepare

START = "start"


@click.command(START)
@click.argument("target", metavar="ROLE|IMAGE")
@click.option("--count", type=click.IntRange(1, 100), help="How many; else the role's count, else 1.")
@wait_option
@config_option
@output_option
@click.pass_context
def start(  # noqa: PLR0917 - click passes them by name
    ctx: click.Context, target: str, count: int | None, wait: bool, config: Path | None, form: str
) -> None:
    """Start nodes of a ROLE, or of an IMAGE with the classes of the configuration's `node:`."""
    found = configuration(ctx, config)
    plan = roles.plan(found, target, count=count)
    context = connected(found)
    batch = prepare(context, plan, wait=wait)
    _started(context, lambda: launch(context, batch), classes=batch.record.classes, wait=wait, form=form)


@click.command()
@click.argument("batch")
@wait_option
@config_option
@output_option
@click.pass_context
def resume(ctx: click.Context, batch: str, wait: bool, config: Path | None, form: str) -> None:
    """Go on with a launch that was cut short: BATCH as told then. Nothing is started twice."""
    context = open_cloud(ctx, config)
    begun = load_batch(context, batch)
    if begun is None:
        raise NotFoundError(f"no batch {batch} in {context.store.url()}")
    classes = begun.record.classes
    _started(context, lambda: launch(context, begun, repeated=True), classes=classes, wait=wait, form=form)


def _started(
    context: Context,
    start_them: Callable[[], Sequence[Instance]],
    *,
    classes: Collection[str],
    wait: bool,
    form: str,
) -> None:
    started = start_them()
    try:
        for each in started:
            context.say(f"started {each.role} {each.id} ({each.private_name}), certname {each.certname}")
        if wait:
            with output.ProgressView() as view:
                waiting.wait_for(context, started, view, classes=classes)
        if form != "table":
            names = [each.certname for each in started]
            output.show([node for node in inventory.read(context) if node.certname in names], form)
    except KeyboardInterrupt as error:
        raise InterruptedLaunchError(started) from error
