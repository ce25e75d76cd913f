"""The rules on memory."""

import json

import pytest

from bench.errors import BenchError
from bench.soaking.usage import Usage, growth, stuck


def look(minute: float, total: float = 200.0, workers: dict[int, float] | None = None) -> Usage:
    return Usage(minute * 60, "m", {"workers": total}, workers or {}, 300.0, 1, 1, 0.0)


def test_a_probes_answer_is_in_megabytes() -> None:
    answer = {
        "groups": {"apache": 2048, "workers": 10240},
        "workers": {"17": 5120},
        "limit_mb": 600,
        "crl_names": 3,
        "crl_files": 1,
        "cpu_seconds": 1.5,
    }
    found = Usage.parse(json.dumps(answer), at=1, master="m")
    assert found.total == 12
    assert found.workers == {17: 5}
    assert (found.limit, found.crl_names, found.crl_files) == (600, 3, 1)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"groups": 1}', "Traceback"])
def test_an_answer_that_cannot_be_read_names_the_master(text: str) -> None:
    with pytest.raises(BenchError, match=r"^m: "):
        Usage.parse(text, at=1, master="m")


def test_growth_compares_the_last_ten_minutes_with_minutes_10_to_20() -> None:
    start = [look(minute, 900) for minute in range(10)]
    early = [look(minute, 200) for minute in range(10, 20)]
    middle = [look(minute, 900) for minute in range(20, 50)]
    late = [look(minute, 240) for minute in range(50, 60)]
    found = growth([*start, *early, *middle, *late], minutes=60, factor=1.1, slack=16)
    assert found is not None
    assert (found.early, found.late) == (200, 240)
    assert found.limit == pytest.approx(236)
    assert found.too_much


def test_what_stays_within_the_limit_is_no_growth() -> None:
    looks = [look(minute, 200 + minute / 2) for minute in range(60)]
    found = growth(looks, minutes=60, factor=1.1, slack=16)
    assert found is not None
    assert not found.too_much


def test_a_run_of_less_than_half_an_hour_says_nothing_of_growth() -> None:
    assert growth([look(minute) for minute in range(29)], minutes=29, factor=1.1, slack=16) is None


def test_a_worker_that_is_recycled_soon_is_not_stuck() -> None:
    assert (
        stuck(
            [look(1, workers={1: 350, 2: 100}), look(2, workers={1: 360, 2: 100}), look(3, workers={3: 90})]
        )
        == []
    )


def test_a_worker_over_the_limit_at_three_looks_in_a_row_is_stuck() -> None:
    looks = [look(minute, workers={1: 350, 2: 299}) for minute in range(3)]
    assert stuck(looks) == [1]


def test_two_looks_say_nothing_yet() -> None:
    assert stuck([look(minute, workers={1: 350}) for minute in range(2)]) == []
