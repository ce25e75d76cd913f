"""``list``, ``classify``, ``terminate`` and ``recommission``: nodes that are there already."""

from __future__ import annotations

from pathlib import Path

import click

from conductor import ending, hadoop, inventory, output, servers
from conductor.commands.common import config_option, open_cloud, output_option, seconds
from conductor.draining import drain


@click.command("list")
@config_option
@output_option
@click.pass_context
def list_nodes(ctx: click.Context, config: Path | None, form: str) -> None:
    """List nodes: instance, record, enrolment, last Puppet run."""
    output.show(inventory.read(open_cloud(ctx, config)), form)


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--drain", "drained", is_flag=True, help="Workers only: not before their work is elsewhere.")
@click.option(
    "--drain-deadline", callback=seconds, help="Give up after; else the configuration's drain: deadline."
)
@config_option
@click.pass_context
def terminate(
    ctx: click.Context, names: tuple[str, ...], drained: bool, drain_deadline: int | None, config: Path | None
) -> None:
    """End nodes: their certificates are revoked, their instances terminated.

    NAME is a certname, an instance id, a private name, a batch, or a role (all its nodes).

    With --drain a worker ends when HDFS has its blocks and YARN its containers elsewhere. A drain that is
    interrupted, or not done at its deadline, stays in force: the same command goes on with it, and
    `recommission` takes it back.
    """
    if drain_deadline is not None and not drained:
        raise click.UsageError("--drain-deadline is of use with --drain only")
    context = open_cloud(ctx, config)
    everybody = inventory.read(context)
    nodes = inventory.select(everybody, names)
    if drained:
        with output.ProgressView("drained") as view:
            drain.drain(context, everybody, nodes, view, deadline=drain_deadline)
    else:
        ending.end(context, nodes)


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@config_option
@click.pass_context
def recommission(ctx: click.Context, names: tuple[str, ...], config: Path | None) -> None:
    """Take back a drain (`terminate --drain`): the workers get blocks and containers again."""
    context = open_cloud(ctx, config)
    drain.recommission(context, inventory.select(inventory.read(context), names))


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@config_option
@click.pass_context
def classify(ctx: click.Context, names: tuple[str, ...], config: Path | None) -> None:
    """Give running nodes the classes and parameters that the configuration has now.

    They take effect at each node's next Puppet run.
    """
    context = open_cloud(ctx, config)
    for node in inventory.select(inventory.read(context), names):
        serves = inventory.classify(context, node)
        context.say(f"classified {node.role} {node.certname}")
        if serves or node.serves:
            servers.update(context)
    hadoop.update(context)
