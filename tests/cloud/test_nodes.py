"""list, terminate, classify."""

from __future__ import annotations

import json

import pytest

from conductor import instances, inventory, terminating
from conductor.context import Context
from conductor.errors import NotFoundError
from conductor.launching.launch import launch, load_batch
from conductor.launching.preparing import prepare
from conductor.record import Batch, Record
from conductor.roles import plan
from tests.cloud.support import BUCKET, CA_PEM, failing, refusal


def start(context: Context, role: str, count: int) -> Batch:
    batch = prepare(context, plan(context.settings, role, count=count))
    launch(context, batch)
    return batch


def states(context: Context) -> list[str]:
    return sorted(each.state for each in instances.find(context.clients.ec2, bucket=BUCKET))


@pytest.fixture
def workers(context: Context, published_ca: None) -> Batch:
    return start(context, "worker", 2)


def test_the_list_joins_instance_record_and_status_by_certname(context: Context, workers: Batch) -> None:
    status = {
        "certname": workers.certnames[1],
        "enrolled": "2026-11-24T06:03:00Z",
        "last_run": {"status": "changed", "at": "2026-11-24T06:04:00Z", "noop": False},
        "health": "ok",
        "updated": "2026-11-24T06:04:10Z",
    }
    context.store.put(f"status/{workers.certnames[1]}", json.dumps(status).encode())
    first, second = [node.as_row() for node in inventory.read(context)]
    assert [first["certname"], second["certname"]] == workers.certnames
    assert (first["record"], first["enrolled"], first["last_run"]) == (True, None, None)
    assert second["health"] == "ok"
    assert second["last_run"]["status"] == "changed"
    assert second["private_name"].endswith(".ec2.internal")
    assert second["role"] == "worker"


def test_the_list_tells_no_secret_and_no_hash_of_one(context: Context, workers: Batch) -> None:
    rows = json.dumps([node.as_row() for node in inventory.read(context)])
    assert workers.record.enrolment is not None
    assert workers.record.enrolment.secret_sha256 not in rows


def test_an_instance_whose_record_is_gone_is_listed_since_it_costs_money(
    context: Context, workers: Batch
) -> None:
    context.store.delete(workers.certnames)
    assert [(row["record"], row["state"]) for row in (node.as_row() for node in inventory.read(context))] == [
        (False, "running"),
        (False, "running"),
    ]


def test_a_record_without_an_instance_is_listed(context: Context, workers: Batch) -> None:
    instances.terminate(
        context.clients.ec2, [each.id for each in instances.find(context.clients.ec2, bucket=BUCKET)]
    )
    assert [node.as_row()["state"] for node in inventory.read(context)] == [None, None]


def test_instances_of_another_cluster_are_not_ours(context: Context, workers: Batch) -> None:
    assert instances.find(context.clients.ec2, bucket="another") == []


@pytest.mark.parametrize("key", ["", "status/"])
def test_an_unreadable_object_is_told_of_and_hides_no_node(
    context: Context, workers: Batch, said: list[str], key: str
) -> None:
    name = workers.certnames[0]
    context.store.put(key + name, b"classes: [unclosed")
    nodes = inventory.read(context)
    assert [node.certname for node in nodes] == workers.certnames
    assert any(line.startswith(f"warning: s3://{BUCKET}/{key}{name}: not a") for line in said)


def test_an_unreadable_record_is_moved_as_it_is_when_its_node_is_terminated(
    context: Context, workers: Batch
) -> None:
    name = workers.certnames[0]
    context.store.put(name, b"classes: [unclosed")
    (node,) = inventory.select(inventory.read(context), [name])
    terminating.terminate(context, node)
    assert context.store.get(f"terminated/{name}") == b"classes: [unclosed"
    assert states(context) == ["running", "terminated"]


def test_without_its_bucket_a_cluster_s_instances_are_still_listed(context: Context, workers: Batch) -> None:
    for prefix in ("", "batches/", "ca/"):
        context.store.delete(context.store.keys(prefix))
    context.clients.s3.delete_bucket(Bucket=BUCKET)
    assert [node.as_row()["state"] for node in inventory.read(context)] == ["running", "running"]


def test_terminate_moves_the_record_and_ends_the_instance(context: Context, workers: Batch) -> None:
    gone, stays = workers.certnames
    before = context.store.get(gone)
    context.store.put(f"status/{gone}", b"{}")
    (node,) = inventory.select(inventory.read(context), [gone])
    terminating.terminate(context, node)
    assert context.store.keys() == [stays]
    assert context.store.get(f"terminated/{gone}") == before
    assert context.store.keys("status/") == []
    assert states(context) == ["running", "terminated"]


