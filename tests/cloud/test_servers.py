"""The split layouts: who is started in which order, what each is told, and cluster/servers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from conductor import instances, inventory, servers, terminating
from conductor.context import Context
from conductor.errors import AuthorityError, LaunchError, UsageError
from conductor.instances import Instance
from conductor.launching.launch import launch, load_batch
from conductor.launching.preparing import prepare
from conductor.record import Batch, Record, Servers
from conductor.roles import plan
from conductor.settings import Settings
from tests.cloud.conftest import Clock
from tests.cloud.support import BUCKET, CA_PEM, failing, refusal

pytestmark = pytest.mark.usefixtures("profile")


def start(context: Context, role: str, count: int | None = None, *, wait: bool = False) -> list[Instance]:
    return launch(context, prepare(context, plan(context.settings, role, count=count), wait=wait))


def publish(context: Context, name: str, **more: Any) -> None:
    """As `puppet_ca publish` does on the CA's host."""
    context.store.put("ca/ca_crt.pem", CA_PEM.encode())
    context.store.put("ca/server", json.dumps({"ca_server": name, "ca_port": 8141, **more}).encode())


def start_ca(context: Context, role: str) -> Instance:
    (host,) = start(context, role)
    publish(context, host.private_name)
    return host


def document(context: Context) -> dict[str, Any]:
    body = context.store.get("cluster/servers")
    assert body is not None
    found: dict[str, Any] = json.loads(body)
    return found


def record(context: Context, node: Instance) -> Record:
    return Record.parse("x", context.store.get(node.certname) or b"")


def data(context: Context, node: Instance) -> dict[str, Any]:
    return record(context, node).data


def entry(node: Instance, port: int = 8140) -> dict[str, Any]:
    return {"certname": node.certname, "name": node.private_name, "port": port}


def with_settings(context: Context, **more: Any) -> Context:
    before = context.settings.model_dump(exclude_unset=True)
    return Context(**{**vars(context), "settings": Settings.model_validate({**before, **more})})


def test_an_all_in_one_host_is_master_and_database(context: Context) -> None:
    host = start_ca(context, "puppetmaster")
    assert document(context) == {"masters": [entry(host)], "databases": [entry(host, 8081)]}
    url = f"https://{host.private_name}:8081"
    assert data(context, host)["puppet::ca::puppetdb_url"] == url
    assert data(context, host)["puppet::master::puppetdb_urls"] == [url]
    assert data(context, host)["puppet::ca::auth_role"] == "puppet-master"


def test_layout_b_is_a_ca_with_the_database_and_masters(context: Context) -> None:
    ca = start_ca(context, "ca-database")
    assert document(context) == {"masters": [], "databases": [entry(ca, 8081)]}
    assert "puppet::ca::auth_role" not in data(context, ca)
    masters = start(context, "master", 2)
    assert document(context)["masters"] == sorted(map(entry, masters), key=lambda each: each["certname"])
    for each in masters:
        enrolment = record(context, each).enrolment
        assert enrolment is not None
        assert enrolment.dns_alt_names == [each.private_name]
        assert data(context, each)["puppet::master::puppetdb_urls"] == [f"https://{ca.private_name}:8081"]
        assert data(context, each)["puppet::node_bucket"] == f"s3://{BUCKET}"
        assert "puppet::ca::puppetdb_url" not in data(context, each)


def test_in_layout_c_the_ca_is_told_of_the_database_once_that_is_launched(context: Context) -> None:
    ca = start_ca(context, "ca")
    assert "puppet::ca::puppetdb_url" not in data(context, ca)
    (database,) = start(context, "database")
    assert data(context, ca)["puppet::ca::puppetdb_url"] == f"https://{database.private_name}:8081"
    start(context, "master")
    assert [each["certname"] for each in document(context)["databases"]] == [database.certname]


def test_agents_are_told_of_every_master(context: Context) -> None:
    start_ca(context, "ca-database")
    masters = start(context, "master", 2)
    batch = prepare(context, plan(context.settings, "worker", count=1))
    assert batch.user_data is not None
    assert batch.user_data.agent is not None
    listed = [f"{each['name']}:8140" for each in document(context)["masters"]]
    assert len(listed) == len(masters)
    assert batch.user_data.agent.server_list == listed
    assert batch.user_data.agent.server == listed[0].removesuffix(":8140")
    assert "puppet::agent::server_list" not in batch.record.data


@pytest.mark.parametrize("by_hand", [True, False])
def test_one_name_for_all_masters_wins_over_their_own(context: Context, by_hand: bool) -> None:
    start_ca(context, "puppetmaster")
    if by_hand:
        context = with_settings(context, agent={"server": "puppet.example.com"})
    else:
        publish(context, "ca.internal", server="puppet.example.com", port=8150)
    batch = prepare(context, plan(context.settings, "worker", count=1))
    assert batch.user_data is not None
    agent = batch.user_data.agent
    assert agent is not None
    assert (agent.server, agent.server_list) == ("puppet.example.com", [])
    assert agent.port == (None if by_hand else 8150)
    assert batch.record.data["puppet::agent::server_list"] == []


