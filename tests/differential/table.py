"""Rows of a comparison: what is tried, what was seen on each side, and the differences that are meant."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Generic, TypeVar

Facts = Mapping[str, str]
Side = TypeVar("Side")
CERTIFICATE = "certificate: "  # begins the facts of a certificate, which one side alone may have


@dataclass(frozen=True)
class Row(Generic[Side]):
    """One thing that is tried on both sides; ``name`` is a line of the report."""

    name: str
    run: Callable[[Side], Facts]
    names: tuple[str, ...] = ()  # labels of certnames that are to be signed at once


@dataclass(frozen=True)
class Difference:
    """A difference that is meant, and why. The patterns are those of the shell; `*` is anything."""

    rows: str
    fact: str
    reference: str
    ours: str
    why: str

    def covers(self, row: str, fact: str, reference: str, ours: str) -> bool:
        """Whether this is the difference that was seen."""
        return all(
            fnmatchcase(seen, _literal(pattern))
            for seen, pattern in (
                (row, self.rows),
                (fact, self.fact),
                (reference, self.reference),
                (ours, self.ours),
            )
        )


def _literal(pattern: str) -> str:
    """Brackets are no patterns here: they stand in many texts."""
    return pattern.replace("[", "[[]")


@dataclass(frozen=True)
class Seen:
    """One fact that differs."""

    fact: str
    reference: str
    ours: str
    justified: Difference | None


@dataclass
class Comparison:
    """What came of one row."""

    part: str
    row: str
    reference: Facts
    ours: Facts
    seen: list[Seen] = field(default_factory=list)

    @property
    def unjustified(self) -> list[Seen]:
        """The differences that no line of the list covers."""
        return [entry for entry in self.seen if entry.justified is None]


def compare(
    part: str, row: str, reference: Facts, ours: Facts, differences: Iterable[Difference]
) -> Comparison:
    """Compare what was seen on both sides. A fact that one side lacks reads as ``-``."""
    listed = list(differences)
    comparison = Comparison(part, row, reference, ours)
    both = all(any(fact.startswith(CERTIFICATE) for fact in facts) for facts in (reference, ours))
    for fact in dict.fromkeys([*reference, *ours]):
        if fact.startswith(CERTIFICATE) and not both:
            continue  # the status and the state say so
        one, other = reference.get(fact, "-"), ours.get(fact, "-")
        if one != other:
            found = next((entry for entry in listed if entry.covers(row, fact, one, other)), None)
            comparison.seen.append(Seen(fact, one, other, found))
    return comparison
