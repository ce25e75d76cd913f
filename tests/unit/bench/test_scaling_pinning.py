"""A machine of fewer cores than this one."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bench.scaling import pinning


@pytest.fixture
def sleeper() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process.pid
        process.kill()


def test_the_master_has_its_cores_and_all_others_the_rest() -> None:
    assert pinning.shares(1, {0, 1}) == ({0}, {1})
    assert pinning.shares(2, {0, 1, 2, 3}) == ({0, 1}, {2, 3})


def test_where_no_core_is_left_over_all_share_them() -> None:
    assert pinning.shares(2, {0, 1}) == ({0, 1}, {0, 1})


def test_a_process_is_kept_to_cores_and_set_free_again(sleeper: int) -> None:
    before = os.sched_getaffinity(sleeper)
    one = {min(before)}
    with pinning.kept_to(lambda: [sleeper], one):
        assert os.sched_getaffinity(sleeper) == one
    assert os.sched_getaffinity(sleeper) == before


def test_a_process_that_has_ended_is_passed_over(sleeper: int) -> None:
    looks = []

    def pids() -> list[int]:
        looks.append(1)
        return [2**22 + 1, sleeper]  # no process has the first

    one = {min(os.sched_getaffinity(sleeper))}
    pinning.keep(pids, one)
    assert os.sched_getaffinity(sleeper) == one
    assert len(looks) <= pinning.TRIES
