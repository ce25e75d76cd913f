"""The command line. Exit codes: 0 done, 1 it failed, 2 wrong usage or configuration, 130 interrupted."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import click

from conductor import (
    clients,
    drain,
    ending,
    hadoop,
    inventory,
    output,
    publishing,
    roles,
    servers,
    settings,
    waiting,
)
from conductor.context import Context, open_context
from conductor.errors import ConductorError, InterruptedLaunchError, NotFoundError
from conductor.instances import Instance
from conductor.launch import launch, load_batch
from conductor.preparing import prepare

INTERRUPTED = 130
START = "start"

config_option = click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path),
    help="The configuration, instead of start_instance.yaml.",
)
output_option = click.option(
    "-o", "--output", "form", type=click.Choice(["table", "json", "yaml"]), default="table", show_default=True
)
wait_option = click.option("--wait", is_flag=True, help="Wait until the first catalog has been applied.")


class RoleOrVerb(click.Group):
    """``start_instance.py worker`` means ``start_instance.py start worker``; so does an image's id."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            return START, self.commands[START], args
        return super().resolve_command(ctx, args)


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


def _open(ctx: click.Context, config: Path | None) -> Context:
    found = settings.load(settings.find(config or ctx.obj))
    return open_context(found, clients.connect(), output.say)


@cli.command(START)
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
    found = settings.load(settings.find(config or ctx.obj))
    plan = roles.plan(found, target, count=count)
    context = open_context(found, clients.connect(), output.say)
    batch = prepare(context, plan, wait=wait)
    _started(context, lambda: launch(context, batch), classes=batch.record.classes, wait=wait, form=form)


@cli.command()
@click.argument("batch")
@wait_option
@config_option
@output_option
@click.pass_context
def resume(ctx: click.Context, batch: str, wait: bool, config: Path | None, form: str) -> None:
    """Go on with a launch that was cut short: BATCH as told then. Nothing is started twice."""
    context = _open(ctx, config)
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


@cli.command("list")
@config_option
@output_option
@click.pass_context
def list_nodes(ctx: click.Context, config: Path | None, form: str) -> None:
    """List nodes: instance, record, enrolment, last Puppet run."""
    output.show(inventory.read(_open(ctx, config)), form)


def _seconds(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    """From a duration such as 90, 15m or 1h."""
    try:
        return None if value is None else int(settings.duration(value))
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is {error}") from error


@cli.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--drain", "drained", is_flag=True, help="Workers only: not before their work is elsewhere.")
@click.option(
    "--drain-deadline", callback=_seconds, help="Give up after; else the configuration's drain: deadline."
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
    context = _open(ctx, config)
    everybody = inventory.read(context)
    nodes = inventory.select(everybody, names)
    if drained:
        with output.ProgressView("drained") as view:
            drain.drain(context, everybody, nodes, view, deadline=drain_deadline)
    else:
        ending.end(context, nodes)


@cli.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@config_option
@click.pass_context
def recommission(ctx: click.Context, names: tuple[str, ...], config: Path | None) -> None:
    """Take back a drain (`terminate --drain`): the workers get blocks and containers again."""
    context = _open(ctx, config)
    drain.recommission(context, inventory.select(inventory.read(context), names))


@cli.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@config_option
@click.pass_context
def classify(ctx: click.Context, names: tuple[str, ...], config: Path | None) -> None:
    """Give running nodes the classes and parameters that the configuration has now.

    They take effect at each node's next Puppet run.
    """
    context = _open(ctx, config)
    for node in inventory.select(inventory.read(context), names):
        serves = inventory.classify(context, node)
        context.say(f"classified {node.role} {node.certname}")
        if serves or node.serves:
            servers.update(context)
    hadoop.update(context)


@cli.command("publish-packages")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@config_option
@click.pass_context
def publish_packages(ctx: click.Context, folder: Path | None, config: Path | None) -> None:
    """Give the cluster the packages that packaging/build has made, by way of the bucket.

    FOLDER is the repository; without it, the one that packaging/build makes by default. Hadoop's nodes are
    told where it is served, unless the configuration gives them another source.
    """
    publishing.publish(_open(ctx, config), folder or publishing.default_folder())


def main(argv: Sequence[str]) -> int:
    """Run a command; the only place that makes exit codes."""
    before = {number: signal.signal(number, _as_interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        cli.main(args=list(argv), prog_name="start_instance.py", standalone_mode=False)
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
