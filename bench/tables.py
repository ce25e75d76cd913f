"""Tables of figures: one description, for the terminal and for docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table as Drawn

WIDE = 170  # columns in a file or pipe


@dataclass(frozen=True)
class Table:
    """Cells are texts. The first ``words`` columns are names, the others figures. ``title``: a sentence."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1

    def drawn(self) -> Drawn:
        """For a terminal, without its title, which would be as narrow as the table."""
        drawn = Drawn()
        for number, name in enumerate(self.head):
            drawn.add_column(name, justify="left" if number < self.words else "right")
        for row in self.rows:
            drawn.add_row(*row)
        return drawn

    def markdown(self) -> str:
        """For a page, with its title as a paragraph before it."""
        rules = ["---" if number < self.words else "---:" for number in range(len(self.head))]
        lines = [self.head, rules, *self.rows]
        return f"{self.title}\n\n" + "".join(f"| {' | '.join(map(_escaped, line))} |\n" for line in lines)


@dataclass(frozen=True)
class Goal:
    """What a benchmark should come to, and what it came to: ``at least 4 times``, ``2.9 times``."""

    name: str
    wanted: str
    measured: str
    met: bool


def of_goals(goals: Sequence[Goal]) -> Table:
    """A missed one says so: it is no failure of the measurement."""
    title = f"{sum(goal.met for goal in goals)} of {len(goals)} goals are met."
    rows = [(goal.name, goal.wanted, goal.measured, "yes" if goal.met else "**no**") for goal in goals]
    return Table(title, ("", "goal", "measured", "met"), rows, words=4)


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")


def show(tables: Sequence[Table]) -> None:
    """Print them."""
    console = Console(markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console.width = WIDE
    for table in tables:
        console.print(table.title, table.drawn(), "", sep="\n")
