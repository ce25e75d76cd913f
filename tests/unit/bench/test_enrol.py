"""The figures of bench/enrolment: judged by their limits, and measured with a command's own failure told."""

import pytest

from bench.enrol.figures import RATIO_HEAD, Duration, Ratio, document, table
from bench.enrol.load import rate
from bench.enrol.processes import Call, measure, run
from bench.errors import BenchError


def ratio(seconds: float, limit: float | None = 1.5) -> Ratio:
    return Ratio("ours", "bare", seconds, 0.1, limit)


def test_a_ratio_is_good_up_to_its_limit() -> None:
    assert ratio(0.15).good
    assert not ratio(0.151).good
    assert ratio(9.0, limit=None).good


def test_a_duration_without_a_limit_is_for_information() -> None:
    assert Duration("sweep", 100.0, 1.0).good
    assert not Duration("sweep", 15.1, 1.0, 15.0).good


def test_columns_of_words_stand_to_the_left_and_figures_to_the_right() -> None:
    lines = table(RATIO_HEAD, [ratio(0.15).row(), ratio(1.234).row()], words=2).splitlines()
    assert lines[1].startswith("ours     bare")
    assert len({line.rindex("1.5") for line in lines[1:]}) == 1


def test_the_ratio_itself_is_among_the_results() -> None:
    assert document([ratio(0.2)])[0]["ratio"] == pytest.approx(2.0)


def test_a_rate_counts_nodes_in_the_elapsed_time() -> None:
    found = rate("CA", [0.1, 0.3, 0.2, 0.4], 2.0)
    assert (found.per_second, found.p50, found.p95, found.longest) == (2.0, 0.2, 0.4, 0.4)


def test_a_command_that_fails_is_told_with_what_it_said() -> None:
    with pytest.raises(BenchError, match="exit code 3: no such thing"):
        run(Call(["/bin/sh", "-c", "echo no such thing >&2; exit 3"]))


def test_what_a_command_reads_and_its_environment_are_its_own() -> None:
    run(Call(["/bin/sh", "-c", '[ "$(cat)" = text ] && [ "$WORD" = word ]'], b"text", {"WORD": "word"}))


def test_processor_time_is_the_commands_own() -> None:
    found = measure({"idle": Call(["/bin/sleep", "0.2"]), "nothing": Call(["/bin/true"])}, 3)
    assert found["idle"].processor < 0.1 < found["idle"].elapsed
    assert found["nothing"].elapsed < found["idle"].elapsed
