"""What several measurements of the same come to."""

import json

import pytest

from bench.spread import Spread


def test_it_is_the_median_between_the_least_and_the_most() -> None:
    assert Spread.of([3, 1, 10]) == Spread(3, 1, 10, 3)


def test_of_nothing_there_is_none() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        Spread.of([])


def test_it_comes_back_from_json_as_it_went() -> None:
    spread = Spread.of([1.5, 2.5])
    assert Spread.load(json.loads(json.dumps(spread.document()))) == spread


@pytest.mark.parametrize(
    ("values", "text"),
    [([1234.56], "1,234.6"), ([1, 2, 4], "2.0 (1.0 to 4.0)")],
)
def test_its_text_has_the_spread_unless_there_is_one_value_only(values: list[float], text: str) -> None:
    assert Spread.of(values).text() == text


def test_its_unit_can_be_changed() -> None:
    assert Spread.of([0.0125]).text(0, scale=1000) == "12"
