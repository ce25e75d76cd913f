"""A command's costs beside another one's, and how much they may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.enrol.processes import Cost
from bench.spread import Spread

# A sweep's outcomes.
NONE, SIGNED, SIGNING = "no record of any", "all are signed", "so for the signing"


def costs(found: Sequence[Cost]) -> dict[str, Any]:
    """Processor time and elapsed time of calls, in seconds, for JSON."""
    return {
        "processor": Spread.of([cost.processor for cost in found]).document(),
        "elapsed": Spread.of([cost.elapsed for cost in found]).document(),
    }


def ratio(ours: Sequence[Cost], reference: Sequence[Cost]) -> Spread:
    """Of processor times, round by round: two calls of one round met the same machine."""
    pairs = zip(ours, reference, strict=True)
    return Spread.of([mine.processor / bare.processor for mine, bare in pairs])


def limited(
    name: str, against: str, ours: Sequence[Cost], reference: Sequence[Cost], limit: float
) -> dict[str, Any]:
    """A ratio that must not be over ``limit``, with both sides' costs, for JSON."""
    return {
        "name": name,
        "against": against,
        **costs(ours),
        **{f"against_{key}": value for key, value in costs(reference).items()},
        "ratio": ratio(ours, reference).document(),
        "limit": limit,
    }


def over_limit(limits: Sequence[dict[str, Any]]) -> list[str]:
    """A sentence for each ratio that is over its limit."""
    return [
        f"{each['name']}: {each['ratio']['median']:.2f} times {each['against']}, over the limit"
        f" of {each['limit']:g}"
        for each in limits
        if each["ratio"]["median"] > each["limit"]
    ]
