"""AWS's limits as bench/launch imposes them, and what it makes of its runs."""

from __future__ import annotations

from bench.launching.limits import Bucket, Limits
from bench.launching.measure import BATCHED, SINGLE, Run, summary


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


def test_the_summary_says_what_all_would_take_at_each_way_s_median_rate() -> None:
    runs = [run(BATCHED, 500, 10), run(SINGLE, 20, 10), run(BATCHED, 500, 20), run(SINGLE, 20, 5)]
    batched, single = summary([*runs, run(BATCHED, 500, 12)], 500)
    assert (batched["median_seconds"], round(batched["seconds_for_target"])) == (12, 12)
    assert (single["per_second"], round(single["seconds_for_target"])) == (3.0, 167)
