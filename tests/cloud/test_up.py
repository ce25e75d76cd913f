"""`up`: the cluster becomes what the configuration says, and is left alone when it is."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import timedelta

import pytest

from conductor import ending, inventory
from conductor.context import Context
from conductor.errors import (
    AuthorityError,
    ConfigError,
    LaunchError,
    LockedError,
    WaitError,
)
from conductor.fleet.locking import locked
from conductor.fleet.up import up
from conductor.launching.preparing import prepare
from conductor.record import BATCHES, Record
from conductor.roles import plan
from tests.cloud.site import Site, silent, with_site
from tests.cloud.support import BUCKET, failing, refusal

pytestmark = pytest.mark.usefixtures("profile")
CLUSTER = {"puppetmaster": 1, "namenode": 1, "jobtracker": 1, "worker": 2}


@pytest.fixture
def cluster(context: Context, site: Site) -> Context:
    return with_site(context, site, cluster=CLUSTER)


def objects(context: Context) -> dict[str, str]:
    return context.store.tags("")


def test_everything_is_started_and_has_its_first_catalog(
    cluster: Context, site: Site, said: list[str]
) -> None:
    nodes = up(cluster, silent)
    assert site.roles() == CLUSTER
    assert all(node.status.last_run for node in nodes)
    assert said[-1] == "the cluster is up: 1 x puppetmaster, 1 x jobtracker, 1 x namenode, 2 x worker"


def test_the_bucket_is_made_before_anything_else(cluster: Context, said: list[str]) -> None:
    up(cluster, silent)
    assert said[0] == f"made bucket {BUCKET}, private"


def test_up_again_changes_nothing_and_says_so(cluster: Context, site: Site, said: list[str]) -> None:
    up(cluster, silent)
    before, there = objects(cluster), [each.id for each in site.living()]
    with failing(cluster.clients.ec2, "run_instances", AssertionError()) as calls:
        up(cluster, silent)
    assert calls == []
    assert objects(cluster) == before
    assert [each.id for each in site.living()] == there
    assert said[-1].startswith("nothing to do, the cluster is up: ")


def test_the_others_are_started_only_when_the_ca_is_known_and_then_at_once(
    cluster: Context, site: Site
) -> None:
    with failing(cluster.clients.ec2, "run_instances", AssertionError(), times=0) as calls:
        up(cluster, silent)
    tags = [{tag["Key"]: tag["Value"] for tag in call["TagSpecifications"][0]["Tags"]} for call in calls]
    roles = [each["puppet-hadoop:role"] for each in tags]
    assert roles[0] == "puppetmaster"
    assert sorted(roles[1:]) == ["jobtracker", "namenode", "worker"]


def test_only_what_is_missing_is_started(cluster: Context, site: Site) -> None:
    up(cluster, silent)
    gone = next(each for each in site.living() if each.role == "worker")
    stays = {each.id for each in site.living()} - {gone.id}
    (node,) = inventory.select(inventory.read(cluster), [gone.id])
    ending.end(cluster, [node])
    up(cluster, silent)
    assert site.roles() == CLUSTER
    assert stays < {each.id for each in site.living()}


def test_more_workers_in_the_configuration_are_more_workers(cluster: Context, site: Site) -> None:
    up(cluster, silent)
    up(with_site(cluster, site, cluster={**CLUSTER, "worker": 3}), silent)
    assert site.roles() == {**CLUSTER, "worker": 3}


def test_fewer_workers_in_the_configuration_end_none(cluster: Context, site: Site, said: list[str]) -> None:
    up(cluster, silent)
    up(with_site(cluster, site, cluster={**CLUSTER, "worker": 1}), silent)
    assert site.roles() == CLUSTER
    assert any("1 x worker more than the 1 wanted" in line for line in said)


def test_each_layout_has_its_order(context: Context, site: Site) -> None:
    wanted = {"worker": 1, "namenode": 1, "master": 2, "database": 1, "ca": 1}
    apart = with_site(context, site, cluster=wanted)
    with failing(apart.clients.ec2, "run_instances", AssertionError(), times=0) as calls:
        up(apart, silent)
    tags = [{tag["Key"]: tag["Value"] for tag in call["TagSpecifications"][0]["Tags"]} for call in calls]
    assert [each["puppet-hadoop:role"] for each in tags][:3] == ["ca", "database", "master"]
    assert site.roles() == wanted


def test_without_a_ca_anywhere_nothing_is_started(context: Context, site: Site, bucket: str) -> None:
    with pytest.raises(AuthorityError, match="no CA: `cluster:` names no role with puppet::ca"):
        up(with_site(context, site, cluster={"worker": 1}), silent)
    assert site.living() == []


def test_a_mistake_in_the_cluster_is_told_before_anything_is_touched(context: Context, site: Site) -> None:
    with pytest.raises(ConfigError, match="unknown role: wroker"):
        up(with_site(context, site, cluster={"puppetmaster": 1, "wroker": 1}), silent)
    assert not context.store.exists()


def test_no_wait_is_over_when_all_are_started(cluster: Context, site: Site) -> None:
    site.broken |= {"namenode", "jobtracker", "worker"}
    up(cluster, silent, wait=False)
    assert site.roles() == CLUSTER


def test_a_ca_whose_bootstrap_fails_ends_the_wait_and_nothing_else_is_started(
    cluster: Context, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.broken.add("puppetmaster")
    monkeypatch.setattr("conductor.instances.console", lambda *_: "puppet-bootstrap: FAILED at step 3")
    with pytest.raises(WaitError, match="FAILED at step 3"):
        up(cluster, silent)
    assert site.roles() == {"puppetmaster": 1}


def test_one_that_fails_does_not_hide_the_others_that_come_up_or_fail(
    cluster: Context, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.broken |= {"namenode", "jobtracker"}
    monkeypatch.setattr("conductor.instances.console", lambda *_: "puppet-bootstrap: FAILED at step 3")
    with pytest.raises(WaitError) as caught:
        up(cluster, silent)
    assert "namenode i-" in str(caught.value)
    assert "jobtracker i-" in str(caught.value)
    assert "worker i-" not in str(caught.value)


def test_one_role_that_cannot_be_started_does_not_keep_the_others(
    cluster: Context, site: Site, said: list[str]
) -> None:
    real = cluster.clients.ec2.run_instances

    def refuse_namenodes(**request: object) -> object:
        if "namenode" in str(request["TagSpecifications"]):
            raise refusal("VcpuLimitExceeded", "RunInstances")
        return real(**request)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster.clients.ec2, "run_instances", refuse_namenodes)
        with pytest.raises(LaunchError) as caught:
            up(cluster, silent)
    assert "said VcpuLimitExceeded" in str(caught.value)
    assert "`start_instance.py up` again" in caught.value.advice
    assert site.roles() == {"puppetmaster": 1, "jobtracker": 1, "worker": 2}
    up(cluster, silent)
    assert site.roles() == CLUSTER


def test_what_was_begun_is_gone_on_with_and_counts(cluster: Context, site: Site, said: list[str]) -> None:
    up(cluster, silent)
    begun = prepare(cluster, dataclasses.replace(plan(cluster.settings, "worker", count=2), count=2))
    cluster.store.put(begun.key, begun.body())
    up(with_site(cluster, site, cluster={**CLUSTER, "worker": 5}), silent)
    assert site.roles() == {**CLUSTER, "worker": 5}
    assert len([each for each in site.living() if each.batch == begun.batch]) == 2
    assert f"going on with batch {begun.batch} (2 x worker)" in said


def test_what_was_begun_and_is_not_wanted_is_taken_back(
    cluster: Context, site: Site, said: list[str]
) -> None:
    up(cluster, silent)
    begun = prepare(cluster, plan(cluster.settings, "worker", count=2))
    cluster.store.put(begun.key, begun.body())
    cluster.store.put_all(dict.fromkeys(begun.certnames, begun.record.body()))
    up(cluster, silent)
    assert site.roles() == CLUSTER
    assert not any(cluster.store.has(name) for name in begun.certnames)
    assert any(f"batch {begun.batch} (2 x worker) is taken back" in line for line in said)


def test_what_was_begun_too_long_ago_is_taken_back_and_started_anew(
    cluster: Context, site: Site, said: list[str]
) -> None:
    up(cluster, silent)
    begun = prepare(cluster, plan(cluster.settings, "worker", count=1))
    cluster.store.put(begun.key, begun.body())
    late = dataclasses.replace(cluster, now=lambda: cluster.now() + timedelta(hours=2))
    up(with_site(late, site, cluster={**CLUSTER, "worker": 3}), silent)
    assert site.roles() == {**CLUSTER, "worker": 3}
    assert not any(each.batch == begun.batch for each in site.living())


def test_an_instance_without_a_record_is_told_and_neither_counted_nor_ended(
    cluster: Context, site: Site, said: list[str]
) -> None:
    up(cluster, silent)
    stray = next(each for each in site.living() if each.role == "worker")
    cluster.store.delete([stray.certname])
    up(cluster, silent)
    assert site.roles() == CLUSTER
    assert stray.id in {each.id for each in site.living()}
    assert any(f"`start_instance.py terminate {stray.id}`" in line for line in said)


def test_a_worker_that_is_being_drained_is_replaced(cluster: Context, site: Site) -> None:
    up(cluster, silent)
    worker = next(each for each in site.living() if each.role == "worker")
    record = Record.parse("x", cluster.store.get(worker.certname) or b"")
    drained = record.model_copy(update={"draining": "2026-11-24T06:00:00Z"})
    cluster.store.put(worker.certname, drained.body())
    up(cluster, silent)
    assert site.roles() == {**CLUSTER, "worker": 3}


def test_a_node_that_never_enrolled_in_its_time_is_told_at_once(cluster: Context, site: Site) -> None:
    site.broken.add("namenode")
    up(cluster, silent, wait=False)
    site.pass_time()
    late = dataclasses.replace(cluster, now=lambda: cluster.now() + timedelta(hours=2))
    with pytest.raises(WaitError, match="has not enrolled, and could only until") as caught:
        up(late, silent)
    assert "namenode i-" in str(caught.value)
    assert "worker" not in str(caught.value)


@pytest.mark.usefixtures("bucket")
def test_two_at_once_are_one_after_the_other(cluster: Context, site: Site) -> None:
    with locked(cluster, "up"), pytest.raises(LockedError):
        up(cluster, silent)
    assert site.living() == []
    with locked(cluster, "up"):
        up(cluster, silent, steal=True, wait=False)
    assert site.roles() == CLUSTER


def test_the_lock_is_free_while_the_first_catalogs_are_waited_for(cluster: Context) -> None:
    held: list[bool] = []
    up(cluster, lambda *_: held.append(cluster.store.has("locks/conductor")))
    assert held[0]  # while the CA is waited for
    assert not held[-1]


def test_no_launch_is_left_unfinished(cluster: Context) -> None:
    up(cluster, silent)
    bodies = cluster.store.get_all(cluster.store.keys(BATCHES)).values()
    assert Counter(b"state: launched" in body for body in bodies) == {True: 4}
