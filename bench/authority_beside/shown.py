"""bench/authority's figures in words."""

from __future__ import annotations

from typing import Any

from bench.plots import Plot
from bench.spread import Spread
from bench.tables import Table

NAMES = {"ours": "our CA", "puppetserver": "puppetserver's CA"}
MS, MB = 1000.0, 1e-6
LOAD_HEAD = (
    "", "at a time", "certificates/s", "p50 ms", "p95 ms", "processor ms each", "the load's own", "MB (PSS)"
)  # fmt: skip
START_HEAD = ("", "first answer, s", "first certificate, s", "idle, MB (PSS)")


def tables(document: dict[str, Any]) -> list[Table]:
    """Both CAs under load and when they start, and ours as a multiple of the other."""
    loads = [
        [
            NAMES[each["side"]],
            str(each["clients"]),
            _text(each["per_second"], 1),
            _text(each["p50"], 0, MS),
            _text(each["p95"], 0, MS),
            _text(each["processor"], 1, MS),
            _text(each["own"], 1, MS),
            _text(each["memory"], 0, MB),
        ]
        for each in document["loads"]
    ]
    starts = [
        [
            NAMES[each["side"]],
            _text(each["answered"], 1),
            _text(each["certified"], 1),
            _text(each["idle"], 0, MB),
        ]
        for each in document["starts"]
    ]
    ratios = [[each["name"], _text(each["ratio"], 2)] for each in document["ratios"]]
    rounds, count = document["loads"][0]["p50"]["count"], document["starts"][0]["idle"]["count"]
    return [
        Table(
            "From request to certificate, each node over a TLS connection of its own: medians (least to most)"
            f" of {rounds} rounds in turn; memory right after a round.",
            LOAD_HEAD,
            loads,
        ),
        Table(f"From the service's start, {count} in turn, and the memory then.", START_HEAD, starts),
        Table("Our CA's figures divided by puppetserver's, round by round.", ("", "ours / its"), ratios),
    ]


def plots(document: dict[str, Any]) -> list[Plot]:
    """Rate, latency and memory."""
    loads, starts = document["loads"], document["starts"]
    clients = list(dict.fromkeys(each["clients"] for each in loads))

    def of(side: str, name: str, scale: float = 1.0) -> list[Spread]:
        return [_scaled(each[name], scale) for each in loads if each["side"] == side]

    def bars(name: str, title: str, y: str, at: list[str], series: dict[str, list[Spread]]) -> Plot:
        return Plot(
            name, title, "", y, at, {NAMES[side]: found for side, found in series.items()}, style="bars"
        )

    at_a_time = [f"{number} at a time" for number in clients]
    return [
        bars(
            "authority-rate",
            "Nodes that get their certificate",
            "certificates/s",
            at_a_time,
            {side: of(side, "per_second") for side in NAMES},
        ),
        bars(
            "authority-latency",
            "From request to certificate",
            "ms",
            [f"{words}, {percent}" for percent in ("p50", "p95") for words in at_a_time],
            {side: [*of(side, "p50", MS), *of(side, "p95", MS)] for side in NAMES},
        ),
        bars(
            "authority-memory",
            "Memory of a CA",
            "MB (PSS of all its processes)",
            ["idle", *(f"after {words}" for words in at_a_time)],
            {
                side: [
                    *(_scaled(each["idle"], MB) for each in starts if each["side"] == side),
                    *of(side, "memory", MB),
                ]
                for side in NAMES
            },
        ),
    ]


def _text(document: dict[str, Any], digits: int, scale: float = 1.0) -> str:
    return Spread.load(document).text(digits, scale)


def _scaled(document: dict[str, Any], scale: float) -> Spread:
    found = Spread.load(document)
    return Spread(found.median * scale, found.least * scale, found.most * scale, found.count)
