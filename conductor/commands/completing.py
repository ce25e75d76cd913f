"""The shell's completion: of roles from the configuration, of nodes by the names that were last seen.

No cloud is asked: a shell that hangs at the tab key is worse than one that does not know the newest node.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

from conductor import roles, settings
from conductor.errors import ConductorError
from conductor.login import remembered
from conductor.settings import Settings

PROGRAM = "start_instance.py"
VARIABLE = "_START_INSTANCE_PY_COMPLETE"  # as click derives it from the program's name
SHELLS = ("bash", "zsh", "fish")


def complete_roles(
    ctx: click.Context, _param: click.Parameter | None, incomplete: str
) -> list[CompletionItem]:
    """Roles of the environment, and of the configuration."""
    found = _settings(ctx)
    try:
        known = [*roles.role_nodes(), *(found.roles if found else [])]
    except ConductorError:
        return []
    return _matching(list(dict.fromkeys(known)), incomplete)


def complete_names(
    ctx: click.Context, param: click.Parameter | None, incomplete: str
) -> list[CompletionItem]:
    """Names of nodes: short ones, ids, private names, certnames; before any has been seen, roles."""
    found = _settings(ctx)
    names = remembered.names(found.s3_bucket_name) if found else []
    return _matching(names, incomplete) if names else complete_roles(ctx, param, incomplete)


def complete_lasting(
    ctx: click.Context, param: click.Parameter | None, incomplete: str
) -> list[CompletionItem]:
    """The same without ROLE-N, which is another node when an older one has ended."""
    known = {each.value for each in complete_roles(ctx, param, "")}
    return [each for each in complete_names(ctx, param, incomplete) if not _is_counted(each.value, known)]


def _is_counted(name: str, known: Collection[str]) -> bool:
    role, _, number = name.rpartition("-")
    return role in known and number.isdigit()


def _settings(ctx: click.Context) -> Settings | None:
    given = [each.params.get("config") for each in (ctx, ctx.parent) if each is not None]
    config = next((each for each in given if isinstance(each, Path)), None)
    try:
        return settings.load(settings.find(config))
    except ConductorError:
        return None


def _matching(names: Sequence[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what makes SHELL complete commands, options, roles and the names of nodes.

    Nodes are known by what `list`, `status`, `login` and the like have last seen.

    \b
    Examples:
      source <(start_instance.py completion bash)
      start_instance.py completion zsh > ~/.zfunc/_start_instance.py
      start_instance.py completion fish > ~/.config/fish/completions/start_instance.py.fish
    """
    made = get_completion_class(shell)
    assert made is not None  # noqa: S101 - of the choices above
    from conductor.cli import cli  # noqa: PLC0415 - which has this command in it

    found = made(cli, {}, PROGRAM, VARIABLE)
    # Not source(), which starts bash to ask for its version.
    click.echo(found.source_template % found.source_vars())
