"""The lock: one conductor at a time changes a cluster."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from conductor.context import Context
from conductor.errors import LockedError, UnreachableError
from conductor.fleet import locking, processes
from conductor.fleet.locking import KEY, Lock, locked
from conductor.store import Store
from tests.cloud.conftest import Clock
from tests.cloud.support import failing, refusal

pytestmark = pytest.mark.usefixtures("bucket")


def holder(context: Context) -> dict[str, str]:
    found: dict[str, str] = json.loads(context.store.get(KEY) or b"{}")
    return found


def later(context: Context, minutes: int) -> Context:
    now = context.now() + timedelta(minutes=minutes)
    return dataclasses.replace(context, now=lambda: now)


@pytest.fixture
def held(context: Context, bucket: str) -> Iterator[Lock]:
    """The lock, held by an `up`."""
    with locked(context, "up") as lock:
        yield lock


@pytest.fixture
def _elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks is not on the holder's machine."""
    machines = iter(f"machine-{number}" for number in range(1000))
    monkeypatch.setattr(processes, "machine", lambda: next(machines))


def test_it_says_who_is_at_work_and_is_gone_afterwards(context: Context) -> None:
    with locked(context, "up"):
        assert holder(context)["owner"] == "alice@desk"
        assert holder(context)["what"] == "up"
    assert context.store.keys("locks/") == []


def test_it_is_given_back_after_a_failure_too(context: Context) -> None:
    with pytest.raises(ZeroDivisionError), locked(context, "up"):
        raise ZeroDivisionError
    assert context.store.keys("locks/") == []


def test_a_second_conductor_waits_says_for_whom_and_goes_on_when_the_first_has_ended(
    context: Context, clock: Clock, said: list[str]
) -> None:
    with ExitStack() as first:
        first.enter_context(locked(context, "up"))
        clock.at_sleep = [lambda: None, first.close]
        with locked(context, "start worker"):
            assert holder(context)["what"] == "start worker"
    assert [line for line in said if "waiting for `up` of alice@desk" in line] == said
    assert len(said) == 1


def test_one_that_waits_in_vain_is_told_who_has_it_and_what_to_do(context: Context) -> None:
    with locked(context, "up"):
        with pytest.raises(LockedError, match="`up` of alice@desk") as caught, locked(context, "down"):
            pass
        assert "--steal-lock" in caught.value.advice
        assert holder(context)["what"] == "up"


@pytest.mark.usefixtures("_elsewhere")
def test_one_that_has_been_silent_for_ten_minutes_is_taken_over_not_before(
    context: Context, held: Lock, said: list[str]
) -> None:
    with pytest.raises(LockedError), locked(later(context, 9), "down"):
        pass
    with locked(later(context, 10), "down"):
        assert holder(context)["what"] == "down"
        held.refresh()
        with pytest.raises(LockedError, match="was taken by `down`"):
            held.check()
        held.give_back()
        assert holder(context)["what"] == "down"
    assert any("silent for too long" in line for line in said)


@pytest.mark.usefixtures("_elsewhere")
def test_a_refreshed_one_holds_for_ten_minutes_more(context: Context) -> None:
    with locked(context, "up") as lock:
        lock.context = later(context, 9)
        lock.refresh()
        with pytest.raises(LockedError), locked(later(context, 18), "down"):
            pass
        lock.check()


def test_a_process_of_this_machine_that_is_gone_holds_nothing(
    context: Context, held: Lock, said: list[str]
) -> None:
    with subprocess.Popen(["true"]) as process:
        pid = process.pid
    held.holder = held.holder.model_copy(update={"pid": pid})
    held.refresh()
    with locked(context, "down", patience=0):
        assert holder(context)["what"] == "down"
    assert any("whose process is gone" in line for line in said)


def test_a_later_process_with_the_holder_s_number_is_not_the_holder(context: Context, held: Lock) -> None:
    held.holder = held.holder.model_copy(update={"began": "1"})
    held.refresh()
    with locked(context, "down", patience=0):
        assert holder(context)["what"] == "down"


def test_it_can_be_stolen(context: Context, said: list[str]) -> None:
    with locked(context, "up") as lock:
        with locked(context, "down", steal=True):
            assert holder(context)["what"] == "down"
        lock.refresh()
        with pytest.raises(LockedError, match="was taken away"):
            lock.check()
    assert any("as --steal-lock says" in line for line in said)


