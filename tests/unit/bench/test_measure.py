"""Percentiles are values that were measured; nothing that failed is lost."""

import math

import pytest

from bench.agents.measure import Journal, Sample, percentile, summary


def sample(seconds: float = 0.1, *, kind: str = "catalog", status: int = 200, failed: bool = False) -> Sample:
    return Sample(1.0, "agent", "master", kind, status, seconds, failed)


@pytest.mark.parametrize(
    ("percent", "expected"), [(1, 1.0), (50, 50.0), (95, 95.0), (99, 99.0), (99.5, 100.0), (100, 100.0)]
)
def test_a_percentile_is_by_nearest_rank(percent: float, expected: float) -> None:
    assert percentile([float(value) for value in range(1, 101)], percent) == expected


def test_one_value_is_every_percentile() -> None:
    assert {percentile([7.0], percent) for percent in (1, 50, 99)} == {7.0}


def test_there_is_no_percentile_of_nothing() -> None:
    assert math.isnan(percentile([], 50))


def test_a_summary_counts_statuses_and_failures() -> None:
    found = summary(
        [sample(0.3), sample(0.1), sample(0.2, status=500, failed=True), sample(9, status=0, failed=True)]
    )
    assert found["count"] == 4
    assert found["failed"] == 2
    assert found["statuses"] == {"200": 2, "500": 1, "none": 1}
    assert (found["p50"], found["max"]) == (0.2, 9)


def test_a_journal_has_one_row_a_kind_in_the_order_of_first_use() -> None:
    journal = Journal([sample(kind="status"), sample(kind="catalog"), sample(kind="status", failed=True)])
    assert [(row["kind"], row["count"]) for row in journal.kinds()] == [("status", 2), ("catalog", 1)]
    assert [failure.kind for failure in journal.failures] == ["status"]
    assert journal.servers() == {"master": 3}
