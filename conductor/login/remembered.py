"""The names that nodes had when they were last looked up, for the shell's completion, which asks no cloud."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from conductor import inventory
from conductor.context import Context
from conductor.errors import LocalError
from conductor.inventory import Node
from conductor.login import naming
from conductor.operator_files import home, write_private


def everybody(context: Context) -> list[Node]:
    """All nodes, whose names the shell can complete from now on."""
    nodes = inventory.read(context)
    remember(context, nodes)
    return nodes


def remember(context: Context, nodes: Sequence[Node]) -> None:
    """Keep all nodes' names, short ones first; that it cannot be written is no reason to fail."""
    short = naming.aliases(nodes)
    names = sorted({name for given in short.values() for name in given})
    names += sorted({name for node in nodes for name in node.names()} - set(names))
    with suppress(LocalError):
        write_private(_path(context.operator.folder, context.store.bucket), json.dumps(names).encode())


def names(bucket: str) -> list[str]:
    """What is remembered of a cluster."""
    try:
        found = json.loads(_path(home(), bucket).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def _path(folder: Path, bucket: str) -> Path:
    return folder / "names" / f"{bucket}.json"
