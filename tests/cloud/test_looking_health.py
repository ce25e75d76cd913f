"""How each node and the cluster are judged, against moto."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conductor import health, instances
from conductor.context import Context
from conductor.health import Verdict
from conductor.instances import Instance
from conductor.launching.preparing import prepare
from conductor.record import Record, timestamp
from conductor.roles import plan
from tests.cloud.looking import report, start
from tests.cloud.support import CA_PEM

pytest_plugins = ["tests.cloud.looking_fixtures"]


def why(context: Context) -> dict[str, str]:
    return {each.name: each.why for each in health.look(context).nodes if each.verdict is not Verdict.WELL}


def test_a_cluster_in_which_all_is_as_it_should_be_is_well(now: Context, cluster: list[Instance]) -> None:
    overview = health.look(now)
    assert overview.told() == []
    assert overview.well
    assert [(each.role, each.there, each.enrolled, each.well) for each in overview.roles] == [
        ("puppetmaster", 1, 1, 1),
        ("worker", 2, 2, 2),
    ]
    assert [each.name for each in overview.nodes] == ["puppetmaster", "worker-1", "worker-2"]


@pytest.mark.parametrize(
    ("more", "verdict", "told"),
    [
        ({"enrolled": None, "last_run": None}, Verdict.WAITING, "not enrolled yet"),
        ({"last_run": None}, Verdict.WAITING, "first Puppet run is under way"),
        ({"health": "waiting"}, Verdict.WAITING, "waits for its partners"),
        ({"health": "failed"}, Verdict.UNWELL, "last Puppet run failed"),
        ({"health": None}, Verdict.WAITING, "waits for its partners"),
        ({"ago": 3 * 3600}, Verdict.UNWELL, "last Puppet run was 3 h ago"),
        # The workers' interval is Puppet's, 30 minutes: three runs and ten minutes are not over yet.
        ({"ago": 99 * 60}, Verdict.WELL, ""),
    ],
)
def test_a_node_is_judged_by_its_status(
    now: Context, cluster: list[Instance], more: dict[str, Any], verdict: Verdict, told: str
) -> None:
    report(now, cluster[1], **more)
    judged = health.look(now).nodes[1]
    assert (judged.name, judged.verdict) == ("worker-1", verdict)
    assert told in judged.why


def test_how_long_ago_a_run_may_be_follows_from_the_node_s_own_interval(
    now: Context, cluster: list[Instance]
) -> None:
    """data/roles.yaml gives a host with the CA or the database... 2m; the operator may give any."""
    name = cluster[1].certname
    record = Record.parse("x", now.store.get(name) or b"")
    record.parameters["data"]["puppet::agent::runinterval"] = "5m"
    now.store.put(name, record.body())
    report(now, cluster[1], ago=24 * 60)
    assert why(now) == {}
    report(now, cluster[1], ago=26 * 60)
    assert "26 min ago" in why(now)["worker-1"]


def test_what_costs_money_and_has_no_record_is_named_with_the_command_that_ends_it(
    now: Context, cluster: list[Instance]
) -> None:
    now.store.delete([cluster[2].certname])
    overview = health.look(now)
    (told,) = overview.told()
    assert f"{cluster[2].id} costs money" in told
    assert f"`start_instance.py terminate {cluster[2].id}`" in told
    assert overview.roles[-1].there == 1


def test_a_record_whose_instance_is_gone_is_named(now: Context, cluster: list[Instance]) -> None:
    instances.terminate(now.clients.ec2, [cluster[2].id])
    (told,) = health.look(now).told()
    assert "it has a record but no instance" in told
    assert f"`start_instance.py terminate {cluster[2].certname}`" in told


def test_a_stopped_instance_is_not_well_whatever_its_status_says(
    now: Context, cluster: list[Instance]
) -> None:
    now.clients.ec2.stop_instances(InstanceIds=[cluster[1].id])
    assert why(now) == {"worker-1": f"{cluster[1].id} is stopped"}


def test_a_record_that_cannot_be_read_is_named(now: Context, cluster: list[Instance]) -> None:
    now.store.put(cluster[1].certname, b"classes: [unclosed")
    assert "its record cannot be read" in next(iter(why(now).values()))


def test_a_node_that_can_no_longer_enrol_is_not_merely_waiting(now: Context, cluster: list[Instance]) -> None:
    name = cluster[1].certname
    record = Record.parse("x", now.store.get(name) or b"")
    assert record.enrolment is not None
    record.enrolment.expires = timestamp(now.now() - timedelta(minutes=5))
    now.store.put(name, record.body())
    now.store.delete([f"status/{name}"])
    judged = health.look(now).nodes[1]
    assert judged.verdict is Verdict.UNWELL
    assert "could only until 5 min ago" in judged.why


def test_a_drain_is_told(now: Context, cluster: list[Instance]) -> None:
    name = cluster[1].certname
    record = Record.parse("x", now.store.get(name) or b"")
    now.store.put(name, record.model_copy(update={"draining": timestamp(now.now())}).body())
    assert "is being taken elsewhere, since" in why(now)["worker-1"]


def test_without_nodes_nothing_is_well(context: Context, bucket: str) -> None:
    assert health.look(context).told() == ["there are no nodes"]


def test_a_cluster_without_its_ca_cannot_grow_and_that_is_told(context: Context, published_ca: None) -> None:
    start(context, "worker")
    assert "no host with the CA is there: no node can enrol" in health.look(context).problems


def test_a_ca_that_has_published_nothing_is_told(now: Context, cluster: list[Instance]) -> None:
    now.store.delete(["ca/ca_crt.pem", "ca/server"])
    assert health.look(now).problems == ["the CA has not published its certificate yet"]


def test_another_ca_than_the_one_that_was_seen_first_is_told(now: Context, cluster: list[Instance]) -> None:
    now.store.put("ca/ca_crt.pem", CA_PEM.replace("first", "other").encode())
    assert "is not the CA certificate that was read from there before" in health.look(now).problems[0]


def test_a_launch_that_was_cut_short_is_named_with_the_command_that_goes_on_with_it(
    now: Context, cluster: list[Instance]
) -> None:
    begun = prepare(now, plan(now.settings, "worker", count=2))
    now.store.put(begun.key, begun.body())
    (told,) = health.look(now).told()
    assert told.startswith("the launch of 2 x worker ")
    assert f"`start_instance.py resume {begun.batch}`" in told
