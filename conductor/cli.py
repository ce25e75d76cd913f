"""The command line. Exit codes: 0 done, 1 it failed, 2 wrong usage or configuration, 130 interrupted."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import click
from click.shell_completion import CompletionItem

from conductor.commands import fleet, launching, looking, nodes, packages, provision
from conductor.commands.common import config_option
from conductor.commands.completing import PROGRAM, VARIABLE, complete_roles, completion
from conductor.commands.launching import START
from conductor.errors import ConductorError

INTERRUPTED = 130


class RoleOrVerb(click.Group):
    """``start_instance.py worker`` means ``start_instance.py start worker``; so does an image's id."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            return START, self.commands[START], args
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        return [*super().shell_complete(ctx, incomplete), *complete_roles(ctx, None, incomplete)]


@click.group(
    cls=RoleOrVerb,
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="ROLE|IMAGE|COMMAND [ARGS]...",
)
@config_option
@click.pass_context
def cli(ctx: click.Context, config: Path | None) -> None:
    """Start nodes of a Hadoop cluster, and look after them.

    ROLE (puppetmaster, ca-database, ca, database, master, namenode, jobtracker, worker, client, or one of the
    configuration's) or an image's id starts nodes, as `start` does.
    """
    ctx.obj = config


for command in (
    provision.init,
    fleet.up,
    fleet.down,
    launching.start,
    launching.resume,
    looking.status,
    nodes.list_nodes,
    looking.console,
    looking.login,
    looking.ssh_config,
    nodes.classify,
    nodes.terminate,
    nodes.recommission,
    packages.publish_packages,
    completion,
):
    cli.add_command(command)


def main(argv: Sequence[str]) -> int:
    """Run a command; the only place that makes exit codes."""
    before = {number: signal.signal(number, _as_interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        cli.main(args=list(argv), prog_name=PROGRAM, complete_var=VARIABLE, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        print("start_instance.py: interrupted", file=sys.stderr)
        return INTERRUPTED
    except ConductorError as error:
        _tell(error)
        return error.exit_code
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def _as_interrupt(_signal: int, _frame: FrameType | None) -> Any:
    raise KeyboardInterrupt


def _tell(error: ConductorError) -> None:
    print(f"start_instance.py: {error.message}", file=sys.stderr)
    if error.advice:
        print(f"  -> {error.advice}", file=sys.stderr)
