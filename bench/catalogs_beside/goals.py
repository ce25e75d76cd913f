"""What bench/catalogs should come to, and whether it did."""

from __future__ import annotations

from typing import Any

from bench.spread import Spread
from bench.tables import Goal

OURS, PUPPETSERVER = "ours", "puppetserver"
SIDES = (OURS, PUPPETSERVER)
NOTHING = "-"
TIMES_GOAL, MEMORY_GOAL, START_GOAL = 4.0, 10.0, 5.0
JUDGED_AT = 4  # agents at once: more than there are cores, so both sides have what they can do


def goals(document: dict[str, Any]) -> list[Goal]:
    """Of issue 8, for its first part."""
    found = []
    for workload in document["plan"]["workloads"]:
        ratio = judged(document, workload)["times_the_catalogs"]
        found.append(_times(f"catalogs a second, {workload}, {JUDGED_AT} agents", TIMES_GOAL, ratio))
    loaded = {side: _most_loaded(document, side) for side in SIDES}
    if all(loaded.values()):
        times = loaded[PUPPETSERVER] / loaded[OURS]
        wanted = f"at least {MEMORY_GOAL:.0f} times less"
        found.append(Goal("memory under load", wanted, f"{times:.1f} times less", times >= MEMORY_GOAL))
    start = document["starts"][OURS]
    found.append(
        Goal(
            "start to first catalog",
            f"within {START_GOAL:.0f} s",
            f"{text(start, 1)} s",
            bool(start) and start["median"] <= START_GOAL,
        )
    )
    return found


def _times(name: str, wanted: float, ratio: dict[str, Any] | None) -> Goal:
    met = ratio is not None and ratio["median"] >= wanted
    return Goal(name, f"at least {wanted:.0f} times", f"{text(ratio, 1)} times", met)


def judged(document: dict[str, Any], workload: str) -> dict[str, Any]:
    """The workload's row that goals are about."""
    rows: list[dict[str, Any]] = document["catalogs"]
    return next(row for row in rows if (row["workload"], row["agents"]) == (workload, JUDGED_AT))


def _most_loaded(document: dict[str, Any], side: str) -> float:
    """The largest of the medians of memory right after a round."""
    found = [row["sides"][side]["memory"] for row in document["catalogs"]]
    return max((float(each["median"]) for each in found if each), default=0.0)


def text(spread: dict[str, Any] | None, digits: int, scale: float = 1.0) -> str:
    """A spread in words, if it was measured."""
    return Spread.load(spread).text(digits, scale) if spread else NOTHING
