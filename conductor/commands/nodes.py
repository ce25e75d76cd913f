"""``list``, ``classify``, ``terminate`` and ``recommission``: nodes that are there already."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from conductor import editing, ending, hadoop, inventory, output, roles, servers
from conductor.commands.common import config_option, open_cloud, output_option, seconds, steal_option
from conductor.commands.completing import complete_lasting, complete_names
from conductor.context import Context
from conductor.draining import drain
from conductor.fleet import volumes
from conductor.fleet.locking import locked
from conductor.inventory import Node
from conductor.login import naming
from conductor.login.remembered import everybody


@click.command("list")
@config_option
@output_option
@click.pass_context
def list_nodes(ctx: click.Context, config: Path | None, form: str) -> None:
    """List nodes: instance, record, enrolment, last Puppet run. Volumes that were left behind are told of.

    \b
    Examples:
      start_instance.py list
      start_instance.py list -o json | jq -r '.[] | select(.role == "worker") | .instance_id'
    """
    context = open_cloud(ctx, config)
    output.show(everybody(context), form)
    volumes.tell_left(context)


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True, shell_complete=complete_lasting)
@click.option("--drain", "drained", is_flag=True, help="Workers only: not before their work is elsewhere.")
@click.option(
    "--drain-deadline", callback=seconds, help="Give up after; else the configuration's drain: deadline."
)
@steal_option
@config_option
@output_option
@click.pass_context
def terminate(  # noqa: PLR0917 - click passes them by name
    ctx: click.Context,
    names: tuple[str, ...],
    drained: bool,
    drain_deadline: int | None,
    steal: bool,
    config: Path | None,
    form: str,
) -> None:
    """End nodes: their certificates are revoked, their instances terminated.

    NAME is a certname, an instance id, a private name, a batch, or a role (all its nodes).

    With --drain a worker ends when HDFS has its blocks and YARN its containers elsewhere. A drain that is
    interrupted, or not done at its deadline, stays in force: the same command goes on with it, and
    `recommission` takes it back.

    \b
    Examples:
      start_instance.py terminate i-0123456789abcdef0
      start_instance.py terminate --drain --drain-deadline 30m ip-10-0-0-7.ec2.internal
    """
    if drain_deadline is not None and not drained:
        raise click.UsageError("--drain-deadline is of use with --drain only")
    context = open_cloud(ctx, config)
    if drained:  # for hours, in which others may start and end nodes
        known = everybody(context)
        nodes = inventory.select(known, names)
        with output.ProgressView("drained") as view:
            drain.drain(context, known, nodes, view, deadline=drain_deadline)
    else:
        with locked(context, "terminate", steal=steal):
            nodes = inventory.select(everybody(context), names)
            ending.end(context, nodes)
    if form != "table":
        output.show(nodes, form)


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True, shell_complete=complete_lasting)
@steal_option
@config_option
@output_option
@click.pass_context
def recommission(
    ctx: click.Context, names: tuple[str, ...], steal: bool, config: Path | None, form: str
) -> None:
    """Take back a drain (`terminate --drain`): the workers get blocks and containers again.

    \b
    Examples:
      start_instance.py recommission i-0123456789abcdef0
    """
    context = open_cloud(ctx, config)
    with locked(context, "recommission", steal=steal):
        nodes = inventory.select(everybody(context), names)
        drain.recommission(context, nodes)
    _show_now(context, nodes, form)


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True, shell_complete=complete_names)
@click.option("--edit", "by_hand", is_flag=True, help="One node's: change it in $EDITOR instead.")
@steal_option
@config_option
@output_option
@click.pass_context
def classify(  # noqa: PLR0917 - click passes them by name
    ctx: click.Context,
    names: tuple[str, ...],
    by_hand: bool,
    steal: bool,
    config: Path | None,
    form: str,
) -> None:
    """Give running nodes the classes and parameters that the configuration has now.

    They take effect at each node's next Puppet run. With --edit the classes, parameters and environment in
    the node's record are opened in $VISUAL or $EDITOR; they are checked, then written, unless somebody else
    has changed them meanwhile.

    \b
    Examples:
      start_instance.py classify worker
      start_instance.py classify --edit worker-2
    """
    context = open_cloud(ctx, config)
    if by_hand and len(names) != 1:
        raise click.UsageError("--edit changes one node at a time")
    if by_hand:  # for as long as the operator takes: what is locked is the writing
        nodes = [naming.one(everybody(context), names[0])]
        _edit(context, nodes[0], steal=steal)
    else:
        with locked(context, "classify", steal=steal):
            nodes = naming.select(everybody(context), names)
            _classify(context, nodes)
    _show_now(context, nodes, form)


def _classify(context: Context, nodes: Sequence[Node]) -> None:
    for node in nodes:
        serves = inventory.classify(context, node)
        context.say(f"classified {node.role} {node.certname}")
        if serves or node.serves:
            servers.update(context)
    hadoop.update(context)


def _edit(context: Context, node: Node, *, steal: bool) -> None:
    changed = editing.edit(context, node, again=_again, steal=steal)
    if changed is None:
        context.say(f"nothing was changed; {node.shown()} is as it was")
        return
    context.say(f"classified {node.shown()}")
    if node.serves or roles.infrastructure(changed.classes):
        servers.update(context)
    hadoop.update(context)


def _show_now(context: Context, nodes: Sequence[Node], form: str) -> None:
    """For programs: the nodes as they are after the change."""
    if form != "table":
        names = {node.certname for node in nodes}
        output.show([node for node in inventory.read(context) if node.certname in names], form)


def _again(problems: str) -> bool:
    """On a terminal the operator may mend it; a script's editor would make the same mistake again."""
    if not sys.stdin.isatty():
        return False
    click.echo(problems, err=True)
    return click.confirm("Edit it once more?", default=True, err=True)
