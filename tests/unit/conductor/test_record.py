"""What a record says of a class' parameters."""

from __future__ import annotations

from typing import Any

import pytest

from conductor.record import Record


@pytest.mark.parametrize(
    ("own", "data", "expected"),
    [
        ({"port": 1}, {"puppet::x::port": 2}, 1),
        ({}, {"puppet::x::port": 2}, 2),
        ({"port": None}, {"puppet::x::port": 2}, 2),  # as Puppet looks up what the ENC gives as null
        ({"port": None}, {"puppet::x::port": None}, 3),
        ({}, {}, 3),
    ],
)
def test_a_parameter_is_the_class_own_then_the_data_then_the_default(
    own: dict[str, Any], data: dict[str, Any], expected: int
) -> None:
    record = Record(classes={"puppet::x": own}, parameters={"data": data})
    assert record.parameter("puppet::x", "port", 3) == expected


def test_a_class_that_a_record_does_not_have_may_be_set_by_data() -> None:
    record = Record(parameters={"data": {"hadoop::cluster": "second"}})
    assert record.parameter("hadoop", "cluster") == "second"
