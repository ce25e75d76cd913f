"""The figures of bench/enrolment: judged by their limits, and measured with a command's own failure told."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.enrol import commands, shown, sweep
from bench.enrol.figures import NONE, SIGNED, SIGNING, limited, over_limit, ratio
from bench.enrol.processes import Call, Cost, measure, processor_seconds, run
from bench.errors import BenchError


def costs(*seconds: float) -> list[Cost]:
    return [Cost(each, each * 2) for each in seconds]


def test_a_ratio_compares_calls_of_the_same_round() -> None:
    found = ratio(costs(0.2, 0.6, 0.4), costs(0.1, 0.2, 0.1))
    assert (found.median, found.least, found.most, found.count) == (
        pytest.approx(3),
        pytest.approx(2),
        pytest.approx(4),
        3,
    )


@pytest.mark.parametrize(("limit", "words"), [(2.0, []), (1.9, ["over the limit of 1.9"])])
def test_a_ratio_is_good_up_to_its_limit(limit: float, words: Sequence[str]) -> None:
    found = over_limit([limited("ours", "bare", costs(0.5), costs(0.25), limit)])
    assert len(found) == len(words)
    assert all(word in told for word, told in zip(words, found, strict=True))


def test_both_sides_of_a_ratio_are_among_the_figures() -> None:
    found = limited("ours", "bare", costs(0.5), costs(0.25), 2)
    assert (found["processor"]["median"], found["against_elapsed"]["median"]) == (0.5, 0.5)


def test_a_command_that_fails_is_told_with_what_it_said() -> None:
    with pytest.raises(BenchError, match="exit code 3, not 0: no such thing"):
        run(Call(["/bin/sh", "-c", "echo no such thing >&2; exit 3"]))


def test_a_command_that_should_fail_and_does_not_is_told() -> None:
    run(Call(["/bin/false"], code=1))
    with pytest.raises(BenchError, match="exit code 0, not 1"):
        run(Call(["/bin/true"], code=1))


def test_what_a_command_reads_and_its_environment_are_its_own() -> None:
    run(Call(["/bin/sh", "-c", '[ "$(cat)" = text ] && [ "$WORD" = word ]'], b"text", {"WORD": "word"}))


def test_calls_are_in_turn_and_each_is_prepared(tmp_path: Path) -> None:
    order = tmp_path / "order"

    def writes(word: str) -> Call:
        def prepare() -> None:
            (tmp_path / "prepared").write_text(word)

        text = f'test "$(cat {tmp_path}/prepared)" = {word} && echo {word} >> {order}'
        return Call(["/bin/sh", "-c", text], prepare=prepare)

    found = measure({"a": writes("a"), "b": writes("b")}, 2)
    assert order.read_text().split() == ["a", "b"] * 3  # once more at first, which is not counted
    assert [len(each) for each in found.values()] == [2, 2]


def test_processor_time_is_the_commands_own() -> None:
    found = measure({"idle": Call(["/bin/sleep", "0.2"])}, 1)["idle"][0]
    assert found.processor < 0.1 < found.elapsed


def test_a_processs_clock_is_the_kernels_account_of_it() -> None:
    before = processor_seconds(os.getpid())
    assert before == pytest.approx(time.process_time(), abs=0.05)
    end = time.process_time() + 0.02
    while time.process_time() < end:
        pass
    assert processor_seconds(os.getpid()) >= before + 0.02


def test_a_helpers_part_counts_for_the_call_that_it_helped(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 110.0, 130.0])
    monkeypatch.setattr("bench.enrol.processes.processor_seconds", lambda pid: next(clock))
    found = measure({"plain": Call(["/bin/true"]), "helped": Call(["/bin/true"], helper=1)}, 2)
    assert [round(cost.processor) for cost in found["helped"]] == [10, 20]
    assert [round(cost.processor) for cost in found["plain"]] == [0, 0]


SWEEPS = {
    (10, NONE): costs(0.1),
    (10, SIGNED): costs(0.3),
    (1000, NONE): costs(1.0, 2.0, 3.0),
    (1000, SIGNED): costs(2.0, 6.0, 7.6),
}


def test_the_signing_is_the_difference_of_two_sweeps_of_one_round() -> None:
    rows = {(row["waiting"], row["outcome"]): row for row in sweep.document(SWEEPS)}
    assert rows[1000, SIGNING]["processor"]["median"] == pytest.approx(4.0)
    assert rows[10, SIGNING]["elapsed"]["median"] == pytest.approx(0.4)


def test_a_sweep_of_a_thousand_has_a_limit_and_the_signing_alone_has_none() -> None:
    assert sweep.over_limit(sweep.document(SWEEPS)) == []
    slow = sweep.document({(1000, NONE): costs(1), (1000, SIGNED): costs(8)})
    assert sweep.over_limit(slow) == ["a sweep of 1000, all are signed: 16.0 s, over the limit of 15"]


def enrolment() -> dict[str, object]:
    found = {
        commands.FILE: costs(0.12),
        commands.PARSER: costs(0.1),
        commands.HTTPS: costs(0.2),
        commands.WITH_CLIENT: costs(0.1),
    }
    return {"delay": 0.03, "decisions": commands.document(found), "sweeps": sweep.document(SWEEPS)}


def test_the_tables_have_each_decision_and_each_sweep() -> None:
    decisions, sweeps = shown.tables(enrolment())
    assert [row[0] for row in decisions.rows] == [commands.FILE, commands.HTTPS]
    assert decisions.rows[0][-2:] == ["1.20", "1.5"]
    assert sweeps.rows[3] == ["1,000", NONE, "4.00 (2.00 to 6.00)", "2.00 (1.00 to 3.00)", "4.0", "15"]
    assert "30 ms" in sweeps.title


def test_the_curve_is_over_the_number_of_waiting_requests() -> None:
    [plot] = shown.plots(enrolment())
    assert list(plot.at) == [10, 1000]
    assert [found.median for found in plot.series[SIGNED] if found] == [0.6, 12.0]
