"""The table of limited ratios, which bench/enc and bench/enrolment show alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.spread import Spread
from bench.tables import Table


def table(limits: Sequence[dict[str, Any]]) -> Table:
    """One row a ratio."""
    rows = [
        [
            each["name"],
            each["against"],
            Spread.load(each["processor"]).text(1, 1000),
            Spread.load(each["against_processor"]).text(1, 1000),
            Spread.load(each["ratio"]).text(2),
            f"{each['limit']:g}",
        ]
        for each in limits
    ]
    count = limits[0]["ratio"]["count"]
    title = (
        f"Processor time of a call against Python that does nothing else: medians (least to most) of {count}"
        " calls in turn; the limit is the median's."
    )
    return Table(title, ("command", "against", "ms", "against, ms", "ratio", "limit"), rows, words=2)
