"""What each tuning of the master is worth."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bench.errors import BenchError
from bench.tuning import shown
from bench.tuning.measure import collector_of, row
from bench.tuning.variants import MASTER, PLAIN, VARIANTS


@pytest.fixture
def found() -> dict[str, list[dict[str, Any]]]:
    """Two rounds: the machine is twice as slow in the second one."""
    return {
        "plain": [
            {"costs": {"worker": [0.20, 0.21, 0.90]}, "resident": 80_000_000},
            {"costs": {"worker": [0.42, 0.42, 0.42]}, "resident": 90_000_000},
        ],
        "master": [
            {"costs": {"worker": [0.10, 0.105, 0.11]}, "resident": 85_000_000},
            {"costs": {"worker": [0.21, 0.21, 0.21]}, "resident": 85_000_000},
        ],
    }


def test_a_variant_is_compared_with_the_plain_one_of_the_same_round(
    found: dict[str, list[dict[str, Any]]],
) -> None:
    part = row(MASTER, found)["of_plain"]["worker"]
    assert (part["least"], part["most"]) == (pytest.approx(0.5), pytest.approx(0.5))


def test_one_slow_catalog_does_not_count(found: dict[str, list[dict[str, Any]]]) -> None:
    assert row(PLAIN, found)["processor"]["worker"]["least"] == 0.21


def test_the_table_says_what_is_part_of_the_master_and_what_was_only_tried(
    found: dict[str, list[dict[str, Any]]],
) -> None:
    found = {
        variant.name: found["master"] if variant is not PLAIN else found["plain"] for variant in VARIANTS
    }
    document = {"rounds": 2, "variants": [row(variant, found) for variant in VARIANTS]}
    [table] = shown.tables(document)
    parts = {line[0].partition(":")[0]: line[1] for line in table.rows}
    assert parts == {
        "plain": "no, before", "templates": "yes", "classifier": "yes", "connections": "yes", "master": "yes",
        "jemalloc": "no, tried"
    }  # fmt: skip
    assert dict(zip(table.head, table.rows[2], strict=True))["worker: % of plain"] == "50 (50 to 50)"
    assert set(shown.plots(document)[0].series) == set(found)


def master(*settings: str) -> Any:
    return SimpleNamespace(name="ours", run=lambda _: "".join(f"{line}\n" for line in settings))


def test_the_collectors_settings_are_those_of_the_virtual_host() -> None:
    assert collector_of(master("RUBY_GC_ONE 1.25", "RUBY_GC_TWO 600000")) == {
        "RUBY_GC_ONE": "1.25",
        "RUBY_GC_TWO": "600000",
    }


def test_a_master_without_settings_of_the_collector_is_not_measured_as_one_that_has_them() -> None:
    with pytest.raises(BenchError, match="no settings of Ruby's garbage collector"):
        collector_of(master())
