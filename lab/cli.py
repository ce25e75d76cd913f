"""The command `lab`."""

import os
import subprocess
import sys
from pathlib import Path

import click
from rich.table import Table

from lab import access, lifecycle, output
from lab.errors import LabError, NotRunning
from lab.releases import DEFAULT, RELEASES
from lab.state import State

PASS_ON = {"ignore_unknown_options": True, "allow_interspersed_args": False}


def say(message: str) -> None:
    """One line of progress."""
    click.echo(f"lab: {message}", err=True)


@click.group(help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """EC2 on this machine."""


@cli.command()
@click.option(
    "--image",
    "suites",
    multiple=True,
    type=click.Choice(list(RELEASES)),
    help=f"have an image of this Debian release too, besides {DEFAULT.suite}'s; may be given repeatedly",
)
def up(suites: tuple[str, ...]) -> None:
    """Build what is missing, start the cloud; to one that is up only images are added."""
    lifecycle.up(State.default(), say, suites)
    say("up; look at it with: sudo lab/lab status")


@cli.command()
def down() -> None:
    """End every instance and the cloud; only caches stay."""
    lifecycle.down(State.default(), say)


@cli.command()
def status() -> None:
    """Show the services and the instances; exit 1 when something is wrong, 3 when the lab is down."""
    state = State.default()
    console = output.console()
    services = access.report(state)["services"]
    table = Table("service", "state")
    for name, service_state in services.items():
        table.add_row(name, service_state)
    console.print(table)  # at once: the instances are asked from one of these services
    table = Table("image", "AMI")
    for name, ami_id in access.images(state).items():
        table.add_row(name, ami_id)
    console.print(table)
    table = Table("role", "instance", "private name", "API", "container")
    wrong = [name for name, found in services.items() if found != "running"]
    for instance in access.instances(state):
        container = "booted" if instance["leader"] else "-"
        if instance["failure"]:
            container = f"FAILED: {instance['failure']}"
            wrong.append(instance["id"])
        row = (
            access.role_of(instance) or "-",
            instance["id"],
            instance["name"],
            instance["state"],
            container,
        )
        table.add_row(*row)
    console.print(table)
    if wrong:
        raise LabError(f"not as it should be: {', '.join(wrong)}; see lab logs, lab console NAME")


@cli.command("exec", context_settings=PASS_ON)
@click.argument("argv", nargs=-1, required=True, type=click.UNPROCESSED)
def execute(argv: tuple[str, ...]) -> None:
    """Run a command inside the lab's network, with the environment of an AWS operator."""
    state = State.default()
    command = access.inside(state, argv)
    os.execvpe(command[0], command, access.environment(state))  # noqa: S606


@cli.command(context_settings=PASS_ON)
@click.argument("name")
@click.argument("argv", nargs=-1, type=click.UNPROCESSED)
def ssh(name: str, argv: tuple[str, ...]) -> None:
    """A root shell on an instance, or one command there; exits as the command did."""
    command = access.shell(State.default(), name, argv)
    os.execvp(command[0], command)  # noqa: S606


@cli.command()
@click.argument("name")
@click.option("-f", "--follow", is_flag=True, help="go on as the console does")
def console(name: str, follow: bool) -> None:
    """Show an instance's console."""
    state = State.default()
    path = state.instances / access.find(state, name)["id"] / "console.log"
    _show([path], follow)


@cli.command()
@click.option("-f", "--follow", is_flag=True, help="go on as the logs do")
def logs(follow: bool) -> None:
    """Show the logs of the lab's own services, those of the last run when it is down."""
    state = State.default()
    folder = state.log if state.log.exists() else state.last_log
    paths = sorted(path for path in folder.glob("*.log") if "access" not in path.name)
    if not paths:
        raise LabError(f"there are no logs in {folder}")
    _show(paths, follow)


def _show(paths: list[Path], follow: bool) -> None:
    arguments = ["tail", *(["--follow=name"] if follow else []), "--lines=200", *map(str, paths)]
    raise SystemExit(subprocess.run(arguments, check=False).returncode)


def main() -> int:
    """Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the lab is not running, 130 interrupted."""
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except NotRunning as down_now:
        click.echo(f"lab: {down_now}", err=True)
        return 3
    except LabError as failed:
        click.echo(f"lab: {failed}", err=True)
        return 1
    except (KeyboardInterrupt, click.Abort):
        click.echo("lab: interrupted", err=True)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
