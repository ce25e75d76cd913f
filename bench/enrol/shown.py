"""bench/enrolment's figures in words."""

from __future__ import annotations

from typing import Any

from bench.enrol import ratios
from bench.enrol.figures import NONE, SIGNED
from bench.plots import Plot
from bench.spread import Spread
from bench.tables import Table

HEAD = ("waiting requests", "", "s", "processor s", "ms a request", "limit s")


def tables(document: dict[str, Any]) -> list[Table]:
    """What a decision costs, and how a sweep grows with what waits."""
    rows = [
        [
            f"{row['waiting']:,}",
            row["outcome"],
            Spread.load(row["elapsed"]).text(2),
            Spread.load(row["processor"]).text(2),
            f"{row['elapsed']['median'] * 1000 / row['waiting']:.1f}",
            "" if row["limit"] is None else f"{row['limit']:g}",
        ]
        for row in document["sweeps"]
    ]
    title = (
        f"A sweep (check_csr URL), each of the store's answers after {document['delay'] * 1000:g} ms: medians"
        " (least to most) of rounds in turn."
    )
    return [ratios.table(document["decisions"]), Table(title, HEAD, rows, words=2)]


def plots(document: dict[str, Any]) -> list[Plot]:
    """The sweep, over the number of waiting requests."""
    sweeps = document["sweeps"]
    limits = {f"limit, of {row['waiting']:,}": row["limit"] for row in sweeps if row["limit"] is not None}
    return [
        Plot(
            "sweep",
            "A sweep of waiting requests",
            "waiting requests",
            "s",
            list(dict.fromkeys(row["waiting"] for row in sweeps)),
            {
                outcome: [Spread.load(row["elapsed"]) for row in sweeps if row["outcome"] == outcome]
                for outcome in (NONE, SIGNED)
            },
            log_x=True,
            log_y=True,
            limits=limits,
        )
    ]
