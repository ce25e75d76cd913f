"""terminate --drain and recommission: instances of moto, and status objects as a cluster writes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from conductor import derived, instances, inventory, notify
from conductor.context import Context
from conductor.draining import drain
from conductor.draining.waiting import Draining
from conductor.errors import DrainError, InterruptedDrainError, UsageError
from conductor.instances import Instance
from conductor.launching.launch import launch
from conductor.launching.preparing import prepare
from conductor.record import Record
from conductor.roles import plan
from tests.cloud.conftest import Clock
from tests.cloud.support import BUCKET, failing, refusal

EXCLUDED = "hadoop::excluded"
BEFORE, LATER = "2026-11-24T05:59:50Z", "2026-11-24T06:01:00Z"  # than the clock of `context`


def start(context: Context, role: str, count: int = 1) -> list[Instance]:
    return launch(context, prepare(context, plan(context.settings, role, count=count)))


class Cluster:
    """A namenode, a jobtracker and three enrolled workers, who say what they are told to."""

    def __init__(self, context: Context) -> None:
        self.context = context
        (self.namenode,) = start(context, "namenode")
        (self.jobtracker,) = start(context, "jobtracker")
        self.workers = start(context, "worker", 3)
        for each in [self.namenode, self.jobtracker, *self.workers]:
            self.writes(each)

    def writes(self, host: Instance, **more: Any) -> None:
        """The status of a host that ran just now."""
        body = {
            "certname": host.certname,
            "enrolled": "2026-11-24T05:00:00Z",
            "last_run": {"status": "unchanged", "at": BEFORE, "noop": False},
            "health": "ok",
            "updated": BEFORE,
            **more,
        }
        self.context.store.put(f"status/{host.certname}", json.dumps(body).encode())

    def hdfs(self, states: dict[int, str], left: int = 0, at: str = LATER, **more: Any) -> None:
        """The namenode's word on workers by their number."""
        named = {
            self.workers[number].private_name: {"state": state, "blocks_left": left, "only_replicas": 0}
            for number, state in states.items()
        }
        self.writes(
            self.namenode,
            drain={"namenode": named, "live_datanodes": 3, "replication": 2, "at": at, **more},
        )

    def yarn(self, states: dict[int, str], at: str = LATER) -> None:
        named = {
            self.workers[number].private_name: {"state": state, "containers": 1}
            for number, state in states.items()
        }
        self.writes(self.jobtracker, drain={"jobtracker": named, "at": at})

    def both(self, *numbers: int, at: str = LATER) -> None:
        self.hdfs(dict.fromkeys(numbers, "decommissioned"), at=at)
        self.yarn(dict.fromkeys(numbers, "DECOMMISSIONED"), at=at)

    def record(self, host: Instance) -> Record:
        return Record.parse("x", self.context.store.get(host.certname) or b"")

    def lists(self) -> list[list[str] | None]:
        """hadoop::excluded of namenode, jobtracker and the workers that have a record."""
        found = [self.namenode, self.jobtracker, *self.workers]
        return [
            self.record(each).data.get(EXCLUDED) for each in found if self.context.store.has(each.certname)
        ]

    def states(self) -> list[str]:
        found = instances.find(self.context.clients.ec2, bucket=BUCKET)
        now = {each.id: each.state for each in found}
        return [now[each.id] for each in self.workers]

    def drain(self, *numbers: int, deadline: int | None = None) -> list[tuple[str, ...]]:
        """Stages at each look, repetitions left out."""
        seen: list[tuple[str, ...]] = []

        def report(nodes: Sequence[Draining], elapsed: float) -> None:
            stages = tuple(each.stage for each in nodes)
            if stages not in seen[-1:]:
                seen.append(stages)

        everybody = inventory.read(self.context)
        nodes = inventory.select(everybody, [self.workers[number].id for number in numbers])
        drain.drain(self.context, everybody, nodes, report, deadline=deadline)
        return seen

    def recommission(self, number: int) -> None:
        nodes = inventory.select(inventory.read(self.context), [self.workers[number].id])
        drain.recommission(self.context, nodes)


