"""What the operator sees: tables, JSON or YAML on standard output; progress on standard error."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

import yaml
from rich import box
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from conductor.instances import Instance
from conductor.inventory import Node
from conductor.terminal import printable

# One for lines and for the table that changes in place: it moves the table when a line comes.
_progress = Console(stderr=True, highlight=False)
WIDE = 200  # columns of a table that goes into a file or pipe: nothing is cut off there


def say(line: str) -> None:
    """One line of progress or warning."""
    _progress.print(Text(line, style="yellow" if line.startswith("warning:") else ""), soft_wrap=True)


def show(nodes: Sequence[Node], form: str) -> None:
    """The nodes in the form asked for: table, json or yaml."""
    rows = [node.as_row() for node in nodes]
    if form == "table":
        _table(rows)
    else:
        dump(rows, form)


def dump(data: Any, form: str) -> None:
    """Plain data as json or yaml, which both write control characters as escapes."""
    if form == "json":
        print(json.dumps(data, indent=2))
    else:
        print(yaml.safe_dump(data, sort_keys=False), end="")


def console() -> Console:
    """For tables on standard output."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(width=WIDE, highlight=False)


def table(*titles: str) -> Table:
    """An empty one; a name that is cut off could not be copied, so its cells fold."""
    made = Table(box=box.SIMPLE_HEAD)
    for title in titles:
        made.add_column(title, overflow="fold")
    return made


def cells(*values: str) -> list[Text]:
    """What others have written is neither markup nor steers the terminal."""
    return [Text(printable(value)) for value in values]


def _table(rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        console().print("no nodes")
        return
    made = table("Role", "Instance", "State", "Private name", "Certname", "Enrolled", "Last run", "Health")
    for row in rows:
        run = row["last_run"]
        made.add_row(
            *cells(
                row["role"] or "-",
                row["instance_id"] or "-",
                state(row),
                row["private_name"] or "-",
                row["certname"],
                "yes" if row["enrolled"] else "no",
                f"{run['status']} {run['at']}" if run else "-",
                row["health"] or "-",
            )
        )
    console().print(made)


def state(row: dict[str, Any]) -> str:
    """An instance's state, and what is special about the node."""
    more = [] if row["record"] else ["no record"]
    more += ["draining"] if row["draining"] else []
    return ", ".join([row["state"] or "no instance", *more])


class Progress(Protocol):
    """Where one node stands on its way."""

    @property
    def instance(self) -> Instance: ...

    @property
    def stage(self) -> str: ...

    @property
    def failure(self) -> str: ...

    @property
    def done(self) -> bool: ...


class ProgressView:
    """Shows what ``wait_for`` reports: a table that changes in place on a terminal, else a line per change.

    ``goal``: what nodes are in the end.
    """

    def __init__(self, goal: str = "ready") -> None:
        self._goal = goal
        self._live = Live(console=_progress, transient=False) if _progress.is_terminal else None
        self._before: dict[str, str] = {}

    def __enter__(self) -> ProgressView:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def __call__(self, nodes: Sequence[Progress], elapsed: float) -> None:
        if self._live:
            self._live.update(_progress_table(nodes, elapsed, self._goal), refresh=True)
            return
        for each in nodes:
            if self._before.get(each.instance.id) != each.stage:
                self._before[each.instance.id] = each.stage
                print_plain = f"{elapsed:5.0f} s  {each.instance.role} {each.instance.id}: {each.stage}"
                _progress.print(print_plain, soft_wrap=True)


def _progress_table(nodes: Sequence[Progress], elapsed: float, goal: str) -> Table:
    done = sum(each.done for each in nodes)
    title = f"{done} of {len(nodes)} {goal}, {elapsed:.0f} s"
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    for column in ("Role", "Instance", "Private name", "Stage"):
        table.add_column(column, overflow="fold")
    for each in nodes:
        style = "green" if each.done else "red" if each.failure else "cyan"
        instance = each.instance
        table.add_row(instance.role, instance.id, instance.private_name, Text(each.stage, style=style))
    return table
