"""`down`: nothing that costs money or is trusted is left."""

from __future__ import annotations

import dataclasses

import boto3
import pytest

from conductor import instances
from conductor.context import Context
from conductor.errors import CloudError, LockedError, WaitError
from conductor.fleet import volumes
from conductor.fleet.down import down, there
from conductor.fleet.locking import locked
from conductor.fleet.up import up
from conductor.launching.preparing import prepare
from conductor.record import CA_REVOKED, TERMINATED
from conductor.roles import plan
from tests.cloud.site import Site, silent, with_site
from tests.cloud.support import BUCKET, CA_PEM, failing, refusal

pytestmark = pytest.mark.usefixtures("profile")
CLUSTER = {"puppetmaster": 1, "worker": 2}


@pytest.fixture
def cluster(context: Context, site: Site) -> Context:
    """One that is up."""
    configured = with_site(context, site, cluster=CLUSTER)
    up(configured, silent)
    return configured


def keys(context: Context) -> list[str]:
    return sorted(context.store.tags(""))


def test_no_instance_no_volume_and_no_record_is_left(cluster: Context, site: Site, said: list[str]) -> None:
    down(cluster, silent)
    assert site.living() == []
    assert volumes.find(cluster.clients.ec2, bucket=BUCKET) == []
    assert [key for key in keys(cluster) if not key.startswith("code/")] == []
    assert said[-1] == f"nothing of the cluster is left; the bucket {BUCKET} stays, with packages and code"


def test_with_purge_packages_and_code_go_too(cluster: Context) -> None:
    cluster.store.put("packages/hadoop/Packages", b"")
    down(cluster, silent, purge=True)
    assert keys(cluster) == []


def test_packages_stay_without_it(cluster: Context) -> None:
    cluster.store.put("packages/hadoop/Packages", b"")
    down(cluster, silent)
    assert "packages/hadoop/Packages" in keys(cluster)


def test_the_ca_s_host_ends_only_when_the_ca_has_revoked_the_others(
    cluster: Context, site: Site, said: list[str]
) -> None:
    (ca,) = [each for each in site.living() if each.role == "puppetmaster"]
    others = {each.certname for each in site.living()} - {ca.certname}
    revoked: list[set[str]] = []
    real = cluster.clients.ec2.terminate_instances

    def terminate(**request: list[str]) -> object:
        if ca.id in request["InstanceIds"]:
            revoked.append(
                {name for name in others if name.encode() in (cluster.store.get(CA_REVOKED) or b"")}
            )
        return real(**request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster.clients.ec2, "terminate_instances", terminate)
        down(cluster, silent)
    assert revoked == [others]
    assert "revoked: the certificates of 2 nodes" in said


def test_a_ca_that_revokes_nothing_is_told_of_and_ends_all_the_same(
    cluster: Context, site: Site, said: list[str]
) -> None:
    site.revokes = False
    down(cluster, silent)
    assert site.living() == []
    assert any("the CA has not said in 60 s that it has revoked all" in line for line in said)


def test_a_ca_whose_host_is_stopped_is_not_waited_for(cluster: Context, site: Site, said: list[str]) -> None:
    (ca,) = [each for each in site.living() if each.role == "puppetmaster"]
    cluster.clients.ec2.stop_instances(InstanceIds=[ca.id])
    down(cluster, silent)
    assert site.living() == []
    assert any("the CA's host does not run" in line for line in said)


def test_down_again_has_nothing_to_do(cluster: Context, site: Site) -> None:
    down(cluster, silent)
    before = keys(cluster)
    with failing(cluster.clients.ec2, "terminate_instances", AssertionError()) as calls:
        down(cluster, silent)
    assert calls == []
    assert keys(cluster) == before


def test_after_it_a_new_cluster_has_a_new_ca(cluster: Context, site: Site) -> None:
    down(cluster, silent)
    assert cluster.operator.pins() == {}
    up(cluster, silent)
    assert site.roles() == CLUSTER


def test_a_volume_that_its_instance_leaves_behind_is_deleted(
    cluster: Context, site: Site, said: list[str]
) -> None:
    ec2 = cluster.clients.ec2
    (tagged,) = ec2.describe_instances(
        Filters=[{"Name": "tag:puppet-hadoop:role", "Values": ["puppetmaster"]}]
    )["Reservations"]
    instance = tagged["Instances"][0]
    tags = [each for each in instance["Tags"] if not each["Key"].startswith("aws:")]
    volume = ec2.create_volume(
        AvailabilityZone=instance["Placement"]["AvailabilityZone"],
        Size=8,
        TagSpecifications=[{"ResourceType": "volume", "Tags": tags}],
    )
    ec2.attach_volume(InstanceId=instance["InstanceId"], VolumeId=volume["VolumeId"], Device="/dev/sdf")
    down(cluster, silent)
    assert volumes.find(ec2, bucket=BUCKET) == []
    assert f"deleted volume {volume['VolumeId']} (8 GB, available)" in said


