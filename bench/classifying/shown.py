"""bench/enc's figures in words."""

from __future__ import annotations

from typing import Any

from bench.enrol import ratios
from bench.plots import Plot
from bench.spread import Spread
from bench.tables import Table

MS = 1000.0
HEAD = ("cache and store", "store", "asked by", "processor ms", "elapsed ms", "times python3 -c 'pass'")


def tables(document: dict[str, Any]) -> list[Table]:
    """What a call costs in each state, against what must not be more, and the helper's memory."""
    count = document["calls"][0]["processor"]["count"]
    title = (
        f"A classification, as Puppet calls node_classifier for it: medians (least to most) of {count} calls"
        " in turn. Processor time has the helper's part in it."
    )
    rows = [[each["name"], "", "", *_times(each), ""] for each in document["references"]]
    rows += [
        [each["state"], each["store"], each["way"], *_times(each), Spread.load(each["ratio"]).text(2)]
        for each in document["calls"]
    ]
    memory = [[store, f"{held / 1e6:.1f}"] for store, held in document["helper_bytes"].items()]
    return [
        Table(title, HEAD, rows, words=3),
        ratios.table(document["limits"]),
        Table("The helper's memory, once a master (PSS).", ("store", "MB"), memory),
    ]


def plots(document: dict[str, Any]) -> list[Plot]:
    """Processor time of each state, by store and way."""
    calls = document["calls"]
    states = list(dict.fromkeys(each["state"] for each in calls))
    kinds = list(dict.fromkeys((each["store"], each["way"]) for each in calls))
    series = {
        f"{store}, {way}": [
            _scaled(each["processor"]) for each in calls if (each["store"], each["way"]) == (store, way)
        ]
        for store, way in kinds
    }
    bare = {each["name"]: each["processor"]["median"] * MS for each in document["references"]}
    lines = {name: bare[name] for name in ("/bin/true", "python3 -c 'pass'")}
    return [
        Plot(
            "enc",
            "A classification's processor time",
            "",
            "ms (the helper's part counted)",
            [state.replace(": ", ":\n").replace(", ", ",\n") for state in states],
            series,
            style="bars",
            limits=lines,
        )
    ]


def _times(each: dict[str, Any]) -> list[str]:
    return [Spread.load(each[kind]).text(1, MS) for kind in ("processor", "elapsed")]


def _scaled(document: dict[str, Any]) -> Spread:
    found = Spread.load(document)
    return Spread(found.median * MS, found.least * MS, found.most * MS, found.count)
