"""``init``."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Literal

import click
import yaml
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from conductor.commands.common import config_option, open_cloud, output_option
from conductor.context import Context
from conductor.errors import UsageError
from conductor.fleet import locking
from conductor.output import WIDE
from conductor.provision import everything, policies
from conductor.provision.steps import Outcome, State, Step, check, run

STYLES = {
    State.THERE: "green",
    State.MADE: "green",
    State.CHANGED: "green",
    State.REMOVED: "green",
    State.FAILED: "red",
    State.LEFT: "yellow",
    State.UNSUPPORTED: "yellow",
}


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--destroy", is_flag=True, help="Take it away again, once the cluster is down.")
@click.option("--purge", is_flag=True, help="With --destroy: the bucket too, with all that is in it.")
@click.option("--yes", is_flag=True, help="With --destroy: do not ask.")
@click.option(
    "--policy",
    type=click.Choice(["conductor", "init"]),
    is_flag=False,
    flag_value="conductor",
    help="Print the IAM policy for who uses this command (`init`: what init needs besides), and do nothing.",
)
@config_option
@output_option
@click.pass_context
def init(  # noqa: PLR0917 - click passes them by name
    ctx: click.Context,
    dry_run: bool,
    destroy: bool,
    purge: bool,
    yes: bool,
    policy: Literal["conductor", "init"] | None,
    config: Path | None,
    form: str,
) -> None:
    """Make what the cluster needs of the cloud, and check it: bucket, IAM roles, security group.

    May be repeated: what is there stays, what differs is put right, what is not ours is left as it is.

    \b
    Examples:
      start_instance.py init --dry-run
      start_instance.py init
      start_instance.py init --policy > conductor-policy.json
      start_instance.py init --destroy --purge
    """
    if (purge or yes) and not destroy:
        raise click.UsageError("--purge and --yes are of use with --destroy only")
    context = open_cloud(ctx, config)
    if policy:
        print(json.dumps(policies.of_operator(context, policy), indent=2))
    elif destroy:
        everything.refuse_in_use(context)
        if not dry_run and not yes:
            _confirm(context, purge=purge)
        with _alone(context, "init --destroy", dry_run=dry_run):
            steps = everything.removal(context, purge=purge)
            _take(steps, dry_run=dry_run, form=form, again="init --destroy")
    else:
        with _alone(context, "init", dry_run=dry_run):
            _take(everything.steps(context), dry_run=dry_run, form=form, again="init")


def _alone(context: Context, what: str, *, dry_run: bool) -> AbstractContextManager[object]:
    """No other conductor at work meanwhile; one that only looks disturbs nobody."""
    return nullcontext() if dry_run else locking.locked(context, what)


def _confirm(context: Context, *, purge: bool) -> None:
    what = "IAM roles and security group" + (", and the bucket with all that is in it" if purge else "")
    if not sys.stdin.isatty():
        raise UsageError("--destroy asks first, which it cannot here", advice="give --yes")
    click.confirm(f"Take away the {what} of {context.store.url()}?", abort=True, err=True)


def _take(steps: Sequence[Step], *, dry_run: bool, form: str, again: str) -> None:
    outcomes: list[Outcome] = []
    try:
        outcomes.extend(run(steps, dry_run=dry_run))
    finally:  # interrupted, too: what has been done is told
        _show(outcomes, form)
    check(outcomes, again=again)


def _show(outcomes: Sequence[Outcome], form: str) -> None:
    rows = [each.as_row() for each in outcomes]
    match form:
        case "json":
            print(json.dumps(rows, indent=2))
        case "yaml":
            print(yaml.safe_dump(rows, sort_keys=False), end="")
        case _:
            console = Console(highlight=False)
            if not console.is_terminal:
                console = Console(width=WIDE, highlight=False)
            table = Table("What", "State", "Detail", box=box.SIMPLE_HEAD)
            for each in outcomes:
                style = STYLES.get(each.state, "cyan")
                table.add_row(Text(each.name), Text(str(each.state), style=style), Text(each.detail))
            console.print(table)