def test_terminate_marks_for_revocation_even_if_the_api_then_fails(context: Context, workers: Batch) -> None:
    node = inventory.read(context)[0]
    refused = refusal("UnauthorizedOperation", "TerminateInstances", 403)
    with (
        failing(context.clients.ec2, "terminate_instances", refused),
        pytest.raises(Exception, match="terminating"),
    ):
        terminating.terminate(context, node)
    assert context.store.has(f"terminated/{node.certname}")
    (again,) = inventory.select(inventory.read(context), [node.certname])
    terminating.terminate(context, again)
    assert states(context) == ["running", "terminated"]
    # The second time there was no record to move: what the first wrote must not be lost.
    kept = Record.parse("x", context.store.get(f"terminated/{node.certname}") or b"")
    assert kept.enrolment is not None


@pytest.mark.parametrize("kind", ["certname", "instance id", "private name"])
def test_one_node_is_found_by(context: Context, workers: Batch, kind: str) -> None:
    nodes = inventory.read(context)
    instance = nodes[1].instance
    assert instance is not None
    name = {"certname": nodes[1].certname, "instance id": instance.id, "private name": instance.private_name}[
        kind
    ]
    assert inventory.select(nodes, [name]) == [nodes[1]]


def test_a_role_or_a_batch_means_all_its_nodes_once(context: Context, workers: Batch) -> None:
    nodes = inventory.read(context)
    assert inventory.select(nodes, ["worker", workers.batch, workers.certnames[0]]) == nodes


def test_one_unknown_name_stops_the_whole_command(context: Context, workers: Batch) -> None:
    with pytest.raises(NotFoundError, match="nobody"):
        inventory.select(inventory.read(context), ["worker", "nobody"])


def test_classify_writes_the_configuration_s_classes_and_keeps_the_enrolment(
    context: Context, workers: Batch
) -> None:
    settings = context.settings.model_validate(
        {
            **context.settings.model_dump(),
            "node": {"classes": {"ntp": {"servers": ["a"]}}, "environment": "staging"},
        }
    )
    changed = Context(**{**vars(context), "settings": settings})
    inventory.classify(changed, inventory.read(context)[0])
    record = Record.parse("x", context.store.get(workers.certnames[0]) or b"")
    assert record.classes["ntp"] == {"servers": ["a"]}
    assert "hadoop::worker" in record.classes
    assert record.environment == "staging"
    assert record.enrolment == workers.record.enrolment


@pytest.mark.usefixtures("profile")
def test_terminating_the_ca_s_host_takes_its_certificate_out_of_the_bucket(context: Context) -> None:
    start(context, "puppetmaster", 1)
    (node,) = inventory.read(context)
    assert node.instance is not None
    context.store.put("ca/ca_crt.pem", CA_PEM.encode())
    context.store.put("ca/server", json.dumps({"server": node.instance.private_name}).encode())
    context.operator.pin(BUCKET, CA_PEM)
    terminating.terminate(context, node)
    assert context.store.keys("ca/") == []
    assert context.operator.pins() == {}
    start(context, "puppetmaster", 1)
    assert states(context) == ["running", "terminated"]


@pytest.mark.usefixtures("profile")
def test_terminating_a_host_that_never_became_the_ca_leaves_the_ca_alone(context: Context) -> None:
    start(context, "puppetmaster", 1)
    (node,) = inventory.read(context)
    context.store.put("ca/ca_crt.pem", CA_PEM.encode())
    context.store.put("ca/server", b'{"server": "another.internal"}')
    terminating.terminate(context, node)
    assert len(context.store.keys("ca/")) == 2


def test_terminating_a_batch_that_was_cut_short_ends_its_resumption(context: Context, workers: Batch) -> None:
    context.store.put(workers.key, workers.body())  # as if it had been cut off before it was complete
    for node in inventory.select(inventory.read(context), [workers.batch]):
        terminating.terminate(context, node)
    begun = load_batch(context, workers.batch)
    assert begun is not None
    assert begun.user_data is None


def test_a_launch_that_was_cut_short_before_it_began_is_not_resumed_once_terminated(
    context: Context, published_ca: None
) -> None:
    batch = prepare(context, plan(context.settings, "worker", count=1))
    context.store.put(batch.key, batch.body())
    context.store.put(batch.batch, batch.record.body())
    for node in inventory.select(inventory.read(context), [batch.batch]):
        terminating.terminate(context, node)
    begun = load_batch(context, batch.batch)
    assert begun is not None
    assert begun.user_data is None


def test_a_batch_that_cannot_be_read_does_not_keep_its_instances_running(
    context: Context, workers: Batch, said: list[str]
) -> None:
    context.store.put(workers.key, b"{")
    for node in inventory.read(context):
        terminating.terminate(context, node)
    assert states(context) == ["terminated", "terminated"]
    assert any(workers.key in line for line in said)


@pytest.mark.usefixtures("profile")
def test_a_record_that_never_had_a_host_does_not_take_the_ca_with_it(context: Context) -> None:
    batch = prepare(context, plan(context.settings, "puppetmaster", count=1))
    context.store.put(batch.batch, batch.record.body())
    context.store.put("ca/ca_crt.pem", CA_PEM.encode())
    context.store.put("ca/server", b'{"server": "another.internal"}')
    (node,) = inventory.read(context)
    terminating.terminate(context, node)
    assert len(context.store.keys("ca/")) == 2
