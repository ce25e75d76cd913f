"""bench/all: a part that fails, hangs or is killed is told, and does not hide the others."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bench import results
from bench.altogether import outcomes, processes
from bench.altogether.outcomes import FAILED, HUNG, NOT_RUN, PASSED, Outcome
from bench.altogether.processes import Ended
from bench.altogether.run import Run
from bench.commands import all as command
from bench.parts import PARTS, PUPPETMASTER, SIDES, Part
from lab.errors import LabError

CHECKOUT = Path(__file__).parents[3]
QUIET = 120.0


class FakeLab:
    def __init__(self, failure: str = "") -> None:
        self.failure = failure
        self.asked: list[bool] = []
        self.launched_ahead = 0

    def ready(self, *, fresh: bool) -> None:
        self.asked.append(fresh)
        if self.failure:
            raise LabError(self.failure)

    def launch_sides(self) -> None:
        self.launched_ahead += 1
        if self.failure:
            raise LabError(self.failure)


def part(name: str, hosts: str = "") -> Part:
    return Part(name, "bench.nowhere.shown", full=20, quick=10, hosts=hosts)


Script = Callable[[str, str], None]


@pytest.fixture(autouse=True)
def _interruptible() -> Iterator[None]:
    """A shell's background job ignores Ctrl-C, and so would all that it starts; `bench/all` sees to that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """Make a part's command; it gets the file of its figures as $FIGURES."""
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results")
    (tmp_path / "results" / "quick").mkdir(parents=True)

    def make(name: str, text: str) -> None:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\nFIGURES={tmp_path}/results/{name}.json\n{text}\n")
        path.chmod(0o755)

    return make


def figures(*wrong: str) -> str:
    return json.dumps({"passed": not wrong, "wrong": wrong})


def run_all(folder: Path, *parts: Part, lab: FakeLab | None = None, quick: bool = False) -> list[Outcome]:
    return list(Run(quick, lab or FakeLab(), lambda _: None, folder).outcomes(parts))


def test_a_failed_part_does_not_hide_the_others(tmp_path: Path, script: Script) -> None:
    script("one", "echo 'one: the store does not answer' >&2; exit 1")
    script("two", f"echo '{figures()}' > $FIGURES")
    one, two, three = run_all(tmp_path, part("one"), part("two"), part("three"))
    assert (one.outcome, one.exit_code, one.why) == (FAILED, 1, "one: the store does not answer")
    assert (two.outcome, two.exit_code, two.why) == (PASSED, 0, "")
    assert three.outcome == FAILED and "No such file" in three.why
    assert [each.measured for each in (one, two, three)] == [False, True, False]


def test_what_was_wrong_is_told_by_the_figures(tmp_path: Path, script: Script) -> None:
    script("one", f"echo '{figures('a request failed', 'another')}' > $FIGURES; echo bye >&2; exit 1")
    [one] = run_all(tmp_path, part("one"))
    assert (one.outcome, one.why, one.measured) == (FAILED, "a request failed (and 1 more)", True)


def test_figures_of_an_earlier_run_are_none_of_this_one(tmp_path: Path, script: Script) -> None:
    (tmp_path / "results" / "one.json").write_text(figures())
    script("one", "exit 0")
    [one] = run_all(tmp_path, part("one"))
    assert (one.outcome, one.measured) == (FAILED, False)
    assert "wrote no figures" in one.why


def test_an_end_without_a_word_is_told_by_its_code(tmp_path: Path, script: Script) -> None:
    script("one", "exit 3")
    script("two", "kill -9 $$")
    one, two = run_all(tmp_path, part("one"), part("two"))
    assert one.why == "exit code 3, without a word"
    assert two.why == "killed by SIGKILL"


def test_a_quick_run_says_so_to_its_parts_and_looks_for_their_quick_figures(
    tmp_path: Path, script: Script
) -> None:
    script("one", f"test \"$*\" = --quick && echo '{figures()}' > {tmp_path}/results/quick/one.json")
    [one] = run_all(tmp_path, part("one"), quick=True)
    assert (one.outcome, one.budget) == (PASSED, 10)


def test_parts_are_told_to_leave_the_lab_up(tmp_path: Path, script: Script) -> None:
    script("one", f"test \"$BENCH_KEEP_LAB\" = 1 && echo '{figures()}' > $FIGURES")
    [one] = run_all(tmp_path, part("one"))
    assert one.passed


def test_the_lab_is_made_ready_for_those_that_need_it(tmp_path: Path, script: Script) -> None:
    for name in ("one", "two", "three"):
        script(name, f"echo '{figures()}' > $FIGURES")
    lab = FakeLab()
    run_all(
        tmp_path,
        part("one"),
        part("two", hosts="two"),
        part("three", hosts="three"),
        lab=lab,
    )
    assert lab.asked == [False, True]


@pytest.mark.parametrize(
    ("quick", "first", "hosts", "ahead"),
    [
        (True, "", SIDES, 1),
        (False, "", SIDES, 0),
        (True, PUPPETMASTER, SIDES, 0),
        (True, "", PUPPETMASTER, 0),
    ],
)
def test_only_a_quick_run_launches_both_sides_while_other_parts_run(
    script: Script, quick: bool, first: str, hosts: str, ahead: int
) -> None:
    lab = FakeLab()
    parts = part("one", hosts=first), part("two", hosts=hosts)
    run_all(Path("/nowhere"), *parts, lab=lab, quick=quick)
    assert lab.launched_ahead == ahead


def test_sides_that_cannot_be_launched_ahead_stop_no_part_without_a_lab(
    tmp_path: Path, script: Script
) -> None:
    script("one", f"echo '{figures()}' > {tmp_path}/results/quick/one.json")
    parts = part("one"), part("two", hosts=SIDES)
    one, two = run_all(tmp_path, *parts, lab=FakeLab("no space left"), quick=True)
    assert one.passed
    assert two.outcome == NOT_RUN


def test_without_a_lab_only_those_that_need_it_do_not_run(tmp_path: Path, script: Script) -> None:
    script("one", "echo ran > ran; exit 1")
    script("two", f"echo '{figures()}' > $FIGURES")
    one, two = run_all(tmp_path, part("one", hosts=SIDES), part("two"), lab=FakeLab("no space left"))
    assert (one.outcome, one.exit_code) == (NOT_RUN, None)
    assert "no space left" in one.why
    assert two.passed


def test_a_hung_process_is_interrupted_and_can_clean_up(tmp_path: Path) -> None:
    cleaned = tmp_path / "cleaned"
    program = f"trap 'touch {cleaned}; exit 130' INT; echo at work >&2; sleep 99 & wait"
    ended = processes.run(["sh", "-c", program], deadline=2)
    assert (ended.hung, ended.code, ended.last) == (True, 130, "at work")
    assert cleaned.exists()


def test_a_process_beside_is_interrupted_when_it_is_to_end(tmp_path: Path) -> None:
    begun, cleaned = tmp_path / "begun", tmp_path / "cleaned"
    program = f"trap 'touch {cleaned}; exit 130' INT; touch {begun}; sleep 99 & wait"
    beside = processes.Running(["sh", "-c", program])
    await_file(begun)
    beside.end()
    assert cleaned.exists()


def test_one_that_ignores_the_interrupt_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    child = tmp_path / "child"
    ended = processes.run(
        ["sh", "-c", f"trap '' INT; sleep 99 & echo $! > {child}; sleep 99"], deadline=1, grace=0.5
    )
    assert (ended.hung, ended.code) == (True, -signal.SIGKILL)
    await_end(int(child.read_text()))


def test_what_a_process_forgot_in_its_group_ends_with_it(tmp_path: Path) -> None:
    child = tmp_path / "child"
    ended = processes.run(["sh", "-c", f"sleep 99 & echo $! > {child}"], deadline=QUIET)
    assert (ended.hung, ended.code) == (False, 0)
    await_end(int(child.read_text()))


def test_a_hung_part_is_told_with_the_last_that_it_said() -> None:
    ended = Ended(130, 100.4, hung=True, last="waiting for a node")
    found = outcomes.judge(part("one"), ended, 20, json.loads(figures()))
    assert found.outcome == HUNG and not found.measured
    assert found.why == "not done after 100 s; the last it said: waiting for a node"


def test_standard_error_is_passed_on_as_it_comes(capfd: pytest.CaptureFixture[str]) -> None:
    ended = processes.run(["sh", "-c", "echo out; echo one >&2; echo two >&2; echo >&2"], deadline=QUIET)
    assert ended.last == "two"
    out, err = capfd.readouterr()
    assert out == "out\n"
    assert "one\ntwo\n" in err


RUNNER = """
import sys
from bench.altogether import processes
try:
    part = "trap 'sleep 0.5; echo cleaned; exit 130' INT; sleep 1; echo begun; sleep 99 & wait"
    processes.run(["sh", "-c", part], deadline=99)
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_ctrl_c_ends_the_part_that_is_at_work_and_waits_for_it() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", RUNNER], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as output:
        assert output.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        assert output.read() == "cleaned\n"
    assert process.wait(QUIET) == 130