def test_a_master_may_serve_under_names_of_the_site_s_too(context: Context) -> None:
    start_ca(context, "ca-database")
    changed = with_settings(context, roles={"master": {"dns_alt_names": ["puppet.example.com"]}})
    (master,) = start(changed, "master")
    enrolment = record(context, master).enrolment
    assert enrolment is not None
    assert enrolment.dns_alt_names == [master.private_name, "puppet.example.com"]


def test_a_master_on_another_port_is_listed_with_it(context: Context) -> None:
    start_ca(context, "ca-database")
    node = {"parameters": {"data": {"puppet::master::port": 8150}}}
    (master,) = start(with_settings(context, node=node), "master")
    assert document(context)["masters"] == [entry(master, 8150)]


@pytest.mark.parametrize(
    ("before", "role", "told", "advice"),
    [
        ([], "master", "no CA yet", "ca-database"),
        ([], "database", "no CA yet", "ca-database"),
        (["ca"], "master", "no database yet", "start_instance.py database"),
        (["ca"], "worker", "no master yet", "start_instance.py master"),
        (["ca", "database"], "worker", "no master yet", "start_instance.py master"),
    ],
)
@pytest.mark.usefixtures("bucket")
def test_what_is_started_too_early_is_told_what_is_missing(
    context: Context, before: list[str], role: str, told: str, advice: str
) -> None:
    for each in before:
        start_ca(context, each) if each == "ca" else start(context, each)
    with pytest.raises(AuthorityError, match=told) as raised:
        start(context, role)
    assert advice in raised.value.advice
    assert len(instances.find(context.clients.ec2, bucket=BUCKET)) == len(before)


def test_a_master_with_a_puppetdb_of_the_site_s_own_needs_no_database_here(context: Context) -> None:
    start_ca(context, "ca")
    urls = {"puppet::master::puppetdb_urls": ["https://puppetdb.example.com:8081"]}
    changed = with_settings(context, node={"parameters": {"data": urls}})
    (master,) = start(changed, "master")
    start(context, "database")
    assert data(context, master)["puppet::master::puppetdb_urls"] == urls["puppet::master::puppetdb_urls"]


@pytest.mark.parametrize(("first", "second"), [("ca-database", "database"), ("puppetmaster", "database")])
def test_a_second_database_is_refused(context: Context, first: str, second: str) -> None:
    start_ca(context, first)
    with pytest.raises(UsageError, match="is the database of"):
        start(context, second)


@pytest.mark.parametrize("second", ["puppetmaster", "ca-database", "ca"])
def test_a_second_ca_of_whatever_role_is_refused_while_the_first_one_boots(
    context: Context, second: str
) -> None:
    start(context, "ca")
    with pytest.raises(UsageError, match="is to be the CA"):
        start(context, second)


def test_all_of_a_layout_may_be_started_at_once_with_wait(context: Context, clock: Clock) -> None:
    started: list[Instance] = []
    (ca,) = start(context, "ca")
    clock.at_sleep = [
        lambda: publish(context, ca.private_name),
        lambda: started.extend(start(context, "database")),
    ]
    start(context, "master", wait=True)
    assert [each.role for each in started] == ["database"]
    assert clock.seconds == 10


def test_a_waiting_launch_gives_up_at_the_deadline(context: Context, clock: Clock) -> None:
    start_ca(context, "ca")
    with pytest.raises(AuthorityError, match="no database yet"):
        start(with_settings(context, wait={"interval": 100}), "master", wait=True)
    assert 1200 <= clock.seconds <= 1300


def test_a_master_that_leaves_is_out_of_the_list_before_its_certificate_is_revoked(context: Context) -> None:
    start_ca(context, "ca-database")
    gone, stays = start(context, "master", 2)
    assert servers.leave(context, [gone.certname])
    assert document(context)["masters"] == [entry(stays)]
    assert context.store.has(gone.certname)
    (node,) = inventory.select(inventory.read(context), [gone.certname])
    terminating.terminate(context, node)
    assert servers.update(context).masters[0].certname == stays.certname


def test_a_master_that_could_not_be_terminated_is_listed_again(context: Context) -> None:
    start_ca(context, "ca-database")
    (master,) = start(context, "master")
    servers.leave(context, [master.certname])
    assert document(context)["masters"] == []
    servers.update(context)
    assert document(context)["masters"] == [entry(master)]


def test_a_master_that_ended_without_us_is_out_with_the_next_launch(context: Context) -> None:
    start_ca(context, "ca-database")
    (lost,) = start(context, "master")
    instances.terminate(context.clients.ec2, [lost.id])
    (other,) = start(context, "master")
    assert document(context)["masters"] == [entry(other)]


