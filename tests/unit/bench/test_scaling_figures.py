"""What steps come to."""

import pytest

from bench.scaling import figures, processor
from bench.scaling.crowd import Run
from bench.scaling.load import Step

IDLE = dict.fromkeys(processor.PARTS, 0.0) | {processor.RESIDENTS: 0.1}


def step(seconds: list[float], *, workers: float = 0.0, wrong: int = 0) -> Step:
    """Runs that took so long, in ten seconds."""
    runs = [Run(0.0, value, value / 2, True) for value in seconds]
    runs += [Run(0.0, 1.0, 0.0, False)] * wrong
    used = IDLE | {processor.WORKERS: workers, processor.RESIDENTS: 1.0}
    return Step(figures.rate_of(900), 10.0, runs, used=used, generator=2.0)


def test_a_node_runs_twice_an_hour() -> None:
    assert figures.rate_of(1800) == 1.0
    assert figures.nodes_at(0.5) == 900


def test_steps_of_a_rate_count_together() -> None:
    found = figures.together([step([1.0, 2.0]), step([3.0], wrong=1)], IDLE)
    assert (found["nodes"], found["runs"], found["failed"]) == (900, 4, 1)
    assert found["runs_a_second"] == pytest.approx(3 / 20)
    assert found["run"]["spread"] == {"median": 2.0, "least": 1.0, "most": 3.0, "count": 3}
    assert found["generator_cores"] == pytest.approx(0.2)


def test_a_run_costs_what_was_used_beyond_what_is_used_anyway() -> None:
    found = figures.together([step([1.0, 1.0], workers=1.0), step([1.0], workers=0.7)], IDLE)
    assert found["cost"]["total"] == pytest.approx({"median": 0.6, "least": 0.5, "most": 0.7, "count": 2})
    assert found["cost"]["parts"][processor.WORKERS] == pytest.approx(0.6)
    assert found["cost"]["parts"][processor.RESIDENTS] == pytest.approx(0.0)


def test_a_run_of_the_hosts_own_agent_is_not_what_a_node_costs() -> None:
    busy = step([1.0], workers=0.5)
    busy.used[processor.OWN_AGENT] = 7.0
    assert figures.together([busy], IDLE)["cost"]["total"]["median"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("seconds", "wrong", "kept_up"),
    [([1.0, 2.0], 0, True), ([1.0, figures.LIMIT + 1], 0, False), ([1.0], 1, False), ([], 0, False)],
)
def test_a_master_keeps_up_when_no_run_fails_or_waits_long(
    seconds: list[float], wrong: int, kept_up: bool
) -> None:
    assert figures.carried(figures.together([step(seconds, wrong=wrong)], IDLE)) is kept_up


def test_capacity_is_told_as_measured_as_offered_and_by_cost() -> None:
    most = figures.together([step([1.0] * 10, workers=5.0)], IDLE)
    slow = figures.together([step([figures.LIMIT + 1])], IDLE)
    found = figures.capacity(2, IDLE, most, [figures.together([step([1.0])], IDLE), slow | {"nodes": 2000}])
    assert found["most_nodes_measured"] == pytest.approx(1800)
    assert found["most_nodes_offered"] == 900
    assert found["most_nodes_by_cost"] == pytest.approx((2 - 0.1) / 0.5 * 1800)


def test_who_used_most_of_the_processor_comes_first() -> None:
    most = figures.together([step([1.0], workers=3.0)], IDLE)
    assert figures.first(most)[0] == (processor.WORKERS, pytest.approx(0.75))
