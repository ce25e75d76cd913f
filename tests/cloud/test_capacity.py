"""Starts of many: batches, room, zones, limits, spot, and what is kept or taken back."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from conductor import hadoop, instances
from conductor.context import Context
from conductor.errors import (
    CapacityError,
    IncompleteLaunchError,
    InterruptedLaunchError,
    LaunchError,
    QuotaError,
)
from conductor.instances import Instance
from conductor.launching import batches, capacity
from conductor.record import Batch
from conductor.roles import plan
from tests.cloud.support import BUCKET, failing, refusal

pytestmark = pytest.mark.usefixtures("published_ca", "small")
SMALL = 4


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of four at the most, where EC2 starts a hundred."""
    monkeypatch.setattr(capacity.sizes, "__defaults__", (SMALL,))


def start(context: Context, count: int, **more: Any) -> list[Instance]:
    chosen = plan(context.settings, "worker", count=count)
    chosen = dataclasses.replace(
        chosen, **{name: more.pop(name) for name in ("subnet_ids", "market") & more.keys()}
    )
    return batches.start(context, chosen, count=count, **more)


def running(context: Context) -> list[Instance]:
    return [each for each in instances.find(context.clients.ec2, bucket=BUCKET) if not each.gone]


def whole(context: Context) -> None:
    """Each instance has its record, each record its instance, and no batch is left open."""
    assert sorted(context.store.keys()) == sorted(each.certname for each in running(context))
    assert [each.state for each in batches.all_batches(context) if each.state == "prepared"] == []


@contextmanager
def room(
    context: Context, free: dict[str | None, int], code: str = "InsufficientInstanceCapacity"
) -> Iterator[list[tuple[str | None, int]]]:
    """A cloud that has room for so many in each zone; gives what it was asked for."""
    real: Callable[..., Any] = context.clients.ec2.run_instances
    asked: list[tuple[str | None, int]] = []

    def run(**request: Any) -> Any:
        zone, count = request.pop("SubnetId", None), request["MinCount"]
        asked.append((zone, count))
        if free.get(zone, 0) < count:
            raise refusal(code, "RunInstances")
        free[zone] -= count
        return real(**request)

    context.clients.ec2.run_instances = run  # type: ignore[method-assign]
    try:
        yield asked
    finally:
        context.clients.ec2.run_instances = real  # type: ignore[method-assign]


def test_many_are_started_by_as_few_calls_as_possible_of_equal_size(context: Context) -> None:
    with failing(context.clients.ec2, "run_instances", AssertionError(), times=0) as calls:
        started = start(context, 10)
    assert sorted(call["MinCount"] for call in calls) == [3, 3, 4]
    assert all(call["MinCount"] == call["MaxCount"] for call in calls)
    assert len({call["ClientToken"] for call in calls}) == 3
    assert {each.id for each in started} == {each.id for each in running(context)}
    assert len(started) == 10
    whole(context)


def test_all_batches_are_in_the_bucket_before_the_first_call(context: Context) -> None:
    seen: list[int] = []
    real = context.clients.ec2.run_instances

    def look(**request: Any) -> Any:
        known = batches.all_batches(context)
        seen.append(sum(each.count for each in known))
        assert {each.start.asked for each in known if each.start} == {10}
        return real(**request)

    context.clients.ec2.run_instances = look  # type: ignore[method-assign]
    try:
        start(context, 10)
    finally:
        context.clients.ec2.run_instances = real  # type: ignore[method-assign]
    assert seen == [10, 10, 10]


