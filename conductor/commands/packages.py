"""``publish-packages``."""

from __future__ import annotations

from pathlib import Path

import click

from conductor import publishing
from conductor.commands.common import config_option, open_cloud


@click.command("publish-packages")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@config_option
@click.pass_context
def publish_packages(ctx: click.Context, folder: Path | None, config: Path | None) -> None:
    """Give the cluster the packages that packaging/build has made, by way of the bucket.

    FOLDER is the repository; without it, the one that packaging/build makes by default. Hadoop's nodes are
    told where it is served, unless the configuration gives them another source.

    \b
    Examples:
      start_instance.py publish-packages
      start_instance.py publish-packages ~/hadoop-repository
    """
    publishing.publish(open_cloud(ctx, config), folder or publishing.default_folder())
