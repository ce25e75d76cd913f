"""bench/catalogs' figures in words."""

from __future__ import annotations

from typing import Any

from bench.catalogs_beside.plan import WORKLOADS
from bench.plots import Plot
from bench.spread import Spread
from bench.tables import Goal, Table, of_goals

OURS, PUPPETSERVER = "ours", "puppetserver"
SIDES = (OURS, PUPPETSERVER)
MS, MB = 1000.0, 1e-6
NOTHING = "-"
TIMES_GOAL, MEMORY_GOAL, START_GOAL = 4.0, 10.0, 5.0
JUDGED_AT = 4  # agents at once: more than there are cores, so both sides have what they can do
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
    ]


def goals(document: dict[str, Any]) -> list[Goal]:
    """Of issue 8, for its first part."""
    found = []
    for workload in WORKLOADS:
        row = next(
            each for each in document["catalogs"]
            if each["workload"] == workload and each["agents"] == JUDGED_AT
        )  # fmt: skip
        found.append(
            _times(
                f"catalogs a second, {workload}, {JUDGED_AT} agents",
                TIMES_GOAL,
                row["times_the_catalogs"],
            )
        )
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
            f"{_text(start, 1)} s",
            bool(start) and start["median"] <= START_GOAL,
        )
    )
    return found


def _times(name: str, wanted: float, ratio: dict[str, Any] | None) -> Goal:
    met = bool(ratio) and ratio["median"] >= wanted if ratio else False
    return Goal(name, f"at least {wanted:.0f} times", f"{_text(ratio, 1)} times", met)


def _throughput(document: dict[str, Any]) -> Table:
    rounds = document["plan"]["rounds"]
    head = ["workload", "agents"]
    head += [f"{side}: {what}" for side in SIDES for what in ("catalogs/s", "p50 ms", "p95 ms", "p99 ms")]
    rows = []
    for row in document["catalogs"]:
        cells = [row["workload"], str(row["agents"])]
        for side in SIDES:
            figures = row["sides"][side]
            cells.append(_text(figures["rate"], 2))
            cells += [_number(figures[name], MS) for name in ("p50", "p95", "p99")]
        rows.append([*cells, _text(row["times_the_catalogs"], 1)])
    title = (
        f"Catalogs with so many agents at once: medians (least to most) of {rounds} rounds of"
        f" {document['plan']['cell_seconds']:g} s each, the sides in turn; percentiles of all catalogs."
    )
    return Table(title, [*head, "times"], rows, words=2)


def _processor(document: dict[str, Any]) -> Table:
    rows = []
    for row in document["catalogs"]:
        costs = [_text(row["sides"][side]["processor"], 0, MS) for side in SIDES]
        memory = [_text(row["sides"][side]["memory"], 0, MB) for side in SIDES]
        size = f"{row['resources']:,}, {row['bytes'] / 1000:,.0f} kB"
        rows.append(
            [row["workload"], str(row["agents"]), size, *costs,
             _text(row["times_the_processor_seconds"], 1), *memory]
        )  # fmt: skip
    head = (
        "workload", "agents", "resources, size",
        "ours: processor ms", "puppetserver: processor ms", "times", "ours: MB", "puppetserver: MB",
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
                largest = [f"{name}: {size * MB:.0f}" for name, size in list(found["processes"].items())[:6]]
                rows.append([words, side, "; ".join(largest), _text(found["bytes"], 0, MB)])
    title = "Memory of all processes that make the master (PSS), while nobody asks it."
    return Table(title, ("when", "side", "largest, MB", "MB"), rows, words=3)


def _starts(document: dict[str, Any]) -> Table:
    starts = document["starts"]
    rows = [[side, _text(starts[side], 1)] for side in SIDES]
    rows.append(["times as long", _text(starts["times_as_long"], 1)])
    return Table("From the start of the service to the first catalog (worker).", ("", "s"), rows)


def _runs(document: dict[str, Any]) -> Table:
    runs = document["runs"]
    rows = []
    for name, row in [("first", runs["first"]), *(("later", each) for each in runs["later"])]:
        cells = [name, str(row["agents"])]
        for side in SIDES:
            figures = row["sides"][side]
            cells += [_text(figures["rate"], 2), _number(figures["p50"], MS), _number(figures["p95"], MS)]
            cells.append(_text(figures["processor"], 0, MS))
        rows.append([*cells, _text(row["times_the_runs"], 1)])
    head = ["run", "agents"]
    head += [f"{side}: {what}" for side in SIDES for what in ("runs/s", "p50 ms", "p95 ms", "processor ms")]
    title = (
        "Whole runs of agents (worker): node, plugins, catalog, file metadata and content, report, nothing"
        " to apply. At the first one all files are fetched, later those that have changed, so none."
    )
    return Table(title, [*head, "times"], rows, words=2)


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


def _request(row: dict[str, Any] | None) -> list[str]:
    if row is None:
        return [NOTHING] * 3
    return [f"{row['count']:,}", _number(row["p50"], MS), _number(row["p95"], MS)]


def plots(document: dict[str, Any]) -> list[Plot]:
    """Throughput of each workload, and what a catalog costs."""
    found = []
    for workload in WORKLOADS:
        rows = [row for row in document["catalogs"] if row["workload"] == workload]
        series = {
            side: [Spread.load(row["sides"][side]["rate"]) for row in rows]
            for side in SIDES
            if all(row["sides"][side]["rate"] for row in rows)
        }
        agents = [row["agents"] for row in rows]
        title = f"Catalogs a second: {workload}"
        found.append(Plot(f"catalogs-{workload}", title, "agents at once", "catalogs/s", agents, series))
    return found


def _most_loaded(document: dict[str, Any], side: str) -> float:
    """The largest of the medians of memory right after a round."""
    found = [row["sides"][side]["memory"] for row in document["catalogs"]]
    return max((float(each["median"]) for each in found if each), default=0.0)


def _text(spread: dict[str, Any] | None, digits: int, scale: float = 1.0) -> str:
    return Spread.load(spread).text(digits, scale) if spread else NOTHING


def _number(value: float | None, scale: float) -> str:
    return NOTHING if value is None or value != value else f"{value * scale:,.0f}"  # noqa: PLR0124 - NaN
