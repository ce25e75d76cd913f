"""Going on with starts that cannot be gone on with as they were."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from conductor import instances
from conductor.context import Context
from conductor.errors import CapacityError
from conductor.instances import Instance
from conductor.launching import batches, capacity
from conductor.operator_files import write_private
from conductor.roles import plan
from tests.cloud.faults import Call, Fault, KilledError, broken
from tests.cloud.support import BUCKET, failing, refusal

pytestmark = pytest.mark.usefixtures("published_ca")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity.sizes, "__defaults__", (2,))


def begun(context: Context, *, role: str = "worker", count: int = 3, keep_partial: bool = False) -> None:
    """A start that was killed before any RunInstances."""
    with (
        broken(context.clients, Call("ec2", "RunInstances", 0), Fault.KILLED_BEFORE),
        pytest.raises(KilledError),
    ):
        chosen = plan(context.settings, role, count=count)
        batches.start(context, chosen, count=count, keep_partial=keep_partial)


def running(context: Context) -> list[Instance]:
    return [each for each in instances.find(context.clients.ec2, bucket=BUCKET) if not each.gone]


def whole(context: Context, count: int) -> None:
    assert len(running(context)) == count
    assert sorted(context.store.keys()) == sorted(each.certname for each in running(context))
    assert batches.unfinished(context) == []


def test_batches_whose_time_to_enrol_is_over_are_replaced_by_new_ones(
    context: Context, said: list[str]
) -> None:
    begun(context)
    old = {each.batch for each in batches.unfinished(context)}
    later = dataclasses.replace(context, now=lambda: context.now() + timedelta(hours=2))
    assert len(batches.go_on(later) or []) == 3
    whole(context, 3)
    assert old.isdisjoint(each.batch for each in running(context))
    assert any("could enrol only until" in line for line in said)


def test_a_client_token_that_was_used_for_something_else_is_not_used_again(
    context: Context, said: list[str]
) -> None:
    begun(context)
    mismatch = refusal("IdempotentParameterMismatch", "RunInstances")
    with failing(context.clients.ec2, "run_instances", mismatch, times=1) as calls:
        batches.go_on(context)
    tokens = [call["ClientToken"] for call in calls]
    assert len(set(tokens)) == len(tokens) == 3
    assert any("IdempotentParameterMismatch" in line for line in said)
    whole(context, 3)


def test_one_batch_alone_is_taken_back_then_and_that_is_told(context: Context, said: list[str]) -> None:
    begun(context, count=1)
    (batch,) = batches.unfinished(context)
    mismatch = refusal("IdempotentParameterMismatch", "RunInstances")
    with failing(context.clients.ec2, "run_instances", mismatch):
        assert batches.resume(context, batch) == []
    assert any(f"batch {batch.batch} (1 x worker) is taken back" in line for line in said)
    whole(context, 0)
    assert batches.go_on(context) is None


def test_one_batch_alone_is_gone_on_with_and_no_other_of_its_start(context: Context) -> None:
    begun(context)
    first = batches.unfinished(context)[0]
    assert len(batches.resume(context, first)) == first.count
    assert len(running(context)) == first.count
    batches.go_on(context)
    whole(context, 3)


@pytest.mark.usefixtures("profile")
def test_a_host_that_is_launched_later_gets_an_address_of_the_code_that_is_still_good(
    context: Context,
) -> None:
    for key in context.store.keys("ca/"):
        context.store.delete([key])
    begun(context, role="puppetmaster", count=1)
    (old,) = batches.unfinished(context)
    later = dataclasses.replace(context, now=lambda: context.now() + timedelta(hours=2))
    with failing(context.clients.s3, "generate_presigned_url", AssertionError(), times=0) as presigned:
        assert len(batches.go_on(later) or []) == 1
    assert len(presigned) == 1
    (new,) = running(context)
    assert new.batch != old.batch


def test_what_was_to_stay_in_part_stays_in_part_when_gone_on_with(context: Context) -> None:
    begun(context, keep_partial=True)
    full = refusal("InsufficientInstanceCapacity", "RunInstances")
    with failing(context.clients.ec2, "run_instances", full, skip=1):
        assert len(batches.go_on(context) or []) in {1, 2}
    kept = len(running(context))
    whole(context, kept)
    assert batches.go_on(context) is None
    whole(context, kept)


def test_what_was_to_be_all_or_none_is_none_when_gone_on_with(context: Context) -> None:
    begun(context)
    full = refusal("InsufficientInstanceCapacity", "RunInstances")
    with failing(context.clients.ec2, "run_instances", full, skip=1), pytest.raises(CapacityError):
        batches.go_on(context)
    whole(context, 0)
    assert batches.go_on(context) is None


def test_another_operator_s_start_is_left_as_it_is_and_the_others_are_gone_on_with(context: Context) -> None:
    begun(context, count=1)
    write_private(context.operator.key_file, b"a" * 64)
    begun(context, count=2)
    with pytest.raises(Exception, match="begun with another operator's key"):
        batches.go_on(context)
    assert len(running(context)) == 2
    assert len(batches.unfinished(context)) == 1
