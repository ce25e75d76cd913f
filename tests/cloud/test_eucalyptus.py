"""The layer for Eucalyptus and UEC: nothing is asked of such a cloud that it does not know."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conductor import ending, eucalyptus, instances, inventory, roles
from conductor.clients import Clients, api_errors
from conductor.context import Context, open_context
from conductor.errors import CapacityError, LaunchError, UnsupportedError
from conductor.fleet.locking import locked
from conductor.launching.launch import launch
from conductor.launching.preparing import prepare
from conductor.provision import everything
from conductor.provision.steps import State, run
from conductor.record import Batch
from conductor.settings import Cloud, Settings
from conductor.store import Store
from tests.cloud.faults import Call, Fault, KilledError, broken
from tests.cloud.old_cloud import old_cloud
from tests.cloud.support import BUCKET, failing, refusal


@pytest.fixture
def bare(clients: Clients) -> Clients:
    """The cloud's own clients."""
    return clients


@pytest.fixture
def refused(bare: Clients) -> Iterator[list[str]]:
    with old_cloud(bare) as refused:
        yield refused


@pytest.fixture
def euca(context: Context, bare: Clients, said: list[str], refused: list[str]) -> Iterator[Context]:
    """The cluster in such a cloud; the cloud was asked for nothing strange by the end."""
    clients = eucalyptus.adapt(bare, said.append)
    settings = context.settings.model_copy(update={"cloud": Cloud(type="eucalyptus")})
    store = Store(clients, BUCKET, None)
    yield dataclasses.replace(context, settings=settings, clients=clients, store=store)
    assert refused == []


def prepared(context: Context, role: str = "worker", count: int = 1, **more: Any) -> Batch:
    settings = Settings.model_validate({"s3_bucket_name": BUCKET, "ami_id": context.settings.ami_id, **more})
    with_more = dataclasses.replace(context, settings=settings)
    return prepare(with_more, roles.plan(settings, role, count=count))


def tags_of(clients: Clients, resource: str) -> dict[str, str]:
    """As the cloud has them."""
    found = clients.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [resource]}])["Tags"]
    return {each["Key"]: each["Value"] for each in found}


@pytest.mark.usefixtures("published_ca")
def test_a_launch_asks_for_nothing_strange_and_gives_tagged_instances(euca: Context, bare: Clients) -> None:
    started = launch(euca, prepared(euca, count=3, tags={"Project": "x"}))
    assert [each.state for each in started] == ["running"] * 3
    batch = started[0].batch
    assert [each.certname for each in started] == [f"{batch}-{index}" for index in range(3)]
    for each in started:
        tags = tags_of(bare, each.id)
        assert (tags["ManagedBy"], tags[instances.TAG_BATCH], tags["Project"]) == (
            "puppet-hadoop",
            batch,
            "x",
        )


@pytest.mark.usefixtures("published_ca")
def test_volumes_are_tagged_too(euca: Context, bare: Clients) -> None:
    volumes = [{"device": "/dev/sdf", "size_gb": 1, "encrypted": False}]
    (started,) = launch(euca, prepared(euca, data_volumes=volumes))
    (volume,) = bare.ec2.describe_instances(InstanceIds=[started.id])["Reservations"][0]["Instances"][0][
        "BlockDeviceMappings"
    ]
    assert tags_of(bare, volume["Ebs"]["VolumeId"])[instances.TAG_BUCKET] == BUCKET


@pytest.mark.usefixtures("bucket")
def test_a_host_with_the_ca_starts_without_its_profile_and_the_operator_is_told_once(
    euca: Context, said: list[str]
) -> None:
    launch(euca, prepared(euca, "puppetmaster"))
    (warning,) = [line for line in said if "no instance profiles" in line]
    assert "puppetmaster is left out" in warning


@pytest.mark.usefixtures("published_ca")
@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"market": "spot"}, r"no spot instances \(market: spot\)"),
        ({"root_volume": {"encrypted": True}}, r"no encrypted volumes \(encrypted: true\)"),
    ],
)
def test_what_the_operator_cannot_have_there_is_refused_and_not_passed_over(
    euca: Context, asked: dict[str, Any], told: str
) -> None:
    with pytest.raises(LaunchError, match=told):
        launch(euca, prepared(euca, **asked))
    assert inventory.read(euca) == []


