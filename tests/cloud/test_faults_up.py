"""`up` and `down` are killed at every call that changes something, and repeated: exactly the cluster that was
asked for, exactly nothing; and whatever costs money is in the list at any time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from conductor.clients import Clients
from conductor.context import Context
from conductor.errors import ConductorError
from conductor.fleet import volumes
from conductor.fleet.down import down
from conductor.fleet.up import up
from conductor.launching import batches
from tests.cloud.faults import Fault
from tests.cloud.killing import Killing, World, gone_at_once, moments
from tests.cloud.site import silent
from tests.cloud.support import BUCKET

PARTS = 4  # so that several processes may share the work
CLUSTER = {"puppetmaster": 1, "namenode": 1, "jobtracker": 1, "worker": 4}
SMALL = {"puppetmaster": 1, "worker": 2}
part = pytest.mark.parametrize("part", range(PARTS))


def bring_up(context: Context) -> None:
    up(context, silent, wait=False)


def take_down(context: Context) -> None:
    down(context, silent)


def not_up(world: World) -> list[str]:
    """What of it is not exactly the cluster."""
    store, living = world.site.store, world.site.living()
    found = []
    if world.site.roles() != CLUSTER:
        found.append(f"there are {dict(world.site.roles())}")
    if len(living) != sum(CLUSTER.values()):
        found.append(f"{len(living)} instances")
    if set(store.keys()) != {each.certname for each in living}:
        found.append("records without an instance")
    if batches.unfinished(world.context):
        found.append("unfinished launches")
    return found + [f"left: {key}" for key in store.keys("locks/")]


def not_down(world: World) -> list[str]:
    """What is left."""
    found = [f"{each.role} {each.state}" for each in world.site.living()]
    found += [each.shown() for each in volumes.find(world.site.clients.ec2, bucket=BUCKET)]
    found += [key for key in world.site.store.tags("") if not key.startswith("code/")]
    return [f"left: {each}" for each in [*found, *world.context.operator.pins()]]


@pytest.fixture
def kill(api: Clients, hosts: Clients, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Killing]:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

    def make(**more: object) -> Killing:
        return Killing(api, hosts, **more)  # type: ignore[arg-type]

    return make


def problems(killing: Killing, number: int) -> list[str]:
    table = moments(killing.calls())
    assert len(table) > 20
    with gone_at_once():
        return [line for call, fault in table[number::PARTS] for line in killing.problems(call, fault)]


@part
def test_an_up_killed_anywhere_and_repeated_makes_exactly_the_cluster(
    kill: Callable[..., Killing], part: int
) -> None:
    killing = kill(cluster=CLUSTER, before=lambda _: None, command=bring_up, check=not_up)
    assert problems(killing, part) == []


@part
def test_a_down_killed_anywhere_and_repeated_leaves_nothing(kill: Callable[..., Killing], part: int) -> None:
    killing = kill(cluster=SMALL, before=bring_up, command=take_down, check=not_down)
    assert problems(killing, part) == []


@pytest.mark.parametrize("fault", [Fault.TIMEOUT_AFTER, Fault.CUT_OFF, Fault.DENIED])
def test_an_up_that_fails_at_a_kind_of_call_and_is_repeated_makes_exactly_the_cluster(
    kill: Callable[..., Killing], fault: Fault
) -> None:
    def may_fail(context: Context) -> None:
        with suppress(ConductorError):
            bring_up(context)

    killing = kill(cluster=CLUSTER, before=lambda _: None, command=bring_up, check=not_up)
    kinds = [each for each in killing.calls() if each.number == 0]
    assert {each.operation for each in kinds} >= {"CreateBucket", "PutObject", "RunInstances", "DeleteObject"}
    assert [line for each in kinds for line in killing.problems(each, fault, killed=may_fail)] == []


def test_a_down_after_an_up_that_was_killed_leaves_nothing(kill: Callable[..., Killing]) -> None:
    upwards = kill(cluster=SMALL, before=lambda _: None, command=bring_up, check=not_up)
    killed = [each for each in moments(upwards.calls()) if each[0].operation == "RunInstances"]
    downwards = kill(cluster=SMALL, before=lambda _: None, command=take_down, check=not_down)
    with gone_at_once():
        found = [line for call, fault in killed for line in downwards.problems(call, fault, killed=bring_up)]
    assert len(killed) == 4
    assert found == []
