"""What came of a run, and its tables in docs/differential.md."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from tests.differential.table import Comparison, Difference

HEAD = """\
# puppetserver as the reference

Written by `make differential` on {date}; do not edit. puppetserver {version} of Debian 13 and our CA and
master got the same requests. **{rows} rows, {equal} of them equal in all that is compared, {different} with a
difference that is meant** (its reason stands beside it; the lists are `tests/differential/*_differences.py`),
{failed} with one that is not.
"""

CA, CLIENTS = "CA", "Clients of the CA"
MASTER, CATALOGS = "Master: who may ask for what, and what is answered", "Master: catalogs"
PARTS = (CA, CLIENTS, MASTER, CATALOGS)


@dataclass
class Results:
    """What was compared in a run."""

    comparisons: list[Comparison] = field(default_factory=list)
    version: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether every part has run."""
        return {entry.part for entry in self.comparisons} == set(PARTS)

    def add(self, comparison: Comparison) -> None:
        """Keep one row's comparison."""
        self.comparisons.append(comparison)

    def of(self, part: str) -> list[Comparison]:
        """The comparisons of one part."""
        return [entry for entry in self.comparisons if entry.part == part]

    def tried(self, part: str) -> int:
        """How many rows of a part were compared."""
        return len(self.of(part))

    def unseen(self, parts: str | tuple[str, ...], differences: Iterable[Difference]) -> list[str]:
        """The listed differences that no row of these parts has shown: they must leave the list."""
        wanted = (parts,) if isinstance(parts, str) else parts
        used = {id(seen.justified) for part in wanted for entry in self.of(part) for seen in entry.seen}
        return [f"{entry.rows}: {entry.fact}" for entry in differences if id(entry) not in used]


KEY = pytest.StashKey[Results]()


def explain(comparison: Comparison) -> str:
    """A row's unjustified differences, in lines."""
    return "\n".join(
        f"{comparison.row}: {seen.fact}: puppetserver {seen.reference!r}, ours {seen.ours!r}"
        for seen in comparison.unjustified
    )


def render(results: Results) -> str:
    """The whole report, in Markdown."""
    different = [entry for entry in results.comparisons if entry.seen]
    failed = [entry for entry in different if entry.unjustified]
    text = HEAD.format(
        date=time.strftime("%Y-%m-%d", time.gmtime()),
        version=results.version,
        rows=len(results.comparisons),
        equal=len(results.comparisons) - len(different),
        different=len(different) - len(failed),
        failed=len(failed),
    )
    for part in PARTS:
        text += f"\n## {part}\n\n### Differences\n\n"
        text += _table(("request", "what", "puppetserver", "ours", "why"), _differing(results.of(part)))
        text += "\n### Equal\n\n"
        text += _table(("request", "both"), _equal(results.of(part)))
    return text


def _differing(comparisons: list[Comparison]) -> Iterable[tuple[str, ...]]:
    for entry in comparisons:
        for seen in entry.seen:
            why = seen.justified.why if seen.justified else "**NOT JUSTIFIED**"
            yield entry.row, seen.fact, seen.reference, seen.ours, why


def _equal(comparisons: list[Comparison]) -> Iterable[tuple[str, ...]]:
    for entry in comparisons:
        if not entry.seen:
            status = entry.ours.get("status", "")
            others = len(entry.ours) - ("status" in entry.ours)
            more = (
                f"{others} more facts"
                if others > 1
                else ", ".join(f"{fact} {text}" for fact, text in entry.ours.items() if fact != "status")
            )
            yield entry.row, ", ".join(filter(None, (status, more)))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(_cell(cell) for cell in line) + " |\n" for line in lines)


def _cell(text: str) -> str:
    text = text if len(text) <= 200 else f"{text[:120]}... ({len(text)} characters)"
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