NO_ROOM = [
    refusal("NotEnoughResourcesException", "RunInstances"),
    refusal("FinishedNotEnoughResources", "RunInstances", 500),
    ClientError(
        {"Error": {"Code": "Client.X", "Message": "Not enough resources (0 in z < 3)"}}, "RunInstances"
    ),
]


@pytest.mark.usefixtures("published_ca")
@pytest.mark.parametrize("error", NO_ROOM)
def test_that_there_is_no_room_is_understood_however_it_is_said(
    euca: Context, bare: Clients, error: ClientError
) -> None:
    with failing(bare.ec2, "run_instances", error), pytest.raises(CapacityError):
        launch(euca, prepared(euca))


@pytest.mark.usefixtures("published_ca")
def test_another_refusal_stays_what_it_is(euca: Context, bare: Clients) -> None:
    with (
        failing(bare.ec2, "run_instances", refusal("InvalidParameterValue", "RunInstances")),
        pytest.raises(LaunchError, match="InvalidParameterValue") as raised,
    ):
        launch(euca, prepared(euca))
    assert not isinstance(raised.value, CapacityError)


TAGGING = Call("ec2", "CreateTags", 0)


@pytest.mark.usefixtures("published_ca")
def test_killed_before_the_tags_no_instance_is_lost_to_list_or_terminate(
    euca: Context, bare: Clients
) -> None:
    batch = prepared(euca, count=2)
    with broken(bare, TAGGING, Fault.KILLED_BEFORE) as broke, pytest.raises(KilledError):
        launch(euca, batch)
    assert broke.happened
    nodes = inventory.read(euca)
    assert [(node.certname, node.role) for node in nodes] == [(name, "worker") for name in batch.certnames]
    assert all(node.instance and node.instance.state == "running" for node in nodes)
    assert tags_of(bare, nodes[0].instance.id if nodes[0].instance else "") == {}
    ending.end(euca, nodes)
    assert inventory.read(euca) == []
    states = [
        each["State"]["Name"]
        for reservation in bare.ec2.describe_instances()["Reservations"]
        for each in reservation["Instances"]
    ]
    assert states == ["terminated"] * 2


@pytest.mark.usefixtures("published_ca")
def test_killed_before_the_tags_the_launch_goes_on_and_gives_them(euca: Context, bare: Clients) -> None:
    batch = prepared(euca, count=2)
    with broken(bare, TAGGING, Fault.KILLED_BEFORE), pytest.raises(KilledError):
        launch(euca, batch)
    started = launch(euca, batch, repeated=True)
    assert [each.certname for each in started] == batch.certnames
    assert tags_of(bare, started[1].id)[instances.TAG_BATCH] == batch.batch
    assert len(bare.ec2.describe_instances()["Reservations"]) == 1


@pytest.mark.usefixtures("published_ca")
@pytest.mark.parametrize(
    "fault", [Fault.THROTTLED, Fault.SERVER_ERROR, Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER, Fault.DENIED]
)
def test_tags_that_fail_once_are_given_by_the_end_of_the_launch(
    euca: Context, bare: Clients, fault: Fault
) -> None:
    with broken(bare, TAGGING, fault) as broke:
        (started,) = launch(euca, prepared(euca))
    assert broke.happened
    assert tags_of(bare, started.id)[instances.TAG_BUCKET] == BUCKET


@pytest.mark.usefixtures("published_ca")
def test_a_cloud_without_any_tags_has_a_cluster_all_the_same_and_says_so_once(
    euca: Context, bare: Clients, said: list[str]
) -> None:
    """As UEC: the batches in the bucket say whose each instance is."""
    with failing(bare.ec2, "create_tags", refusal("InvalidAction", "CreateTags")):
        first = launch(euca, prepared(euca, count=2))
        launch(euca, prepared(euca, "namenode"))
        nodes = inventory.read(euca)
        assert sorted(node.role for node in nodes) == ["namenode", "worker", "worker"]
        ending.end(euca, [node for node in nodes if node.role == "worker"])
        assert [node.role for node in inventory.read(euca)] == ["namenode"]
    assert {each.id for each in first}.isdisjoint(
        node.instance.id for node in inventory.read(euca) if node.instance
    )
    assert len([line for line in said if "without tags" in line]) == 1


