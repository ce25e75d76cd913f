"""The fault table: each call of start, resume and terminate x each fault; then the same command again.

Afterwards exactly what was asked for is there, each instance with its record, and nothing is left open; in
between, `list` shows every instance that costs money.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from moto import mock_aws
from moto.ec2 import ec2_backends

from conductor import ending, instances, inventory
from conductor.clients import Clients
from conductor.context import Context
from conductor.errors import ConductorError
from conductor.launching import batches, capacity
from conductor.roles import plan
from tests.cloud.conftest import Clock, context_of
from tests.cloud.faults import (
    FAULTS,
    KILLS,
    Call,
    Fault,
    KilledError,
    broken,
    calls_of,
    client_tokens,
    faults_at,
)
from tests.cloud.support import ACCOUNT, BUCKET, CA_PEM, refusal

COUNT = 3  # in two batches: of two, and of one
CA = b'{"server": "pm.internal", "ca_server": "pm.internal", "ca_port": 8141, "port": 8140}'


@dataclass(frozen=True)
class World:
    """A cloud of its own with a CA, and somebody who works with it."""

    context: Context
    said: list[str] = field(default_factory=list)

    def start(self) -> None:
        chosen = plan(self.context.settings, "worker", count=COUNT)
        batches.start(self.context, chosen, count=COUNT)

    def start_without_room(self) -> None:
        """There is none for two at once, so that others take that batch's place."""
        ec2 = self.context.clients.ec2
        real: Callable[..., Any] = ec2.run_instances

        def run(**request: Any) -> Any:
            if request["MinCount"] > 1:
                raise refusal("InsufficientInstanceCapacity", "RunInstances")
            return real(**request)

        ec2.run_instances = run  # type: ignore[method-assign]
        try:
            self.start()
        finally:
            ec2.run_instances = real  # type: ignore[method-assign]

    def resume(self) -> None:
        batches.go_on(self.context)

    def begin(self) -> None:
        """A start that is killed before the second batch's RunInstances."""
        with (
            suppress(KilledError),
            broken(self.context.clients, Call("ec2", "RunInstances", 1), Fault.KILLED_BEFORE),
        ):
            self.start()

    def terminate(self) -> None:
        ending.end(self.context, inventory.read(self.context))

    def running(self) -> dict[str, str]:
        """Id and certname of what costs money, from inside the cloud: its API takes most of the time."""
        found = {}
        for reservation in ec2_backends[ACCOUNT]["us-east-1"].all_reservations():
            for each in reservation.instances:
                if each.state not in instances.GONE:
                    tags = {tag["key"]: tag["value"] for tag in each.get_tags()}
                    batch, alone = tags[instances.TAG_BATCH], tags[instances.TAG_COUNT] == "1"
                    found[each.id] = batch if alone else f"{batch}-{each.ami_launch_index}"
        return found

    def records(self) -> list[str]:
        return self.context.store.keys()


Cloud = Callable[[], AbstractContextManager[World]]


@pytest.fixture
def cloud(api: Clients, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    monkeypatch.setattr(capacity.sizes, "__defaults__", (2,))

    @contextmanager
    def make() -> Iterator[World]:
        with mock_aws(), client_tokens(api.ec2):
            image = api.ec2.register_image(Name="debian-13")["ImageId"]
            api.s3.create_bucket(Bucket=BUCKET)
            api.s3.put_object(Bucket=BUCKET, Key="ca/ca_crt.pem", Body=CA_PEM.encode())
            api.s3.put_object(Bucket=BUCKET, Key="ca/server", Body=CA)
            said = list[str]()
            yield World(context_of(api, image, Clock(), said), said)

    return make


def shown_is_what_runs(world: World) -> None:
    """`list` is never wrong about what costs money."""
    listed = {node.instance.id for node in inventory.read(world.context) if node.instance}
    assert listed == set(world.running())


def whole(world: World, count: int) -> None:
    """Exactly so many run, each with its record, each record with its instance, and nothing is left open."""
    running = world.running()
    assert len(running) == count
    assert sorted(world.records()) == sorted(running.values())
    known = batches.all_batches(world.context)
    assert [each.batch for each in known if each.state == "prepared"] == []
    launched = {identity for each in known if each.state == "launched" for identity in each.instances}
    assert set(running) <= launched


def run_with(world: World, call: Call, fault: Fault, command: Callable[[], None]) -> bool:
    """The command with the fault; whether it said that it did not do it."""
    with broken(world.context.clients, call, fault) as broke:
        try:
            command()
            failed = False
        except ConductorError as error:
            assert error.message
            failed = True
        except KilledError:
            assert fault in KILLS
            failed = True
    assert broke.happened
    return failed


RECORDED: dict[str, list[Call]] = {}


def recorded(make: Cloud, before: Callable[[World], None], command: Callable[[World], None]) -> list[Call]:
    """Every call of a good run of the command: the table's rows."""
    name = command.__name__
    if name not in RECORDED:
        with make() as world:
            before(world)
            RECORDED[name] = calls_of(world.context.clients, lambda: command(world))
    assert {call.service for call in RECORDED[name]} == {"ec2", "s3"}
    return RECORDED[name]


def each_call(
    make: Cloud,
    fault: Fault,
    command: Callable[[World], None],
    after: Callable[[World, bool], None],
    *,
    before: Callable[[World], None] = lambda _: None,
) -> None:
    """This fault at each call of the command, in a cloud of its own; ``after`` is told whether it failed."""
    for call in recorded(make, before, command):
        if fault not in faults_at(call):
            continue
        with make() as world:
            before(world)
            try:
                failed = run_with(world, call, fault, lambda world=world: command(world))  # type: ignore[misc]
                shown_is_what_runs(world)
                after(world, failed)
            except BaseException as error:
                error.add_note(f"{call} {fault.value}; said: {world.said}")
                raise


def has_all(world: World, failed: bool) -> None:
    """After the same command again; where it had been taken back, or had not begun, after another start."""
    if failed:
        world.resume()
        if not world.running():
            world.start()
    whole(world, COUNT)


def has_none(world: World, failed: bool) -> None:
    if failed:
        world.terminate()
    assert not world.running()
    assert world.records() == []
    assert len(world.context.store.keys("terminated/")) == COUNT


@pytest.mark.parametrize("fault", FAULTS)
def test_start_ends_with_all_or_none_and_its_repetition_with_all(cloud: Cloud, fault: Fault) -> None:
    each_call(cloud, fault, World.start, has_all)


@pytest.mark.parametrize("fault", [*KILLS, Fault.CUT_OFF])
def test_a_batch_that_was_refused_is_started_neither_twice_nor_not_at_all(cloud: Cloud, fault: Fault) -> None:
    each_call(cloud, fault, World.start_without_room, has_all)


@pytest.mark.parametrize("fault", FAULTS)
def test_resume_ends_with_all_or_can_be_repeated(cloud: Cloud, fault: Fault) -> None:
    each_call(cloud, fault, World.resume, has_all, before=World.begin)


@pytest.mark.parametrize("fault", FAULTS)
def test_terminate_ends_all_or_can_be_repeated(cloud: Cloud, fault: Fault) -> None:
    each_call(cloud, fault, World.terminate, has_none, before=World.start)
