"""AWS's limits as bench/launch imposes them, and what it makes of its runs."""

from __future__ import annotations

from typing import Any

import pytest

from bench.launching import shown
from bench.launching.limits import Bucket, Limits
from bench.launching.measure import BATCHED, SINGLE, Run, figures


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def run(way: str, count: int, seconds: float) -> Run:
    return Run(way, count, seconds, 0.1, 0.2, {"RunInstances": 1}, {"RunInstances": 0}, 4, [])


def test_a_bucket_gives_what_it_has_and_fills_up_to_its_size() -> None:
    clock = Clock()
    bucket = Bucket(5, 2, clock)
    for _ in range(5):
        assert bucket.has(1)
        bucket.take(1)
    assert not bucket.has(1)
    clock.seconds = 0.5
    assert bucket.has(1)
    assert not bucket.has(2)
    clock.seconds = 100
    assert bucket.has(5)
    assert not bucket.has(6)


def test_five_launches_pass_at_once_then_two_a_second() -> None:
    clock = Clock()
    limits = Limits(clock)
    assert [limits.ec2("RunInstances", 1) for _ in range(7)] == [True] * 5 + [False] * 2
    clock.seconds = 1
    assert [limits.ec2("RunInstances", 1) for _ in range(3)] == [True, True, False]


def test_a_thousand_instances_pass_at_once_and_a_refused_launch_costs_no_token() -> None:
    clock = Clock()
    limits = Limits(clock)
    assert limits.ec2("RunInstances", 900)
    assert [limits.ec2("RunInstances", 101) for _ in range(9)] == [False] * 9
    assert limits.ec2("RunInstances", 100)


def test_other_actions_and_each_prefix_have_buckets_of_their_own() -> None:
    limits = Limits(Clock())
    assert [limits.ec2("DescribeInstances", 0) for _ in range(101)] == [True] * 100 + [False]
    assert limits.ec2("DescribeImages", 0)
    assert [limits.s3("/bucket/a", write=True) for _ in range(3501)] == [True] * 3500 + [False]
    assert limits.s3("/bucket/batches/a", write=True)
    assert limits.s3("/bucket/a", write=False)


def made() -> dict[str, Any]:
    runs = [
        run(BATCHED, 10, 1), run(BATCHED, 500, 10), run(SINGLE, 20, 10),
        run(BATCHED, 10, 2), run(BATCHED, 500, 20), run(SINGLE, 20, 5),
        run(BATCHED, 10, 4), run(BATCHED, 500, 12), run(SINGLE, 20, 4),
    ]  # fmt: skip
    return {"singles": 20, **figures(runs)}


def test_the_curve_has_what_each_number_takes_and_would_take_at_the_rate_of_one_at_a_time() -> None:
    few, many = made()["curve"]
    assert (few["instances"], few["batched"]["median"], few["batched"]["most"]) == (10, 2, 4)
    assert (many["instances"], many["batched"]["median"]) == (500, 12)
    assert (many["singly"]["least"], many["singly"]["median"], many["singly"]["most"]) == (100, 125, 250)
    assert many["times_as_fast"] == pytest.approx(125 / 12)


def test_the_ways_are_the_largest_start_and_one_at_a_time() -> None:
    batched, single = made()["ways"]
    assert (batched["way"], batched["instances"]) == (BATCHED, 500)
    assert (single["way"], single["per_second"]["median"]) == (SINGLE, 4.0)


def test_the_tables_and_the_plot_are_of_the_same_curve() -> None:
    curve, ways = shown.tables(made())
    assert [row[0] for row in curve.rows] == ["10", "500"]
    assert curve.rows[1][1:] == ["12.00 (10.00 to 20.00)", "125.0", "10.4"]
    assert len(ways.head) == len(ways.rows[0])
    [plot] = shown.plots(made())
    assert list(plot.at) == [10, 500]
    assert [len(series) for series in plot.series.values()] == [2, 2]