def test_what_follows_for_others_is_looked_up_once_for_all_batches(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    real = hadoop.update
    monkeypatch.setattr(hadoop, "update", lambda context, **more: looked.append(1) or real(context, **more))
    start(context, 12)
    assert looked == [1]


def test_each_batch_is_reported_when_its_instances_are_there(context: Context) -> None:
    seen: list[int] = []
    start(context, 10, report=lambda started: seen.append(len(started)))
    assert sorted(seen) == [3, 3, 4]


def test_without_room_for_a_batch_its_halves_are_started(context: Context) -> None:
    full = refusal("InsufficientInstanceCapacity", "RunInstances")
    with failing(context.clients.ec2, "run_instances", full, times=1) as calls:
        started = start(context, 4)
    assert [call["MinCount"] for call in calls] == [4, 2, 2]
    assert len(started) == 4
    whole(context)


def test_the_other_zones_are_tried_before_smaller_batches(context: Context) -> None:
    with room(context, {"subnet-b": 4, "subnet-c": 2}) as asked:
        started = start(context, 6, subnet_ids=["subnet-a", "subnet-b", "subnet-c"])
    assert len(started) == 6
    by_zone = {zone: [count for where, count in asked if where == zone] for zone, _ in asked}
    assert 3 in by_zone["subnet-a"]
    whole(context)


def test_what_was_refused_once_is_not_asked_for_again(context: Context) -> None:
    with room(context, {None: 0}) as asked, pytest.raises(CapacityError):
        start(context, 4)
    assert [count for _, count in asked] == [4, 2, 1]


@pytest.mark.parametrize(
    "code",
    [
        "InsufficientInstanceCapacity",
        "InsufficientHostCapacity",
        "InsufficientFreeAddressesInSubnet",
        "Unsupported",
    ],
)
def test_each_way_of_having_no_room_is_one(context: Context, code: str) -> None:
    with room(context, {"subnet-b": 4}, code):
        assert len(start(context, 4, subnet_ids=["subnet-a", "subnet-b"])) == 4


def test_fewer_than_asked_for_are_taken_back_and_the_numbers_told(context: Context) -> None:
    with (
        room(context, {None: 7}),
        pytest.raises(CapacityError, match=r"12 asked for, 7 got: .*the 7 were") as raised,
    ):
        start(context, 12)
    assert "--keep-partial" in raised.value.advice
    assert running(context) == []
    assert context.store.keys() == []
    assert len(context.store.keys("terminated/")) == 7
    whole(context)


def test_fewer_than_asked_for_stay_if_so_wished(context: Context, said: list[str]) -> None:
    with room(context, {None: 7}):
        started = start(context, 12, keep_partial=True)
    assert len(started) == len(running(context)) == 7
    assert any(line.startswith("warning: 12 asked for, 7 got: ") for line in said)
    whole(context)
    assert batches.go_on(context) is None


def test_none_at_all_is_a_failure_even_then(context: Context) -> None:
    with room(context, {None: 0}), pytest.raises(CapacityError, match="nothing was started"):
        start(context, 12, keep_partial=True)
    whole(context)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("InstanceLimitExceeded", "limit of instances"),
        ("VcpuLimitExceeded", "limit of virtual processors"),
        ("MaxSpotInstanceCountExceeded", "limit of spot instances"),
        ("SpotMaxPriceTooLow", "cost more at present"),
    ],
)
def test_a_limit_is_told_in_words_with_what_was_got_and_no_smaller_batch_is_tried(
    context: Context, code: str, words: str
) -> None:
    with room(context, {None: 4}, code) as asked, pytest.raises(QuotaError, match=words) as raised:
        start(context, 8)
    assert "8 asked for, 4 got" in raised.value.message
    assert [count for _, count in asked] == [4, 4]
    assert running(context) == []
    whole(context)


def test_a_start_that_cannot_be_taken_back_says_so_and_resume_takes_it_back(context: Context) -> None:
    denied = refusal("UnauthorizedOperation", "TerminateInstances", 403)
    with (
        room(context, {None: 4}),
        failing(context.clients.ec2, "terminate_instances", denied),
        pytest.raises(IncompleteLaunchError, match="taken back: terminating"),
    ):
        start(context, 8)
    assert len(running(context)) == 4
    assert batches.go_on(context) == []
    assert running(context) == []
    whole(context)