def test_nothing_is_written_for_nodes_that_serve_nobody(context: Context) -> None:
    start_ca(context, "puppetmaster")
    (worker,) = start(context, "worker")
    with failing(context.clients.s3, "put_object", AssertionError(), times=0) as calls:
        assert not servers.leave(context, [worker.certname])
    assert calls == []


def test_a_new_database_replaces_the_old_one_in_all_records(context: Context) -> None:
    ca = start_ca(context, "ca")
    (old,) = start(context, "database")
    (master,) = start(context, "master")
    servers.leave(context, [old.certname])
    # While there is none, nobody is left without: PuppetDB that is down fails no catalog.
    assert data(context, master)["puppet::master::puppetdb_urls"] == [f"https://{old.private_name}:8081"]
    (node,) = inventory.select(inventory.read(context), [old.certname])
    terminating.terminate(context, node)
    (new,) = start(context, "database")
    assert data(context, master)["puppet::master::puppetdb_urls"] == [f"https://{new.private_name}:8081"]
    assert data(context, ca)["puppet::ca::puppetdb_url"] == f"https://{new.private_name}:8081"


def test_what_was_changed_by_hand_in_a_record_stays(context: Context) -> None:
    ca = start_ca(context, "ca")
    start(context, "database")
    found = record(context, ca)
    found.data["puppet::ca::puppetdb_url"] = "https://mine.example.com:8081"
    context.store.put(ca.certname, found.body())
    start(context, "master")
    assert data(context, ca)["puppet::ca::puppetdb_url"] == "https://mine.example.com:8081"


def test_classify_keeps_what_follows_from_the_servers(context: Context) -> None:
    ca = start_ca(context, "ca-database")
    (master,) = start(context, "master")
    before = {each.certname: record(context, each) for each in (ca, master)}
    for node in inventory.read(context):
        inventory.classify(context, node)
    assert {each.certname: record(context, each) for each in (ca, master)} == before


def test_what_the_conductor_noted_does_not_go_to_the_host(context: Context) -> None:
    start_ca(context, "ca-database")
    batch = prepare(context, plan(context.settings, "master", count=1))
    assert batch.record.derived
    assert b"derived" not in batch.record.for_host()
    assert b"puppetdb_urls" in batch.record.for_host()


def test_of_two_launches_at_once_none_is_lost(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours has looked who lives; before it writes, another one has looked, launched and written."""
    start_ca(context, "ca-database")
    other: list[Instance] = []
    real = servers.hosts

    def look(*arguments: Any, **named: Any) -> Any:
        found = real(*arguments, **named)
        if not other:
            other.append(found[0].instance)
            other[:] = start(context, "master")
        return found

    batch = prepare(context, plan(context.settings, "master", count=1))
    monkeypatch.setattr(servers, "hosts", look)
    (ours,) = launch(context, batch)
    names = {each["certname"] for each in document(context)["masters"]}
    assert names == {ours.certname, other[0].certname}


def interrupted(context: Context, key: str, error: BaseException) -> Callable[..., Any]:
    real = context.clients.s3.put_object

    def put(**arguments: Any) -> Any:
        if arguments["Key"] == key:
            raise error
        return real(**arguments)

    return put


def test_a_launch_whose_list_could_not_be_written_is_completed_by_resume(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_ca(context, "ca-database")
    batch: Batch = prepare(context, plan(context.settings, "master", count=1))
    with monkeypatch.context() as patched:
        refused = refusal("AccessDenied", "PutObject", 403)
        patched.setattr(context.clients.s3, "put_object", interrupted(context, "cluster/servers", refused))
        with pytest.raises(LaunchError, match="are started, but incomplete") as raised:
            launch(context, batch)
    assert f"resume {batch.batch}" in raised.value.advice
    begun = load_batch(context, batch.batch)
    assert begun is not None
    (master,) = launch(context, begun, repeated=True)
    assert document(context)["masters"] == [entry(master)]


def test_a_list_that_cannot_be_read_is_written_anew(context: Context, said: list[str]) -> None:
    start_ca(context, "ca-database")
    gone, stays = start(context, "master", 2)
    context.store.put("cluster/servers", b"[]")
    assert servers.leave(context, [gone.certname])
    assert document(context)["masters"] == [entry(stays)]
    assert any("cluster/servers cannot be read" in line for line in said)


def test_an_unreadable_record_of_one_host_does_not_hide_the_others(context: Context, said: list[str]) -> None:
    start_ca(context, "ca-database")
    broken, good = start(context, "master", 2)
    context.store.put(broken.certname, b"classes: [unclosed")
    assert servers.update(context).masters == Servers.model_validate({"masters": [entry(good)]}).masters
    assert any(broken.certname in line for line in said)