def await_file(path: Path) -> None:
    end = time.monotonic() + QUIET
    while not path.exists():
        assert time.monotonic() < end, f"{path} does not appear"
        time.sleep(0.01)


def await_end(pid: int) -> None:
    """Its parent is gone, so it is init that takes notice; a zombie is as good as ended."""
    end = time.monotonic() + QUIET
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return
        if state == "Z":
            return
        time.sleep(0.05)
    pytest.fail(f"{pid} is still there")


FINE = Outcome("one", PASSED, 61.0, 60, 0, "", measured=True)
WRONG = Outcome("two", FAILED, 5.0, 60, 1, "a request failed", measured=True)
GONE = Outcome("three", NOT_RUN, 0.0, 60, None, "no lab", measured=False)


def test_the_table_says_of_each_part_what_became_of_it() -> None:
    table = outcomes.table([FINE, WRONG, GONE], 150)
    assert table.title == "1 of 3 parts passed; 2.5 minutes."
    assert list(table.rows)[1:] == [
        ("two", "failed", "a request failed", "5", "60", "1"),
        ("three", "not run", "no lab", "0", "60", ""),
    ]


def test_the_document_has_failed_if_one_part_or_anything_else_has() -> None:
    def passed(*found: Outcome, wrong: tuple[str, ...] = ()) -> Any:
        return outcomes.document(found, wrong, 9.0, quick=False)["passed"]

    assert passed(FINE) is True
    assert passed(FINE, GONE) is False
    assert passed(FINE, wrong=("the lab is still up",)) is False
    document = outcomes.document([FINE, WRONG], ["the lab is still up"], 9.0, quick=True)
    assert document["wrong"] == ["two: failed: a request failed", "the lab is still up"]
    assert [each["exit_code"] for each in document["parts"]] == [0, 1]


def test_without_root_it_says_at_once_which_parts_do_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    done = CliRunner().invoke(command.run_all, ["cluster", "enc", "launch"])
    assert done.exit_code == 2
    assert "cluster needs the lab, and with it root" in done.output
    assert "bench/all enc launch" in done.output


def test_parts_that_need_the_lab_come_last() -> None:
    assert len({each.name for each in PARTS}) == len(PARTS)
    needs_lab = [each.lab for each in PARTS]
    assert needs_lab == sorted(needs_lab), "the lab would idle beside those that need none"


def test_all_parts_should_take_less_than_the_hour_and_the_ten_minutes_that_are_promised() -> None:
    assert sum(each.full for each in PARTS) <= 60 * 60
    assert sum(each.quick for each in PARTS if each.in_quick) <= 10 * 60