@pytest.mark.usefixtures("published_ca")
def test_anothers_instances_are_not_ours_whatever_their_token(
    euca: Context, bare: Clients, image: str
) -> None:
    for token in ("x", "9f2c1d0e-6a0b-4f0e-9a54-0c5d7a1f3b11", "../ca/server"):
        bare.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, ClientToken=token)
    bare.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)
    (ours,) = launch(euca, prepared(euca))
    assert [node.instance.id for node in inventory.read(euca) if node.instance] == [ours.id]


@pytest.mark.usefixtures("published_ca")
def test_an_untagged_instance_whose_batch_cannot_be_read_is_listed_all_the_same(
    euca: Context, bare: Clients
) -> None:
    batch = prepared(euca)
    with broken(bare, TAGGING, Fault.KILLED_BEFORE), pytest.raises(KilledError):
        launch(euca, batch)
    bare.s3.put_object(Bucket=BUCKET, Key=batch.key, Body=b"[broken")
    (found,) = instances.find(euca.clients.ec2, bucket=BUCKET)
    assert (found.batch, found.certname) == (batch.batch, batch.batch)


@pytest.mark.usefixtures("published_ca")
def test_a_bucket_that_does_not_answer_hides_no_instance_behind_a_short_list(
    euca: Context, bare: Clients
) -> None:
    batch = prepared(euca)
    with broken(bare, TAGGING, Fault.KILLED_BEFORE), pytest.raises(KilledError):
        launch(euca, batch)
    with (
        failing(bare.s3, "get_object", refusal("InternalError", "GetObject", 500)),
        pytest.raises(Exception, match="InternalError"),
    ):
        inventory.read(euca)


@pytest.mark.usefixtures("bucket")
def test_listings_of_many_pages_come_whole(euca: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "5")
    keys = [f"k-{number:04}" for number in range(13)]
    euca.store.put_all(dict.fromkeys([*keys, "folder/below"], b""))
    assert euca.store.keys() == keys
    assert set(euca.store.tags("")) == {*keys, "folder/below"}


@pytest.mark.usefixtures("bucket")
def test_that_a_lock_is_not_quite_sure_there_is_told(euca: Context, said: list[str]) -> None:
    with locked(euca, "up"):
        pass
    assert any("conditional writes" in line for line in said)


def test_init_does_what_there_is_and_says_what_there_is_not(euca: Context) -> None:
    outcomes = list(run(everything.steps(euca), dry_run=False))
    assert [each for each in outcomes if each.state is State.FAILED] == []
    lacking = {each.part for each in outcomes if each.state is State.UNSUPPORTED}
    assert len(lacking) == 2, lacking  # of the bucket what is newer, and all of IAM
    assert euca.store.exists()
    again = {each.state for each in run(everything.steps(euca), dry_run=False)}
    assert again <= {State.THERE, State.UNSUPPORTED, State.LEFT}


def test_who_the_operator_is_needs_no_sts(euca: Context, said: list[str]) -> None:
    opened = open_context(euca.settings, euca.clients, said.append)
    assert opened.store.owner is None
    assert "@" in opened.launched_by
    assert said == []


def test_the_console_is_asked_for_as_such_clouds_know_it(euca: Context, bare: Clients, image: str) -> None:
    started = bare.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    with failing(bare.ec2, "get_console_output", AssertionError(), times=0) as calls:
        instances.console(euca.clients.ec2, started)
    assert calls == [{"InstanceId": started}]


CALLS: list[tuple[str, Callable[[Clients], object]]] = [
    ("iam", lambda clients: clients.iam.get_role(RoleName="x")),
    ("iam", lambda clients: clients.iam.get_paginator("list_roles")),
    ("sqs", lambda clients: clients.sqs.get_queue_url(QueueName="x")),
    ("s3", lambda clients: clients.s3.get_public_access_block(Bucket=BUCKET)),
    ("s3", lambda clients: clients.s3.put_object(Bucket=BUCKET, Key="x", IfNoneMatch="*")),
]


@pytest.mark.parametrize(("_service", "call"), CALLS)
def test_what_there_is_not_is_refused_here_and_never_asked_for(
    euca: Context, _service: str, call: Callable[[Clients], object]
) -> None:
    with pytest.raises(UnsupportedError, match="cloud: eucalyptus has no"), api_errors("asking"):
        call(euca.clients)
