"""``status``, ``console``, ``login`` and ``ssh-config``: to see how nodes are, and to get in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import yaml

from conductor import health, output, output_status, process
from conductor.commands.common import config_option, open_cloud, output_option
from conductor.commands.completing import complete_names
from conductor.context import Context
from conductor.errors import ConductorError, HostKeyError, NotFoundError, UnwellError
from conductor.instances import console as read_console
from conductor.inventory import Node
from conductor.login import console as consoles
from conductor.login import known_hosts, naming, ssh
from conductor.login.remembered import everybody

SSH = "ssh"
wait_for_keys = click.option("--wait", is_flag=True, help="Wait until the console tells the host keys.")


@click.command()
@config_option
@output_option
@click.pass_context
def status(ctx: click.Context, config: Path | None, form: str) -> None:
    """Tell how the cluster is: how many of each role are there, enrolled and well, and how each node is.

    Exit code 0: all that is asked for (`cluster:` in the configuration) is there and well; 1: something is
    not, and is named: it has no record, has not enrolled, waits for others, its last Puppet run failed or was
    long ago.

    \b
    Examples:
      start_instance.py status
      until start_instance.py status; do sleep 10; done
      start_instance.py status -o json | jq '.nodes[] | select(.verdict != "well") | .name'
    """
    context = open_cloud(ctx, config)
    overview = health.judge(context, everybody(context))
    output_status.show(overview, form)
    if not overview.well:
        raise UnwellError("\n".join(["not all is well:", *(f"  {line}" for line in overview.told())]))


@click.command()
@click.argument("name", shell_complete=complete_names)
@click.option("-f", "--follow", is_flag=True, help="Go on as the console does, until the instance has ended.")
@config_option
@output_option
@click.pass_context
def console(ctx: click.Context, name: str, follow: bool, config: Path | None, form: str) -> None:
    """Show what the instance NAME has written on its console, without escape sequences.

    A cloud keeps the last 64 KB, and may be minutes late; it shows them for a while after the instance has
    ended.

    \b
    Examples:
      start_instance.py console worker-2
      start_instance.py console --follow puppetmaster
      start_instance.py console i-0123456789abcdef0 | grep puppet-bootstrap
    """
    if follow and form != "table":
        raise click.UsageError(f"--follow shows lines as they come: it cannot be combined with -o {form}")
    context = open_cloud(ctx, config)
    try:
        instance = consoles.of_node(naming.one(everybody(context), name))
    except NotFoundError:
        instance = consoles.find_ended(context, name)
    if follow:
        consoles.follow(context, instance, lambda text: click.echo(text, nl=False))
        return
    text = read_console(context.clients.ec2, instance.id)
    if form != "table":
        output.dump(
            {"instance_id": instance.id, "certname": instance.certname, "console": text},
            form,
        )
    elif text:
        click.echo(text, nl=not text.endswith("\n"))
    else:
        context.say(f"the cloud shows no console of {instance.id} yet")


@click.command(context_settings={"allow_interspersed_args": False})
@click.argument("name", shell_complete=complete_names)
@click.argument("words", metavar="[COMMAND]...", nargs=-1, type=click.UNPROCESSED)
@click.option("-t", "--tty", is_flag=True, help="A terminal for COMMAND, for instance for top.")
@wait_for_keys
@config_option
@click.pass_context
def login(  # noqa: PLR0917 - click passes them by name
    ctx: click.Context, name: str, words: tuple[str, ...], tty: bool, wait: bool, config: Path | None
) -> None:
    """Log in to NAME by ssh, or run COMMAND there; the exit code is ssh's.

    The host's key is the one that its console tells, got from the cloud's API and kept by the operator: a
    host that shows another key gets no connection. As whom and by which way: `login:` in the configuration.

    \b
    Examples:
      start_instance.py login puppetmaster
      start_instance.py login worker-2 sudo journalctl -u puppet -n 50
      start_instance.py login --tty namenode top
    """
    context = open_cloud(ctx, config)
    nodes = everybody(context)
    node = naming.one(nodes, name)
    ssh.target(context, node, [], Path())  # what cannot be reached needs no keys
    assert node.instance is not None  # noqa: S101 - or it could not be reached
    keys = known_hosts.ensure(context, node.instance, wait=wait)
    command = words[1:] if words[:1] == ("--",) else words  # as people part it from the name
    process.replace(ssh.target(context, node, [], keys).command(command, terminal=tty))


@click.command("ssh-config")
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=complete_names)
@click.option("--inventory", "as_inventory", is_flag=True, help="For tests/hosts: role to names, as YAML.")
@click.option(
    "-o", "--output", "form", type=click.Choice([SSH, "json", "yaml"]), default=SSH, show_default=True
)
@wait_for_keys
@config_option
@click.pass_context
def ssh_config(  # noqa: PLR0917 - click passes them by name
    ctx: click.Context, names: tuple[str, ...], as_inventory: bool, form: str, wait: bool, config: Path | None
) -> None:
    """Print a configuration by which ssh, scp, Ansible or testinfra reach the nodes NAME, else all that run.

    Each host is called by its role (if it has one node), ROLE-N, instance id, private name and certname. Host
    keys are those that the consoles tell; a node whose console does not tell them is left out and named, and
    the exit code is 1.

    \b
    Examples:
      start_instance.py ssh-config > ssh_config && scp -F ssh_config notes.txt namenode:
      start_instance.py ssh-config --inventory > inventory.yaml
      pytest tests/hosts --inventory inventory.yaml --ssh-config ssh_config
    """
    context = open_cloud(ctx, config)
    nodes = everybody(context)
    chosen = naming.select(nodes, names) if names else _running(nodes)
    targets, failures = _targets(context, nodes, chosen, wait=wait)
    if as_inventory:
        by_role: dict[str, list[str]] = {}
        for each in targets:
            by_role.setdefault(each.node.role or "none", []).append(each.names[0])
        _dump_inventory(by_role, form)
    elif form == SSH:
        click.echo(f"# The cluster of {context.store.url()}, by start_instance.py ssh-config\n")
        click.echo("\n".join(each.entry() for each in targets), nl=False)
    else:
        output.dump([{"names": each.names, "options": each.options()} for each in targets], form)
    if failures:
        raise HostKeyError(
            "\n".join(["left out:", *(f"  {error.message}" for error in failures)]), advice=failures[0].advice
        )


def _running(nodes: Sequence[Node]) -> list[Node]:
    return [node for node in nodes if node.instance and node.instance.state == "running"]


def _targets(
    context: Context, nodes: Sequence[Node], chosen: Sequence[Node], *, wait: bool
) -> tuple[list[ssh.Target], list[ConductorError]]:
    short = naming.aliases(nodes)
    keys = known_hosts.ensure_all(context, [node.instance for node in chosen if node.instance], wait=wait)
    targets: list[ssh.Target] = []
    failures: list[ConductorError] = []
    for node in chosen:
        known = keys[node.instance.id] if node.instance else Path()
        try:
            if isinstance(known, ConductorError):
                raise known
            targets.append(ssh.target(context, node, short.get(node.certname, []), known))
        except ConductorError as error:
            failures.append(error)
    return targets, failures


def _dump_inventory(by_role: dict[str, list[str]], form: str) -> None:
    if form == "json":
        output.dump(by_role, form)
    else:
        click.echo(yaml.safe_dump(by_role, sort_keys=False), nl=False)
