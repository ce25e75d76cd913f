"""The same requests to puppetserver's CA and to ours get the same answers, but for what is listed."""

import pytest

from tests.differential.ca import Ca
from tests.differential.ca_differences import DIFFERENCES
from tests.differential.ca_table import ROWS
from tests.differential.report import CA, Results, explain
from tests.differential.table import Row, compare


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_both_authorities_answer_the_same(row: Row[Ca], authorities: tuple[Ca, Ca], results: Results) -> None:
    reference, ours = (row.run(side) for side in authorities)
    comparison = compare(CA, row.name, reference, ours, DIFFERENCES)
    results.add(comparison)
    assert not comparison.unjustified, explain(comparison)


def test_every_listed_difference_of_the_authorities_is_seen(results: Results) -> None:
    assert results.tried(CA) == len(ROWS), "not all rows were tried"
    assert results.unseen(CA, DIFFERENCES) == []
