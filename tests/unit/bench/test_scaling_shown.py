"""bench/scale's tables and plots, from its document alone."""

import copy
from pathlib import Path
from typing import Any

import pytest

from bench.drawing import picture
from bench.scaling import document, figures, processor, shown
from bench.scaling.crowd import Run
from bench.scaling.load import Step

IDLE = dict.fromkeys(processor.PARTS, 0.0) | {processor.PUPPETDB: 0.02}


def step(nodes: float, seconds: float, *, wrong: bool = False) -> Any:
    runs = [Run(0.0, seconds, seconds / 2, True), Run(0.0, seconds, seconds / 2, not wrong)]
    used = IDLE | {processor.WORKERS: 1.0, processor.APACHE: 0.5}
    return figures.together([Step(figures.rate_of(nodes), 10.0, runs, used=used)], IDLE)


def of_cores(cores: int) -> Any:
    steps = [step(500, 1.0), step(2000, figures.LIMIT + 1)]
    most = step(0, 3.0)
    return {
        "cores": cores,
        "alone": step(720, 0.8),
        "steps": steps,
        "most": most,
        "capacity": figures.capacity(cores, IDLE, most, steps),
    }


@pytest.fixture
def whole() -> Any:
    memory = dict.fromkeys(processor.PARTS, 0.0) | {processor.WORKERS: 200.0}
    return {
        "limit_seconds": figures.LIMIT,
        "idle_cores": IDLE,
        "memory_mb": {"idle": memory, "after load": memory},
        "cores": [of_cores(1), of_cores(2)],
        "known": [{**step(720, 1.0), "nodes": nodes, "idle_cores": IDLE} for nodes in (10, 2000)],
        "failures": [],
    }


def test_the_first_table_says_how_many_nodes_and_who_used_the_processor(whole: Any) -> None:
    row = shown.tables(whole)[0].rows[0]
    assert row[:4] == ("1", "0.20", "360", "2,352")
    assert row[5].startswith(f"{processor.WORKERS} 66%, {processor.APACHE} 33%")


def test_few_nodes_have_the_times_of_runs_alone_and_many_those_of_their_rate(whole: Any) -> None:
    rows = shown.tables(whole)[1].rows
    assert [(row[0], row[1], row[-1]) for row in rows[:5]] == [
        ("1", "10", "yes"),
        ("1", "50", "yes"),
        ("1", "100", "yes"),
        ("1", "500", "yes"),
        ("1", "2,000", "no"),
    ]
    assert rows[0][5] == "0.80"
    assert rows[4][5] == "6.00"


def test_a_part_without_memory_has_no_row(whole: Any) -> None:
    assert [row[0] for row in shown.tables(whole)[3].rows] == [processor.WORKERS, "all"]


def test_what_the_host_does_by_itself_is_told_but_is_not_of_a_run(whole: Any) -> None:
    rows = {row[0]: row for row in shown.tables(whole)[2].rows}
    assert rows[processor.WORKERS][1:3] == ("0.000", "0.500")
    assert rows[processor.TIMERS][1:] == ("0.000", "-", "-", "-", "-")


def test_plots_can_be_drawn_and_say_the_same_each_time(whole: Any, tmp_path: Path) -> None:
    drawn = {plot.name: picture.write(plot, tmp_path).read_text() for plot in shown.plots(whole)}
    assert set(drawn) == {"scale-runs", "scale-cores", "scale-split", "scale-known"}
    again = {
        plot.name: picture.write(plot, tmp_path).read_text() for plot in shown.plots(copy.deepcopy(whole))
    }
    assert drawn == again


def test_what_was_measured_without_a_failure_is_not_wrong(whole: Any) -> None:
    assert document.wrong(whole) == []


def test_a_failed_run_and_missing_agents_are_told_with_their_rate(whole: Any) -> None:
    whole["cores"][0]["steps"][0] = step(500, 1.0, wrong=True) | {"short": 2}
    assert document.wrong(whole) == [
        "1 cores, 500 nodes: 1 of 2 runs failed",
        "1 cores, 500 nodes: 2 runs had no agent free; take more --agents",
    ]