def test_volumes_and_instances_of_other_clusters_stay(cluster: Context, image: str) -> None:
    ec2 = boto3.client("ec2")
    ec2.create_volume(AvailabilityZone="us-east-1a", Size=8)
    other = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    down(cluster, silent)
    (left,) = ec2.describe_instances(InstanceIds=[other])["Reservations"][0]["Instances"]
    assert left["State"]["Name"] == "running"
    assert any(each["Size"] == 8 and not each["Attachments"] for each in ec2.describe_volumes()["Volumes"])


def test_a_launch_that_was_cut_off_is_taken_back_and_one_that_shows_late_is_ended(
    cluster: Context, site: Site
) -> None:
    begun = prepare(cluster, plan(cluster.settings, "worker", count=1))
    cluster.store.put(begun.key, begun.body())
    cluster.store.put(begun.batch, begun.record.body())
    shown: list[str] = []

    def late(seconds: float) -> None:
        cluster.sleep(seconds)
        if not shown and not site.living():
            tags = [
                {"Key": key, "Value": value}
                for key, value in instances.tags(begun, bucket=BUCKET, more={}).items()
            ]
            answer = site.clients.ec2.run_instances(
                ImageId=str(cluster.settings.ami_id),
                MinCount=1,
                MaxCount=1,
                TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],  # type: ignore[typeddict-item]
            )
            shown.append(answer["Instances"][0]["InstanceId"])

    down(dataclasses.replace(cluster, sleep=late), silent)
    assert shown
    assert site.living() == []


def test_an_instance_without_a_record_ends_too(cluster: Context, site: Site) -> None:
    for each in site.living():
        cluster.store.delete([each.certname])
    down(cluster, silent)
    assert site.living() == []


def test_a_record_whose_instance_is_gone_is_revoked_and_goes(cluster: Context, site: Site) -> None:
    worker = next(each for each in site.living() if each.role == "worker")
    site.clients.ec2.terminate_instances(InstanceIds=[worker.id])
    down(cluster, silent)
    assert [key for key in keys(cluster) if not key.startswith("code/")] == []


def test_what_is_no_record_is_told_of_and_stays(cluster: Context, said: list[str]) -> None:
    cluster.store.put("notes", b"classes: [")
    down(cluster, silent)
    assert cluster.store.get("notes") == b"classes: ["
    assert any(f"s3://{BUCKET}/notes is no record, and stays" in line for line in said)


def test_marks_stay_for_a_ca_that_is_not_of_this_cluster(
    context: Context, site: Site, published_ca: None, said: list[str]
) -> None:
    agent = {"ca_cert": CA_PEM, "server": "pm.example.com"}
    apart = with_site(context, site, cluster={"worker": 1}, agent=agent)
    up(apart, silent)
    (worker,) = site.living()
    down(apart, silent)
    assert keys(apart) == [f"{TERMINATED}{worker.certname}"]
    assert any("terminated/ stays" in line for line in said)


def test_without_its_bucket_the_instances_end_all_the_same(
    cluster: Context, site: Site, said: list[str]
) -> None:
    cluster.store.delete(keys(cluster))
    cluster.clients.s3.delete_bucket(Bucket=BUCKET)
    down(cluster, silent)
    assert site.living() == []
    assert said[-1] == "nothing of the cluster is left; there was no bucket"


def test_one_that_may_not_be_terminated_is_named_and_the_others_end(cluster: Context, site: Site) -> None:
    refused = refusal("OperationNotPermitted", "TerminateInstances")
    worker = next(each for each in site.living() if each.role == "worker")
    real = cluster.clients.ec2.terminate_instances

    def terminate(**request: list[str]) -> object:
        if worker.id in request["InstanceIds"]:
            raise refused
        return real(**request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster.clients.ec2, "terminate_instances", terminate)
        with pytest.raises(CloudError, match=worker.id):
            down(cluster, silent)
    assert {each.role for each in site.living()} == {"puppetmaster", "worker"}
    down(cluster, silent)
    assert site.living() == []


def test_instances_that_do_not_end_in_time_are_named(
    cluster: Context, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = {f"{each.role} {each.id} (shutting-down)" for each in site.living()}
    real = instances.find
    ending = {"terminated": "shutting-down"}

    def slow(*arguments: object, **named: object) -> list[instances.Instance]:
        found = real(*arguments, **named)  # type: ignore[arg-type]
        return [dataclasses.replace(each, state=ending.get(each.state, each.state)) for each in found]

    monkeypatch.setattr(instances, "find", slow)
    with pytest.raises(WaitError) as told:
        down(with_site(cluster, site, wait={"deadline": 20}), silent)
    words = str(told.value).removeprefix("not ended yet: ")
    assert set(words.split(", ")) == left  # in whatever order: those of one second stand by their names


def test_it_does_not_begin_while_an_up_is_at_work(cluster: Context, site: Site) -> None:
    with locked(cluster, "up"), pytest.raises(LockedError):
        down(cluster, silent)
    assert len(site.living()) == 3


def test_what_would_go_is_told_in_words(cluster: Context) -> None:
    assert there(cluster) == "1 x puppetmaster, 2 x worker"
