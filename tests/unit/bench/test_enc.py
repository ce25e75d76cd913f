"""bench/enc: each state of cache and store is really met, and what its figures come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.classifying import measure, shown, states
from bench.classifying.states import HELPED, OWN, STATES, STORES, WAYS, Case
from bench.enrol import figures, tls
from bench.enrol.processes import Cost, run


def found(processor: float = 0.1) -> dict[str, list[Cost]]:
    keys = [" / ".join((store, way, state)) for store in STORES for way in WAYS for state in STATES]
    bare = {name: [Cost(0.1, 0.2)] * 3 for name in measure.REFERENCES}
    return {**bare, **{key: [Cost(processor, 0.3)] * 3 for key in keys}}


def document(processor: float = 0.1) -> dict[str, object]:
    return measure.document(found(processor), {"https": 20_000_000, "s3": 40_000_000})


def test_each_state_has_a_row_for_each_store_and_way() -> None:
    table = shown.tables(document())[0]
    assert len(table.rows) == len(measure.REFERENCES) + len(STATES) * len(STORES) * len(WAYS)
    assert table.rows[-1][1:3] == ["s3", HELPED]
    assert table.rows[-1][-1] == "1.00 (1.00 to 1.00)"
    assert "of 3 calls" in table.title


@pytest.mark.parametrize(("seconds", "count"), [(0.15, 0), (0.16, 1), (0.21, 2)])
def test_a_kept_answer_and_one_of_the_store_have_limits(seconds: float, count: int) -> None:
    limits = measure.document(found(seconds), {})["limits"]
    assert len(figures.over_limit(limits)) == count


def test_the_plot_has_a_bar_for_each_and_the_bare_processes_as_lines() -> None:
    [plot] = shown.plots(document())
    assert len(plot.at) == len(STATES)
    assert {len(series) for series in plot.series.values()} == {len(STATES)}
    assert plot.limits["/bin/true"] == pytest.approx(100)


def test_what_is_measured_is_what_its_state_says(tmp_path: Path) -> None:
    """Each call is made twice: it must end as it should in a first round and in later ones."""
    with states.calls(tmp_path, tls.make_pair(tmp_path, 2048), ["https"]) as calls:
        for case, call in calls.items():
            if case.way != OWN:
                continue
            run(call)
            call.prepare()
            kept = list((Path(call.environment["NODE_CLASSIFIER_CONFIG"]).parent / "cache").glob("3f0c*"))
            assert bool(kept) is (case.state not in {states.COLD, states.UNKNOWN})
            run(call)
        helped = calls[Case("https", HELPED, states.COLD)]
        used = measure.measure({"helped": helped}, 1)["helped"][0]
        assert used.processor > 0
        assert helped.helper
