"""bench/catalogs' figures in words."""

from __future__ import annotations

from typing import Any

from bench.catalogs_beside.goals import JUDGED_AT, NOTHING, PUPPETSERVER, SIDES, goals, judged, text
from bench.plots import Plot
from bench.spread import Spread
from bench.tables import Table, of_goals

MS, MB = 1000.0, 1e-6
LARGEST = 6  # processes that are named
WHEN = {"idle": "started, one catalog compiled", "after": "after all that was measured"}


def tables(document: dict[str, Any]) -> list[Table]:
    """Goals, throughput and latency, processor time, memory and start, whole runs."""
    return [
        of_goals(goals(document)),
        _throughput(document),
        _processor(document),
        _memory(document),
        _starts(document),
        _runs(document),
        _requests(document),
        _settings(document),
    ]


def _throughput(document: dict[str, Any]) -> Table:
    head = ["workload", "agents", *(f"{side}: catalogs/s" for side in SIDES), "times"]
    rows = []
    for row in document["catalogs"]:
        sides = [row["sides"][side] for side in SIDES]
        rates = [text(side["rate"], 2) for side in sides]
        times = text(row["times_the_catalogs"], 1)
        latencies = [_latencies(side, "p50", "p95", "p99") for side in sides]
        rows.append([row["workload"], str(row["agents"]), *rates, times, *latencies])
    plan = document["plan"]
    title = (
        f"Catalogs with so many agents at once: medians (least to most) of {plan['rounds']} rounds of"
        f" {plan['cell_seconds']:g} s each, the sides in turn; percentiles of all catalogs."
    )
    return Table(title, [*head, *(f"{side}: p50, p95, p99 ms" for side in SIDES)], rows, words=2)


def _processor(document: dict[str, Any]) -> Table:
    rows = []
    for row in document["catalogs"]:
        costs = [text(row["sides"][side]["processor"], 0, MS) for side in SIDES]
        memory = [text(row["sides"][side]["memory"], 0, MB) for side in SIDES]
        size = f"{row['resources']:,}, {row['bytes'] / 1000:,.0f} kB"
        rows.append(
            [row["workload"], str(row["agents"]), size, *costs,
             text(row["times_the_processor_seconds"], 1), *memory]
        )  # fmt: skip
    head = (
        "workload", "agents", "resources, size",
        *(f"{side}: processor ms" for side in SIDES), "times", *(f"{side}: MB" for side in SIDES),
    )  # fmt: skip
    title = (
        "Processor time of each master's own processes for a catalog (the ENC's with it, PuppetDB's not),"
        " and their memory (PSS) right after each round."
    )
    return Table(title, head, rows, words=2)


def _memory(document: dict[str, Any]) -> Table:
    rows = []
    for when, words in WHEN.items():
        looks = document["memory"].get(when, {})
        for side in SIDES:
            found = looks.get(side)
            if found:
                largest = [f"{_short(name)} {size * MB:.0f}" for name, size in found["processes"].items()]
                rows.append([words, side, ", ".join(largest[:LARGEST]), text(found["bytes"], 0, MB)])
    title = "Memory of all processes that make the master (PSS), while nobody asks it."
    return Table(title, ("when", "side", "of them the largest", "MB"), rows, words=3)


def _short(command: str) -> str:
    """What a process is, by the beginning of its command line."""
    if command.startswith("Passenger"):
        return command.partition(":")[0]
    words = [word for word in command.split() if not word.startswith("-")]
    if words[0].endswith("python3") and len(words) > 1:
        words = words[1:]
    return words[0].rpartition("/")[2]


def _starts(document: dict[str, Any]) -> Table:
    starts = document["starts"]
    rows = [[side, text(starts[side], 1)] for side in SIDES]
    rows.append(["times as long", text(starts["times_as_long"], 1)])
    return Table("From the start of the service to the first catalog (worker).", ("", "s"), rows)


def _runs(document: dict[str, Any]) -> Table:
    runs = document["runs"]
    rows = []
    for name, row in [("first", runs["first"]), *(("later", each) for each in runs["later"])]:
        sides = [row["sides"][side] for side in SIDES]
        rates = [text(side["rate"], 2) for side in sides]
        costs = [text(side["processor"], 0, MS) for side in sides]
        latencies = [_latencies(side, "p50", "p95") for side in sides]
        times = text(row["times_the_runs"], 1)
        rows.append([name, str(row["agents"]), *rates, times, *latencies, *costs])
    head = ["run", "agents", *(f"{side}: runs/s" for side in SIDES), "times"]
    head += [f"{side}: {what}" for what in ("p50, p95 ms", "processor ms") for side in SIDES]
    title = (
        "Whole runs of agents (worker): node, plugins, catalog, file metadata and content, report, nothing"
        " to apply. At the first one all files are fetched, later those that have changed, so none."
    )
    return Table(title, head, rows, words=2)


def _requests(document: dict[str, Any]) -> Table:
    kinds: dict[str, dict[str, Any]] = {}
    for side, rows in document["runs"]["requests"].items():
        for row in rows:
            kinds.setdefault(row["kind"], {})[side] = row
    shown = [
        [kind, *(cell for side in SIDES for cell in _request(by.get(side)))] for kind, by in kinds.items()
    ]
    head = ["request"] + [f"{side}: {what}" for side in SIDES for what in ("count", "p50 ms", "p95 ms")]
    return Table("The requests of the later runs.", head, shown)


def _settings(document: dict[str, Any]) -> Table:
    rows = [[PUPPETSERVER, name, value] for name, value in document["puppetserver"].items()]
    for side, counts in document["warmed"].items():
        words = ", ".join(f"{count} of {workload}" for workload, count in counts.items())
        rows.append([side, "catalogs to warm up", words])
    return Table(
        "How puppetserver was tuned, and what both had compiled before.", ("", "", ""), rows, words=3
    )


def _request(row: dict[str, Any] | None) -> list[str]:
    if row is None:
        return [NOTHING] * 3
    return [f"{row['count']:,}", _number(row["p50"], MS), _number(row["p95"], MS)]


def plots(document: dict[str, Any]) -> list[Plot]:
    """Throughput of each workload over agents; what a catalog costs, of all workloads."""
    found = []
    for workload in document["plan"]["workloads"]:
        rows = [row for row in document["catalogs"] if row["workload"] == workload]
        series = {side: [_scaled(row["sides"][side]["rate"]) for row in rows] for side in SIDES}
        agents = [row["agents"] for row in rows]
        title = f"Catalogs a second: {workload}"
        found.append(Plot(f"catalogs-{workload}", title, "agents at once", "catalogs/s", agents, series))
    chosen = [judged(document, workload) for workload in document["plan"]["workloads"]]
    costs = {side: [_scaled(row["sides"][side]["processor"], MS) for row in chosen] for side in SIDES}
    title = f"Processor time of a catalog, {JUDGED_AT} agents at once"
    return [
        *found,
        Plot("catalogs-cost", title, "", "ms", document["plan"]["workloads"], costs, style="bars"),
    ]


def _scaled(spread: dict[str, Any] | None, scale: float = 1.0) -> Spread | None:
    if spread is None:
        return None
    found = Spread.load(spread)
    return Spread(found.median * scale, found.least * scale, found.most * scale, found.count)


def _latencies(side: dict[str, Any], *names: str) -> str:
    return ", ".join(_number(side[name], MS) for name in names)


def _number(value: float | None, scale: float) -> str:
    return NOTHING if value is None or value != value else f"{value * scale:,.0f}"  # noqa: PLR0124 - NaN


__all__ = ["goals", "plots", "tables"]