@pytest.fixture
def cluster(context: Context, published_ca: None) -> Cluster:
    return Cluster(context)


def name(cluster: Cluster, number: int) -> str:
    return cluster.workers[number].private_name


def test_a_worker_ends_when_namenode_and_jobtracker_have_let_go_of_it(cluster: Cluster, clock: Clock) -> None:
    clock.at_sleep = [
        lambda: cluster.hdfs({0: "live"}, 7),
        lambda: cluster.hdfs({0: "decommissioning"}, 5),
        lambda: cluster.yarn({0: "DECOMMISSIONING"}),
        lambda: cluster.hdfs({0: "decommissioned"}),
        lambda: cluster.yarn({0: "DECOMMISSIONED"}),
    ]
    silent = "the jobtracker says nothing yet"
    assert cluster.drain(0) == [
        (f"the namenode says nothing yet; {silent}",),
        (f"HDFS live, 7 blocks left; {silent}",),
        (f"HDFS decommissioning, 5 blocks left; {silent}",),
        ("HDFS decommissioning, 5 blocks left; YARN decommissioning, containers: 1",),
        ("blocks are elsewhere; YARN decommissioning, containers: 1",),
        ("drained and terminated",),
    ]
    assert cluster.states() == ["terminated", "running", "running"]
    assert cluster.context.store.has(f"terminated/{cluster.workers[0].certname}")
    assert clock.seconds == 50


