"""What follows for the records of Hadoop's nodes from packages that were published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conductor import inventory, packages, publishing, roles
from conductor.clients import Clients
from conductor.context import Context
from conductor.errors import RecordError
from conductor.launching import launch
from conductor.launching.preparing import prepare
from conductor.record import Record
from tests.cloud.support import BUCKET, failing, refusal
from tests.unit.packages import repository

DEBS = {"hadoop_1_all.deb": b"hadoop 1"}


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return repository.make(tmp_path / "first", DEBS)


@pytest.fixture
def second(tmp_path: Path) -> Path:
    return repository.make(tmp_path / "second", DEBS, key=repository.OTHER_KEY)


@pytest.fixture
def serving(context: Context, published_ca: None, profile: None) -> str:
    """The private name of a puppetmaster that serves packages."""
    plan = roles.plan(context.settings, "puppetmaster", count=None)
    plan.node.classes.setdefault(packages.SERVING_CLASS, {})
    context.store.delete(["ca/ca_crt.pem", "ca/server"])
    (instance,) = launch.launch(context, prepare(context, plan))
    context.store.put("ca/ca_crt.pem", b"-----BEGIN CERTIFICATE-----\n")
    context.store.put("ca/server", b'{"server": "pm.internal", "ca_server": "pm.internal"}')
    return instance.private_name


def started(context: Context, role: str, data: dict[str, Any] | None = None) -> str:
    plan = roles.plan(context.settings, role, count=1)
    plan.node.parameters["data"] = data or {}
    (instance,) = launch.launch(context, prepare(context, plan))
    return instance.certname


def record(context: Context, certname: str) -> Record:
    return Record.parse(certname, context.store.get(certname) or b"")


def source_of(context: Context, certname: str) -> tuple[Any, Any]:
    data = record(context, certname).data
    return data.get(packages.LOCATION), data.get(packages.KEY_CONTENT)


@pytest.mark.parametrize("role", ["namenode", "jobtracker", "worker"])
def test_hadoop_s_nodes_are_told_where_the_packages_are_and_by_whom_they_are_signed(
    context: Context, serving: str, first: Path, role: str
) -> None:
    publishing.publish(context, first)
    certname = started(context, role)
    assert source_of(context, certname) == (f"http://{serving}:8143/hadoop", repository.KEY.decode())


def test_whatever_number_of_nodes_there_is_one_record_tells_who_serves(
    context: Context, clients: Clients, serving: str, first: Path
) -> None:
    publishing.publish(context, first)
    context.store.put("ca/server", f'{{"server": "{serving}", "ca_server": "{serving}"}}'.encode())
    for _ in range(3):
        started(context, "worker")
    with failing(clients.s3, "get_object", refusal("none", "GetObject"), times=0) as calls:
        assert packages.source(context) == packages.Source(
            f"http://{serving}:8143/hadoop", repository.KEY.decode()
        )
    assert len(calls) == 3


def test_another_host_than_the_ca_s_may_serve(context: Context, serving: str, first: Path) -> None:
    context.store.put("ca/server", f'{{"server": "{serving}", "ca_server": "{serving}"}}'.encode())
    (ca,) = inventory.select(inventory.read(context), ["puppetmaster"])
    there = record(context, ca.certname)
    del there.classes[packages.SERVING_CLASS]
    context.store.put(ca.certname, there.body())
    other = started(context, "master")
    there = record(context, other)
    there.classes[packages.SERVING_CLASS] = {"port": 80}
    context.store.put(other, there.body())
    publishing.publish(context, first)
    (node,) = inventory.select(inventory.read(context), [other])
    assert node.instance is not None
    location = f"http://{node.instance.private_name}:80/hadoop"
    assert source_of(context, started(context, "worker"))[0] == location


def test_other_nodes_are_not_told(context: Context, serving: str, first: Path) -> None:
    publishing.publish(context, first)
    assert source_of(context, started(context, "master")) == (None, None)


def test_nothing_is_said_where_nothing_is_published(context: Context, serving: str) -> None:
    assert source_of(context, started(context, "worker")) == (None, None)


def test_half_a_first_upload_is_nothing_published(
    context: Context, clients: Clients, serving: str, first: Path
) -> None:
    publishing.publish(context, first)
    clients.s3.delete_object(Bucket=BUCKET, Key=packages.IN_RELEASE)
    assert source_of(context, started(context, "worker")) == (None, None)


def test_nodes_that_were_started_before_are_told_when_packages_are_published(
    context: Context, serving: str, first: Path, second: Path
) -> None:
    certname = started(context, "worker")
    publishing.publish(context, first)
    assert source_of(context, certname) == (f"http://{serving}:8143/hadoop", repository.KEY.decode())
    publishing.publish(context, second)  # signed with another key
    assert source_of(context, certname)[1] == repository.OTHER_KEY.decode()


def test_a_source_of_the_operator_s_stays_alone(context: Context, serving: str, first: Path) -> None:
    theirs = started(context, "worker", {packages.LOCATION: "http://mirror/hadoop"})
    none = started(context, "worker", {packages.LOCATION: None})
    publishing.publish(context, first)
    later = started(context, "worker", {packages.LOCATION: "http://mirror/hadoop"})
    assert source_of(context, theirs) == source_of(context, later) == ("http://mirror/hadoop", None)
    assert source_of(context, none) == (None, None)
    assert packages.LOCATION in record(context, none).data


@pytest.mark.parametrize("name", ["key_content", "key_source", "keyring"])
def test_a_key_of_the_operator_s_stays_alone(context: Context, serving: str, first: Path, name: str) -> None:
    publishing.publish(context, first)
    certname = started(context, "worker", {f"hadoop::apt::{name}": "/theirs"})
    data = record(context, certname).data
    assert data[f"hadoop::apt::{name}"] == "/theirs"
    assert data[packages.LOCATION] == f"http://{serving}:8143/hadoop"
    assert data.get(packages.KEY_CONTENT, "/theirs") == "/theirs"


def test_a_source_given_as_a_parameter_of_the_class_stays_alone(
    context: Context, serving: str, first: Path
) -> None:
    publishing.publish(context, first)
    plan = roles.plan(context.settings, "worker", count=1)
    plan.node.classes["hadoop::apt"] = {"location": "http://mirror/hadoop"}
    (instance,) = launch.launch(context, prepare(context, plan))
    assert source_of(context, instance.certname) == (None, None)


def test_a_source_that_the_operator_writes_into_a_record_takes_the_place_of_ours(
    context: Context, serving: str, first: Path
) -> None:
    publishing.publish(context, first)
    certname = started(context, "worker")
    there = record(context, certname)
    there.parameters["data"][packages.LOCATION] = "http://mirror/hadoop"
    context.store.put(certname, there.body())
    publishing.publish(context, first)
    assert source_of(context, certname) == ("http://mirror/hadoop", None)


def test_classify_tells_a_node_anew(context: Context, serving: str, first: Path) -> None:
    publishing.publish(context, first)
    certname = started(context, "worker", {packages.LOCATION: "http://mirror/hadoop"})
    (node,) = inventory.select(inventory.read(context), [certname])
    inventory.classify(context, node)
    assert source_of(context, certname) == (f"http://{serving}:8143/hadoop", repository.KEY.decode())


def test_where_no_host_serves_packages_nodes_are_told_nothing_and_the_operator_why(
    context: Context, serving: str, first: Path, said: list[str]
) -> None:
    for node in inventory.read(context):
        there = record(context, node.certname)
        there.classes.pop(packages.SERVING_CLASS, None)
        context.store.put(node.certname, there.body())
    publishing.publish(context, first)
    assert any("no host serves them" in line for line in said)
    assert source_of(context, started(context, "worker")) == (None, None)


@pytest.mark.usefixtures("bucket")
def test_before_there_is_any_host_nobody_is_missed(context: Context, first: Path, said: list[str]) -> None:
    publishing.publish(context, first)
    assert not any("no host serves them" in line for line in said)


def test_a_port_of_the_operator_s_counts(context: Context, serving: str, first: Path) -> None:
    (node,) = inventory.select(inventory.read(context), ["puppetmaster"])
    there = record(context, node.certname)
    there.parameters["data"]["puppet::packages::port"] = 8080
    context.store.put(node.certname, there.body())
    publishing.publish(context, first)
    assert source_of(context, started(context, "worker"))[0] == f"http://{serving}:8080/hadoop"


def test_a_key_that_is_no_text_stops_a_launch_and_says_which(
    context: Context, serving: str, first: Path
) -> None:
    publishing.publish(context, first)
    context.store.put(packages.KEYRING, b"\xff")
    with pytest.raises(RecordError, match="hadoop-archive-keyring"):
        started(context, "worker")
