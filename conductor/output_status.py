"""The overview that ``status`` gives, as tables."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from conductor import output
from conductor.health import NodeHealth, Overview, Verdict, shown

STYLES = {Verdict.WELL: "green", Verdict.WAITING: "cyan", Verdict.UNWELL: "red"}


def show(overview: Overview, form: str) -> None:
    """On standard output, in the form asked for."""
    if form != "table":
        output.dump(overview.as_data(), form)
        return
    console = output.console()
    if overview.nodes:
        console.print(_roles(overview))
        console.print(_nodes(overview))
    if overview.well:
        console.print(Text(f"all is well: {len(overview.nodes)} nodes", style="green"))


def _roles(overview: Overview) -> Table:
    table = output.table("Role", "Asked", "There", "Enrolled", "Well")
    for each in overview.roles:
        asked = "-" if each.asked is None else str(each.asked)
        enough = each.well == each.there and (each.asked is None or each.there >= each.asked)
        counts = [asked, str(each.there), str(each.enrolled), str(each.well)]
        table.add_row(*output.cells(each.role or "-", *counts), style="" if enough else "yellow")
    return table


def _nodes(overview: Overview) -> Table:
    table = output.table("Node", "Instance", "State", "Age", "Enrolled", "Last run", "Health", "Private name")
    for each in overview.nodes:
        table.add_row(*_row(each))
    return table


def _row(each: NodeHealth) -> list[Text]:
    row = each.node.as_row()
    run = each.node.status.last_run
    ago = f", {shown(each.run_age)} ago" if each.run_age is not None else ""
    cells = output.cells(
        each.name,
        row["instance_id"] or "-",
        output.state(row),
        shown(each.age) if each.age is not None else "-",
        "yes" if row["enrolled"] else "no",
        f"{run.status}{' (noop)' if run.noop else ''}{ago}" if run else "-",
        row["health"] or "-",
        row["private_name"] or "-",
    )
    cells[0].stylize(STYLES[each.verdict])
    return cells
