"""Several launches at once: each comes to its end, and every failure is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent import futures
from typing import cast

import pytest

from conductor.context import Context
from conductor.errors import InterruptedUpError, LaunchError
from conductor.fleet import at_once as module
from conductor.fleet.at_once import at_once


class Told:
    """As much of a context as is needed here."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.say = self.lines.append


@pytest.fixture
def told() -> Told:
    return Told()


def failing(message: str, advice: str = "") -> Callable[[], object]:
    def fail() -> object:
        raise LaunchError(message, advice=advice)

    return fail


def test_every_failure_is_told_with_its_name_and_the_others_are_done(told: Told) -> None:
    done: list[str] = []
    work = {
        "namenode": failing("no room", "try later"),
        "worker": lambda: done.append("worker"),
        "client": failing("no image"),
    }
    with pytest.raises(LaunchError) as caught:
        at_once(cast(Context, told), work)
    assert caught.value.message == "namenode: no room\nclient: no image"
    assert caught.value.advice == "try later; then `start_instance.py up` again starts what is missing"
    assert done == ["worker"]


def test_a_defect_is_no_failure_of_the_cloud(told: Told) -> None:
    work = {"namenode": failing("no room"), "worker": lambda: 1 // 0}
    with pytest.raises(ZeroDivisionError):
        at_once(cast(Context, told), work)


def test_one_alone_is_done_in_this_thread_and_fails_in_its_own_words(told: Told) -> None:
    here: list[threading.Thread] = []
    at_once(cast(Context, told), {"worker": lambda: here.append(threading.current_thread())})
    assert here == [threading.current_thread()]
    with pytest.raises(LaunchError, match=r"^no room$"):
        at_once(cast(Context, told), {"worker": failing("no room")})


def test_nothing_to_do_is_done(told: Told) -> None:
    at_once(cast(Context, told), {})
    assert told.lines == []


def test_an_interruption_lets_end_what_has_begun_and_begins_nothing_else(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PARALLEL", 1)
    begun, go_on = threading.Event(), threading.Event()
    done: list[str] = []

    def first() -> None:
        begun.set()
        go_on.wait()
        done.append("first")
        raise LaunchError("no room")

    def interrupted(running: object) -> None:
        begun.wait()
        monkeypatch.setattr(module, "wait", lambda waited: (go_on.set(), futures.wait(waited)))
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "wait", interrupted)
    with pytest.raises(InterruptedUpError) as caught:
        at_once(cast(Context, told), {"first": first, "second": lambda: done.append("second")})
    assert done == ["first"]
    assert told.lines == [
        "interrupted: waiting for what is under way to come to its end: first",
        "warning: first: no room",
    ]
    assert "`start_instance.py up` again" in caught.value.advice
