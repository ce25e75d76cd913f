"""``up`` and ``down``: the whole cluster."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from conductor import output
from conductor.commands.common import (
    config_option,
    configuration,
    connected,
    open_cloud,
    output_option,
    steal_option,
)
from conductor.errors import InterruptedUpError, UsageError
from conductor.fleet import down as taking_down
from conductor.fleet import up as bringing_up
from conductor.fleet import wanting


@click.command()
@click.option(
    "--wait/--no-wait", default=True, show_default=True, help="Wait for every node's first catalog."
)
@click.option(
    "--keep-partial", is_flag=True, help="Keep what of a role could be started, if not all could be."
)
@steal_option
@config_option
@output_option
@click.pass_context
def up(  # noqa: PLR0917 - click passes them by name
    ctx: click.Context, wait: bool, keep_partial: bool, steal: bool, config: Path | None, form: str
) -> None:
    """Make the cluster what the configuration's `cluster:` says, and show it.

    The host with the CA is started first, then all other roles at once. What is there stays as it is: only
    what is missing is started, and nothing is ended. Launches that were cut off are gone on with, so the same
    command is the answer to any interruption.

    \b
      start_instance.py up
      start_instance.py up --no-wait
      start_instance.py -c big.yaml up --output json
    """
    found = configuration(ctx, config)
    wanting.plans(found)  # its mistakes come before the cloud's
    context = connected(found)
    try:
        with output.ProgressView("with their first catalog") as view:
            nodes = bringing_up.up(context, view, wait=wait, keep_partial=keep_partial, steal=steal)
        output.show(nodes, form)
    except KeyboardInterrupt as error:
        raise InterruptedUpError(
            advice="`start_instance.py up` goes on from here; `start_instance.py down` takes all away"
        ) from error


@click.command()
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--purge", is_flag=True, help="Published packages and code too.")
@steal_option
@config_option
@output_option
@click.pass_context
def down(  # noqa: PLR0917 - click passes them by name
    ctx: click.Context, yes: bool, purge: bool, steal: bool, config: Path | None, form: str
) -> None:
    """Take the whole cluster away: instances, volumes, certificates, records. What HDFS holds is lost.

    The bucket stays, with packages and code unless --purge; so do roles and security groups, which
    `init --destroy` takes away. May be interrupted and repeated at any point.

    \b
      start_instance.py down
      start_instance.py down --yes --purge
      start_instance.py down --yes --output json   # the nodes that were there
    """
    context = open_cloud(ctx, config)
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(
                "down takes the whole cluster away: without a terminal to ask on, it needs --yes"
            )
        question = f"Take away {taking_down.there(context)} of {context.store.url()}, with all data?"
        click.confirm(question, abort=True, err=True)
    try:
        with output.ProgressView("terminated") as view:
            ended = taking_down.down(context, view, purge=purge, steal=steal)
        if form != "table":
            output.show(ended, form)
    except KeyboardInterrupt as error:
        raise InterruptedUpError(advice="`start_instance.py down` goes on from here") from error