def test_of_two_that_see_it_free_at_once_one_gets_it(context: Context, clock: Clock) -> None:
    real = locking._write

    def while_another_writes(*arguments: Any, **named: Any) -> str | None:
        patch.undo()
        locking._take(context, locking._holder(context, "other"), steal=False, patience=0)
        return real(*arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locking, "_write", while_another_writes)
        with pytest.raises(LockedError, match="another conductor"), locked(context, "up", patience=0):
            pass
    assert holder(context)["what"] == "other"


@pytest.mark.parametrize("after_effect", [False, True])
def test_an_unknown_outcome_leaves_no_lock(context: Context, after_effect: bool) -> None:
    silent = ConnectTimeoutError(endpoint_url="https://s3.test")
    with (
        failing(context.clients.s3, "put_object", silent, after_effect=after_effect),
        pytest.raises(UnreachableError),
        locked(context, "up"),
    ):
        pass
    assert context.store.keys("locks/") == []


def test_one_that_could_not_be_given_back_is_told_of_and_keeps_this_process_from_nothing(
    context: Context, said: list[str]
) -> None:
    denied = refusal("AccessDenied", "DeleteObject", 403)
    with failing(context.clients.s3, "delete_object", denied), locked(context, "up"):
        pass
    assert any("could not be given back" in line for line in said)
    assert holder(context)["what"] == "up"
    with locked(context, "down", patience=0):
        assert holder(context)["what"] == "down"


def test_a_refresh_whose_answer_was_lost_does_not_lose_the_lock(context: Context) -> None:
    silent = ConnectTimeoutError(endpoint_url="https://s3.test")
    with locked(context, "up") as lock:
        with (
            failing(context.clients.s3, "put_object", silent, after_effect=True),
            pytest.raises(UnreachableError),
        ):
            lock.refresh()
        lock.refresh()
        lock.check()


def test_a_cloud_without_conditional_writes_is_told_of_and_locked_as_well_as_can_be(
    context: Context, said: list[str]
) -> None:
    refused = refusal("NotImplemented", "PutObject", 501)
    with ExitStack() as stack:
        with failing(context.clients.s3, "put_object", refused, times=1):
            lock = stack.enter_context(locked(context, "up"))
        assert any("conditional writes" in line for line in said)
        with pytest.raises(LockedError), locked(context, "down"):
            pass
        with failing(context.clients.s3, "put_object", refused, times=1):
            lock.refresh()
        lock.check()
    assert context.store.keys("locks/") == []


def test_without_conditions_the_one_that_was_overwritten_does_not_believe_that_it_has_the_lock(
    context: Context,
) -> None:
    refused = refusal("NotImplemented", "PutObject", 501)
    real = context.store.put
    other = locking._holder(context, "other")

    def overwritten(store: object, key: str, body: bytes) -> None:
        real(key, body)
        real(key, locking._body(other))

    with (
        pytest.MonkeyPatch.context() as patch,
        failing(context.clients.s3, "put_object", refused, times=1),
        pytest.raises(LockedError, match="another conductor"),
    ):
        patch.setattr(Store, "put", overwritten)
        with locked(context, "up", patience=0):
            pass
    assert holder(context)["what"] == "other"


def test_without_conditions_one_that_was_stolen_is_not_taken_back(context: Context) -> None:
    refused = refusal("NotImplemented", "PutObject", 501)
    with locked(context, "up") as lock, ExitStack() as stack:
        stack.enter_context(locked(context, "down", steal=True))
        with failing(context.clients.s3, "put_object", refused, times=1):
            lock.refresh()
        assert holder(context)["what"] == "down"
        with pytest.raises(LockedError, match="taken by `down`"):
            lock.check()


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff"])
def test_a_lock_that_cannot_be_read_keeps_nobody_out(context: Context, body: bytes) -> None:
    context.store.put(KEY, body)
    with locked(context, "up"):
        assert holder(context)["what"] == "up"


def test_without_a_bucket_there_is_nothing_to_lock(context: Context) -> None:
    context.clients.s3.delete_bucket(Bucket=context.store.bucket)
    with locked(context, "up") as lock:
        lock.refresh()
        lock.check()


def test_a_lock_is_no_record(context: Context) -> None:
    with locked(context, "up"):
        assert context.store.keys() == []


def test_the_holder_s_times_are_those_of_the_records(context: Context) -> None:
    with locked(context, "up"):
        assert datetime.fromisoformat(holder(context)["expires"]) == datetime(2026, 11, 24, 6, 10, tzinfo=UTC)
