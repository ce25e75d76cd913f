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
difference that is meant** (under its reason; the lists are `tests/differential/*_differences.py`),
{failed} with one that is not.
"""

CA, CLIENTS = "CA", "Clients of the CA"
MASTER, CATALOGS = "Master: who may ask for what, and what is answered", "Master: catalogs"
UNJUSTIFIED = "NOT JUSTIFIED"
LONGEST = 200  # characters of what a side answered
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
        text += f"\n## {part}\n\n### Different\n"
        for why, differences in _by_reason(results.of(part)).items():
            rows = ((*facts, _names(names)) for facts, names in differences.items())
            text += f"\n**{why}**\n\n" + _table(("what", "puppetserver", "ours", "requests"), rows)
        text += "\n### Equal\n\n"
        rows = ((both, _names(names)) for both, names in _equal(results.of(part)).items())
        text += _table(("both", "requests"), rows)
    return text


def _by_reason(comparisons: list[Comparison]) -> dict[str, dict[tuple[str, str, str], list[str]]]:
    """Reason -> what differs, how on each side -> the rows; what is not justified comes first."""
    found: dict[str, dict[tuple[str, str, str], list[str]]] = {}
    for entry in comparisons:
        for seen in entry.seen:
            why = seen.justified.why if seen.justified else UNJUSTIFIED
            facts = (_short(seen.fact), _short(seen.reference), _short(seen.ours))
            found.setdefault(why, {}).setdefault(facts, []).append(entry.row)
    return dict(sorted(found.items(), key=lambda item: item[0] != UNJUSTIFIED))


def _equal(comparisons: list[Comparison]) -> dict[str, list[str]]:
    """What both sides answered -> the rows."""
    found: dict[str, list[str]] = {}
    for entry in comparisons:
        if not entry.seen:
            status = entry.ours.get("status", "")
            others = [f"{fact} {text}" for fact, text in entry.ours.items() if fact != "status"]
            more = f"{len(others)} more facts" if len(others) > 1 else "".join(others)
            found.setdefault(_short(", ".join(filter(None, (status, more)))), []).append(entry.row)
    return found


def _names(rows: list[str]) -> str:
    """The rows' names; those that begin alike, up to a colon, share that beginning."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        head, colon, tail = _short(row).partition(": ")
        groups.setdefault(head + colon, []).append(tail)
    return "; ".join(head + ", ".join(filter(None, tails)) for head, tails in groups.items())


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(_cell(cell) for cell in line) + " |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:120]}... ({len(text)} characters)"
