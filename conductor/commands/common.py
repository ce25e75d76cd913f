"""What commands share: options, and the way from the configuration to the cloud."""

from __future__ import annotations

import time
from pathlib import Path

import click

from conductor import clients, eucalyptus, output, setting_types, settings
from conductor.context import Context, open_context
from conductor.patience import Patience

config_option = click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path),
    help="The configuration, instead of start_instance.yaml.",
)
output_option = click.option(
    "-o", "--output", "form", type=click.Choice(["table", "json", "yaml"]), default="table", show_default=True
)
steal_option = click.option(
    "--steal-lock",
    "steal",
    is_flag=True,
    help="Go on although another conductor holds the cluster's lock: it is surely not at work any more.",
)
wait_option = click.option("--wait", is_flag=True, help="Wait until the first catalog has been applied.")


def configuration(ctx: click.Context, config: Path | None) -> settings.Settings:
    """The settings of this command's ``-c``, else of the group's, else of the file that is found."""
    return settings.load(settings.find(config or ctx.obj))


def connected(found: settings.Settings) -> Context:
    """The cloud as these settings and AWS's own variables have it."""
    if found.cloud.type == "eucalyptus":
        made = eucalyptus.connect_to(found.cloud, output.say)
    else:
        made = clients.connect()
    Patience(output.say, time.sleep, time.monotonic).attach(made)
    return open_context(found, made, output.say)


def open_cloud(ctx: click.Context, config: Path | None) -> Context:
    """The cloud, straight from the configuration."""
    return connected(configuration(ctx, config))


def seconds(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    """From a duration such as 90, 15m or 1h."""
    try:
        return None if value is None else int(setting_types.duration(value))
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is {error}") from error