def test_an_api_that_is_silent_for_a_while_costs_a_batch_but_not_the_start(context: Context) -> None:
    silent = ConnectTimeoutError(endpoint_url="https://ec2.test")
    with failing(context.clients.ec2, "run_instances", silent, times=1):
        assert len(start(context, 8)) == 8
    whole(context)


def test_ctrl_c_ends_what_is_under_way_in_order_and_begins_nothing_else(context: Context) -> None:
    with (
        failing(context.clients.ec2, "run_instances", KeyboardInterrupt(), skip=2, times=1),
        pytest.raises(InterruptedLaunchError) as raised,
    ):
        start(context, 12)
    assert {each.id for each in raised.value.started} == {each.id for each in running(context)}
    whole(context)


class Ending:
    """RunInstances of a cloud that takes instances back at once."""

    def __init__(self, context: Context, monkeypatch: pytest.MonkeyPatch, reason: str, often: int) -> None:
        left = itertools.count(often, -1)
        real_run, real_find = context.clients.ec2.run_instances, instances.find
        self.doomed: set[str] = set()

        def run(**request: Any) -> Any:
            answer = real_run(**request)
            if next(left) > 0:
                self.doomed.add(answer["Instances"][0]["InstanceId"])
            return answer

        def find(*args: Any, **more: Any) -> list[Instance]:
            return [
                dataclasses.replace(each, state="terminated", reason=reason)
                if each.id in self.doomed
                else each
                for each in real_find(*args, **more)
            ]

        monkeypatch.setattr(context.clients.ec2, "run_instances", run)
        monkeypatch.setattr(instances, "find", find)


LOST_SPOT = "Server.SpotInstanceTermination: Spot instance termination"


def test_a_spot_instance_that_ends_before_it_was_seen_is_replaced_by_a_new_batch(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = Ending(context, monkeypatch, LOST_SPOT, 1)
    started = start(context, 4, market="spot", subnet_ids=[])
    assert len(started) == len(running(context)) == 4
    assert cloud.doomed.isdisjoint(each.id for each in started)
    whole(context)
    (gone,) = [each.lost for each in batches.all_batches(context) if each.lost]
    assert context.store.keys("terminated/") == [f"terminated/{gone[0]}"]


def test_spot_instances_that_end_again_and_again_are_no_start(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ending(context, monkeypatch, LOST_SPOT, 99)
    with pytest.raises(CapacityError, match=r"ended at once.*Spot instance termination"):
        start(context, 4, market="spot")
    assert running(context) == []
    whole(context)


def test_an_instance_that_ends_for_another_reason_ends_the_start_with_that(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ending(context, monkeypatch, "Client.VolumeLimitExceeded: too many volumes", 1)
    with pytest.raises(
        LaunchError, match=r"4 asked for, 3 got: 1 of 4 x worker ended at once.*too many volumes"
    ):
        start(context, 4)
    assert running(context) == []
    whole(context)


def test_a_spot_request_is_one_time_and_ends_when_interrupted(context: Context) -> None:
    with failing(context.clients.ec2, "run_instances", AssertionError(), times=0) as calls:
        start(context, 1, market="spot")
    assert calls[0]["InstanceMarketOptions"] == {
        "MarketType": "spot",
        "SpotOptions": {"SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "terminate"},
    }


def test_what_a_batch_was_asked_for_is_kept_with_it(context: Context) -> None:
    with room(context, {"subnet-b": 4}):
        start(context, 4, subnet_ids=["subnet-a", "subnet-b"], market="spot")
    (kept,) = [each for each in batches.all_batches(context) if each.state == "launched"]
    assert isinstance(kept, Batch)
    assert kept.request["SubnetId"] == "subnet-b"
    assert kept.request["InstanceMarketOptions"]["MarketType"] == "spot"
    assert kept.user_data is None