def test_the_ca_is_told_of_each_worker_when_it_has_ended(
    cluster: Cluster, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(notify, "terminated", lambda _, names: told.extend(names))
    clock.at_sleep = [lambda: cluster.both(0)]
    cluster.drain(0)
    assert told == [cluster.workers[0].certname]


def test_while_it_drains_namenode_jobtracker_and_itself_exclude_it_and_nobody_after(
    cluster: Cluster, clock: Clock
) -> None:
    during: list[Any] = []
    clock.at_sleep = [lambda: during.append(cluster.lists()), lambda: cluster.both(1)]
    cluster.drain(1)
    own = [name(cluster, 1)]
    assert during == [[own, own, None, own, None]]
    assert cluster.lists() == [None] * 4
    assert EXCLUDED not in cluster.record(cluster.namenode).derived


def test_several_drain_at_once_and_each_ends_by_itself(cluster: Cluster, clock: Clock) -> None:
    lists: list[Any] = []
    clock.at_sleep = [
        lambda: cluster.both(1),
        lambda: lists.append((cluster.lists(), cluster.states())),
        lambda: cluster.both(0),
    ]
    seen = cluster.drain(0, 1)
    assert seen[1][1] == "drained and terminated"
    own = [name(cluster, 0)]
    assert lists == [([own, own, own, None], ["running", "terminated", "running"])]
    assert cluster.states() == ["terminated", "terminated", "running"]


def test_what_was_said_before_the_mark_is_not_believed_whatever_our_clock_says(
    cluster: Cluster, clock: Clock
) -> None:
    cluster.both(0, at="2026-11-24T06:10:00Z")  # our clock is late
    clock.at_sleep = [lambda: None, lambda: cluster.both(0, at="2026-11-24T06:10:30Z")]
    seen = cluster.drain(0)
    assert "said nothing since 2026-11-24T06:10:00Z" in seen[0][0]
    assert cluster.states()[0] == "terminated"
    assert clock.seconds == 20


def test_at_the_deadline_nothing_is_terminated_and_the_same_command_goes_on(
    cluster: Cluster, clock: Clock
) -> None:
    clock.at_sleep = [lambda: cluster.hdfs({0: "decommissioning"}, 5)]
    with pytest.raises(DrainError, match=r"HDFS decommissioning, 5 blocks left.* after 60 s") as raised:
        cluster.drain(0, deadline=60)
    assert f"recommission {cluster.workers[0].id}" in raised.value.advice
    assert cluster.states()[0] == "running"
    mark = cluster.record(cluster.workers[0]).draining
    assert mark == "2026-11-24T06:00:00Z"
    assert cluster.lists()[0] == [name(cluster, 0)]
    cluster.both(0)
    cluster.drain(0)
    assert cluster.states()[0] == "terminated"


def test_recommission_takes_the_mark_and_the_lists_away(cluster: Cluster, said: list[str]) -> None:
    with pytest.raises(DrainError):
        cluster.drain(0, deadline=1)
    cluster.recommission(0)
    assert cluster.record(cluster.workers[0]).draining is None
    assert cluster.lists() == [None] * 5
    cluster.recommission(0)
    assert said[-1].endswith("is not being drained")


def test_a_worker_that_is_recommissioned_meanwhile_is_not_terminated(cluster: Cluster, clock: Clock) -> None:
    def recommissioned() -> None:
        cluster.recommission(0)
        cluster.both(0, 1)

    clock.at_sleep = [recommissioned]
    with pytest.raises(DrainError, match="recommissioned meanwhile"):
        cluster.drain(0, 1)
    assert cluster.states() == ["running", "terminated", "running"]


def test_ctrl_c_leaves_the_drain_in_force(cluster: Cluster, clock: Clock) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    clock.at_sleep = [interrupt]
    with pytest.raises(InterruptedDrainError) as raised:
        cluster.drain(0)
    assert raised.value.exit_code == 130
    assert "terminate --drain" in raised.value.advice
    assert cluster.lists()[0] == [name(cluster, 0)]
    assert cluster.states()[0] == "running"


@pytest.mark.parametrize("method", ["get_object", "get_paginator"])
def test_an_api_that_does_not_answer_for_a_while_does_not_end_the_wait(
    cluster: Cluster, clock: Clock, said: list[str], method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = cluster.context.clients
    client = clients.s3 if method == "get_object" else clients.ec2
    real = getattr(client, method)

    def silent(*_: Any, **__: Any) -> Any:
        raise ConnectTimeoutError(endpoint_url="https://api.test")

    def cut_off() -> None:
        cluster.both(0)
        monkeypatch.setattr(client, method, silent)

    clock.at_sleep = [cut_off, lambda: None, lambda: monkeypatch.setattr(client, method, real)]
    cluster.drain(0)
    assert sum("does not answer" in line for line in said) == 2
    assert cluster.states()[0] == "terminated"


def test_a_refusal_ends_the_wait_and_says_how_to_go_on(cluster: Cluster, clock: Clock) -> None:
    clock.at_sleep = [lambda: cluster.both(0)]
    refused = refusal("OperationNotPermitted", "TerminateInstances")
    with (
        failing(cluster.context.clients.ec2, "terminate_instances", refused, times=1),
        pytest.raises(DrainError, match=r"not terminated: worker i-.*said OperationNotPermitted"),
    ):
        cluster.drain(0)


def test_a_termination_without_an_answer_is_tried_again(cluster: Cluster, clock: Clock) -> None:
    clock.at_sleep = [lambda: cluster.both(0)]
    silent = ConnectTimeoutError(endpoint_url="https://ec2.test")
    with failing(cluster.context.clients.ec2, "terminate_instances", silent, times=1):
        cluster.drain(0)
    assert cluster.states()[0] == "terminated"
    assert clock.seconds == 20


def test_a_worker_that_somebody_terminates_meanwhile_is_cleaned_up_at_once(
    cluster: Cluster, clock: Clock
) -> None:
    clock.at_sleep = [lambda: instances.terminate(cluster.context.clients.ec2, [cluster.workers[0].id])]
    seen = cluster.drain(0)
    assert seen[-1] == ("its instance is gone: terminated",)
    assert clock.seconds == 10
    assert cluster.context.store.has(f"terminated/{cluster.workers[0].certname}")
    assert cluster.lists() == [None] * 4


def test_an_answer_that_leaves_the_worker_out_ends_nothing_and_takes_it_off_no_list(
    cluster: Cluster, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = instances.find
    lists: list[Any] = []

    def without(*arguments: Any, **named: Any) -> list[Instance]:
        return [each for each in real(*arguments, **named) if each.id != cluster.workers[0].id]

    def seen_again() -> None:
        lists.append(cluster.lists()[0])
        monkeypatch.setattr(instances, "find", real)

    clock.at_sleep = [
        lambda: monkeypatch.setattr(instances, "find", without),
        seen_again,
        lambda: cluster.both(0),
    ]
    cluster.drain(0)
    assert lists == [[name(cluster, 0)]]
    assert cluster.states()[0] == "terminated"


def test_another_conductor_that_knew_less_is_put_right_by_the_next_look(
    cluster: Cluster, clock: Clock
) -> None:
    def stale() -> None:
        record = cluster.record(cluster.namenode)
        less = derived.with_data(record, {EXCLUDED: None})
        cluster.context.store.put(cluster.namenode.certname, less.body())

    lists: list[Any] = []
    clock.at_sleep = [stale, lambda: lists.append(cluster.lists()[0]), lambda: cluster.both(0)]
    cluster.drain(0)
    assert lists == [[name(cluster, 0)]]


def test_too_few_datanodes_for_the_copies_are_told_once_when_nothing_moves(
    cluster: Cluster, clock: Clock, said: list[str]
) -> None:
    clock.at_sleep = [lambda: cluster.hdfs({0: "decommissioning", 1: "decommissioning"}, 5)]
    with pytest.raises(DrainError, match="1 datanodes would be left, blocks are to have 2 copies") as raised:
        cluster.drain(0, 1, deadline=300)
    told = [line for line in said if "cannot all go elsewhere" in line]
    assert len(told) == 2
    assert "worker --count 1 --wait" in raised.value.message


def test_as_long_as_blocks_get_less_nobody_complains(cluster: Cluster, clock: Clock, said: list[str]) -> None:
    def shrinking(left: int) -> Callable[[], None]:
        return lambda: cluster.hdfs({0: "decommissioning"}, left, replication=3)

    clock.at_sleep = [shrinking(100 - number) for number in range(30)]
    with pytest.raises(DrainError):
        cluster.drain(0, deadline=300)
    assert not [line for line in said if "cannot all go elsewhere" in line]


def refused(cluster: Cluster, *numbers: int) -> str:
    before = {key: cluster.context.store.get(key) for key in cluster.context.store.keys()}  # noqa: SIM118
    with pytest.raises(UsageError) as raised:
        cluster.drain(*numbers)
    now = {key: cluster.context.store.get(key) for key in cluster.context.store.keys()}  # noqa: SIM118
    assert now == before
    return raised.value.message


def test_the_last_workers_are_not_drained(cluster: Cluster) -> None:
    assert "no worker of Hadoop cluster hadoop would be left" in refused(cluster, 0, 1, 2)


def test_those_that_drain_already_are_not_left_over(cluster: Cluster) -> None:
    with pytest.raises(DrainError):
        cluster.drain(0, 1, deadline=1)
    assert "would be left" in refused(cluster, 2)


def test_without_a_namenode_nothing_is_drained(cluster: Cluster) -> None:
    instances.terminate(cluster.context.clients.ec2, [cluster.namenode.id])
    assert "cluster hadoop has no namenode" in refused(cluster, 0)


def test_a_namenode_of_another_cluster_is_none_of_ours(cluster: Cluster) -> None:
    record = cluster.record(cluster.namenode)
    record.parameters["data"]["hadoop::cluster"] = "second"
    cluster.context.store.put(cluster.namenode.certname, record.body())
    assert "cluster hadoop has no namenode" in refused(cluster, 0)


def test_a_list_that_the_operator_wrote_is_in_the_way(cluster: Cluster) -> None:
    record = cluster.record(cluster.jobtracker)
    record.parameters["data"][EXCLUDED] = ["ip-10-0-0-99.ec2.internal"]
    cluster.context.store.put(cluster.jobtracker.certname, record.body())
    assert f"jobtracker {cluster.jobtracker.id} has a {EXCLUDED} by hand" in refused(cluster, 0)


def test_a_worker_that_has_not_enrolled_is_terminated_without_a_drain(
    cluster: Cluster, clock: Clock, said: list[str]
) -> None:
    cluster.context.store.delete([f"status/{cluster.workers[0].certname}"])
    assert cluster.drain(0) == []
    assert cluster.states()[0] == "terminated"
    assert any("has not enrolled yet, so there was nothing to drain" in line for line in said)
    assert clock.seconds == 0


def test_silence_about_a_worker_is_no_proof_while_the_bucket_is_not_told_of_anything(
    cluster: Cluster, clock: Clock
) -> None:
    cluster.context.store.delete([f"status/{cluster.workers[0].certname}"])
    old = {"status": "unchanged", "at": "2026-11-24T05:40:00Z", "noop": False}
    cluster.writes(cluster.namenode, last_run=old)

    def never_there() -> None:
        cluster.hdfs({0: "unknown"})
        cluster.yarn({0: "unknown"})

    clock.at_sleep = [never_there]
    cluster.drain(0)
    assert clock.seconds == 10
    assert cluster.states()[0] == "terminated"


def test_a_worker_without_an_instance_is_terminated_without_a_drain(
    cluster: Cluster, said: list[str]
) -> None:
    instances.terminate(cluster.context.clients.ec2, [cluster.workers[0].id])
    everybody = inventory.read(cluster.context)
    nodes = inventory.select(everybody, [cluster.workers[0].certname])
    drain.drain(cluster.context, everybody, nodes, lambda *_: None, deadline=None)
    assert any("it has no instance, so there was nothing to drain" in line for line in said)
    assert not cluster.context.store.has(cluster.workers[0].certname)


def test_a_new_worker_is_not_excluded_for_the_name_of_one_that_ended(cluster: Cluster) -> None:
    """The list is left over: its worker was terminated by hand while nobody waited."""
    with pytest.raises(DrainError):
        cluster.drain(0, deadline=1)
    instances.terminate(cluster.context.clients.ec2, [cluster.workers[0].id])
    assert cluster.lists()[0] == [name(cluster, 0)]
    start(cluster.context, "worker")
    assert cluster.lists()[0] is None


def test_a_namenode_that_is_started_during_a_drain_knows_of_it(cluster: Cluster) -> None:
    with pytest.raises(DrainError):
        cluster.drain(0, deadline=1)
    (other,) = start(cluster.context, "namenode")
    assert cluster.record(other).data[EXCLUDED] == [name(cluster, 0)]


def test_classify_keeps_the_mark_and_the_lists(cluster: Cluster) -> None:
    with pytest.raises(DrainError):
        cluster.drain(0, deadline=1)
    before = cluster.lists()
    for node in inventory.read(cluster.context):
        inventory.classify(cluster.context, node)
    assert cluster.lists() == before
    assert cluster.record(cluster.workers[0]).draining == "2026-11-24T06:00:00Z"


def test_the_list_of_nodes_shows_what_is_draining(cluster: Cluster) -> None:
    with pytest.raises(DrainError):
        cluster.drain(0, deadline=1)
    rows = {
        row["instance_id"]: row["draining"] for row in (n.as_row() for n in inventory.read(cluster.context))
    }
    assert rows[cluster.workers[0].id] == "2026-11-24T06:00:00Z"
    assert rows[cluster.workers[1].id] is None
