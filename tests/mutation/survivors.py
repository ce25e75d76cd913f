"""The list of survivors: changes that no test notices, each with the reason why none can or need.

In survivors.md, a heading names the function, then come changes as diffs and, after each, its reason.
"""

import re
from pathlib import Path
from typing import NamedTuple

LIST = Path(__file__).parent / "survivors.md"
_ENTRY = re.compile(r"^```diff\n(?P<diff>.+?)\n```\n+(?P<reason>[^\n#`][^#`]*)", re.DOTALL | re.MULTILINE)


class Mutant(NamedTuple):
    """One change. ``diff`` holds its lines only, with ``-`` and ``+``, without their indentation."""

    where: str  # such as "decision.decide"
    diff: str

    @property
    def module(self) -> str:
        return self.where.partition(".")[0].partition(",")[0]

    def __str__(self) -> str:
        return f"## {self.where}\n\n```diff\n{self.diff}\n```\n"


def lines_of(diff: str) -> str:
    """Return what changes in a unified diff."""
    changed = (line for line in diff.splitlines() if re.match(r"[-+](?![-+]{2} )", line))
    return "\n".join(f"{line[0]} {line[1:].strip()}" for line in changed)


def listed(text: str) -> dict[Mutant, str]:
    """Return the survivors that the list names, with their reasons."""
    found = {}
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        where, _, rest = section.partition("\n")
        entries = list(_ENTRY.finditer(rest))
        if len(entries) != rest.count("```diff"):
            raise ValueError(f"{LIST}: {where}: a change has no reason")
        for entry in entries:
            found[Mutant(where.strip(), lines_of(entry["diff"]))] = entry["reason"].strip()
    return found


def compare(survivors: set[Mutant], known: dict[Mutant, str]) -> list[str]:
    """Say what the list lacks, and what it names that does not survive."""
    unlisted, idle = sorted(survivors - known.keys()), sorted(known.keys() - survivors)
    return [
        *(f"A change that no test notices, and that is not listed:\n\n{mutant}" for mutant in unlisted),
        *(f"Listed, but a test notices it, or it is made no more:\n\n{mutant}" for mutant in idle),
    ]
