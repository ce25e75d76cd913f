"""Short names for nodes: the role where it has one node, ROLE-1, ROLE-2 ... by age."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from conductor import inventory
from conductor.errors import UsageError
from conductor.inventory import Node

# What is neither a pattern to ssh nor an option or several words to a shell.
PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def aliases(nodes: Sequence[Node]) -> dict[str, list[str]]:
    """Certname to short names, of the nodes that have instances."""
    by_role: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        if node.instance:
            by_role[node.role].append(node)
    found: dict[str, list[str]] = {}
    for role, members in by_role.items():
        for number, node in enumerate(sorted(members, key=_age), 1):
            names = [role] if len(members) == 1 else []
            names += [name for name in [f"{role}-{number}"] if name not in by_role]
            found[node.certname] = [name for name in names if PLAIN.fullmatch(name)]
    return found


def select(nodes: Sequence[Node], names: Sequence[str]) -> list[Node]:
    """Nodes by any name, ROLE-N too. Raises NotFoundError."""
    short = {name: certname for certname, given in aliases(nodes).items() for name in given}
    return inventory.select(nodes, [short.get(name, name) for name in names])


def one(nodes: Sequence[Node], name: str) -> Node:
    """The one node that is meant. Raises NotFoundError, or UsageError if it could be several."""
    found = select(nodes, [name])
    if len(found) == 1:
        return found[0]
    short = aliases(nodes)
    shown = ", ".join(min(short.get(node.certname, []), key=len, default=node.certname) for node in found)
    raise UsageError(f"{name} means {len(found)} nodes", advice=f"say which: {shown}")


def _age(node: Node) -> tuple[str, int, str]:
    assert node.instance is not None  # noqa: S101 - only such are asked for
    index = node.certname.removeprefix(node.instance.batch).removeprefix("-")
    return node.instance.launched.isoformat(), int(index) if index.isdigit() else 0, node.certname
