"""Every command in a cloud of some years ago: each does its work, and asks for nothing that there is not."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conductor import cli, eucalyptus, instances
from conductor.clients import Clients
from conductor.context import Context
from conductor.fleet.down import down
from conductor.fleet.up import up
from conductor.store import Store
from tests.cloud.faults import Call, Fault, KilledError, broken
from tests.cloud.old_cloud import old_cloud
from tests.cloud.site import Site, silent, with_site
from tests.cloud.support import BUCKET
from tests.unit.packages import repository

Run = Callable[..., tuple[int, str, str]]
CLUSTER = {"puppetmaster": 1, "namenode": 1, "worker": 2}


@pytest.fixture
def refused(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    monkeypatch.setattr(eucalyptus, "connect", lambda _dialect: clients)
    with old_cloud(clients) as refused:
        yield refused
    assert refused == []


@pytest.fixture
def run(tmp_path: Path, image: str, refused: list[str], capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command; gives its exit code, output and errors."""
    path = tmp_path / "cluster.yaml"
    cloud = "{type: eucalyptus, signature: v2}"
    path.write_text(f"s3_bucket_name: {BUCKET}\nami_id: {image}\ncloud: {cloud}\n")

    def run_command(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(["-c", str(path), *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run_command


def living(clients: Clients) -> list[str]:
    found = instances.find(eucalyptus.adapt(clients, print).ec2, bucket=BUCKET)
    return sorted(each.role for each in found if not each.gone)


@pytest.mark.usefixtures("published_ca")
def test_nodes_are_started_seen_classified_and_ended(run: Run, clients: Clients) -> None:
    assert run("worker", "--count", "2")[0] == 0
    assert living(clients) == ["worker", "worker"]
    code, out, _ = run("list", "-o", "json")
    rows = json.loads(out)
    assert (code, [row["state"] for row in rows]) == (0, ["running"] * 2)
    code, _, err = run("classify", "worker")
    assert (code, err.count("classified worker")) == (0, 2)
    code, out, _ = run("console", rows[0]["instance_id"])
    assert (code, "Linux version" in out) == (0, True)
    assert run("terminate", "worker")[0] == 0
    assert living(clients) == []


def test_a_cloud_is_prepared_a_ca_started_and_all_taken_away_again(run: Run, clients: Clients) -> None:
    assert run("init", "--dry-run")[0] == 0
    assert run("init")[0] == 0
    code, _, err = run("puppetmaster")
    assert (code, living(clients)) == (0, ["puppetmaster"])
    assert "no instance profiles" in err
    assert run("status")[0] == 1  # it has not enrolled yet
    assert run("terminate", "puppetmaster")[0] == 0
    assert living(clients) == []
    assert run("init", "--destroy", "--yes")[0] == 0
    groups = clients.ec2.describe_security_groups()["SecurityGroups"]
    assert [each["GroupName"] for each in groups] == ["default"]


@pytest.mark.usefixtures("published_ca")
def test_a_launch_that_was_killed_before_the_tags_is_resumed(run: Run, clients: Clients) -> None:
    with broken(clients, Call("ec2", "CreateTags", 0), Fault.KILLED_BEFORE), pytest.raises(KilledError):
        run("worker", "--count", "2")
    assert living(clients) == ["worker", "worker"]
    assert run("resume", "--steal-lock")[0] == 0  # that of who was killed
    assert living(clients) == ["worker", "worker"]
    tagged = clients.ec2.describe_tags(Filters=[{"Name": "key", "Values": [instances.TAG_BATCH]}])["Tags"]
    assert len([each for each in tagged if each["ResourceType"] == "instance"]) == 2


@pytest.mark.usefixtures("bucket")
def test_packages_are_published(run: Run, clients: Clients, tmp_path: Path) -> None:
    folder = repository.make(tmp_path / "packages", {"hadoop_1_all.deb": b"hadoop"})
    assert run("publish-packages", str(folder))[0] == 0
    keys = [item["Key"] for item in clients.s3.list_objects(Bucket=BUCKET)["Contents"]]
    assert any(key.startswith("packages/") and key.endswith("hadoop_1_all.deb") for key in keys)


@pytest.fixture
def cluster(context: Context, site: Site, said: list[str], refused: list[str]) -> Context:
    """A cluster in such a cloud, whose hosts do their part."""
    clients = eucalyptus.adapt(context.clients, said.append)
    old = dataclasses.replace(context, clients=clients, store=Store(clients, BUCKET, None))
    return with_site(old, site, cluster=CLUSTER, cloud="eucalyptus")


def test_a_cluster_comes_up_by_one_command_and_goes_by_another(
    cluster: Context, site: Site, clients: Clients
) -> None:
    up(cluster, silent)
    assert site.roles() == CLUSTER
    up(cluster, silent)
    assert site.roles() == CLUSTER
    down(cluster, silent)
    assert living(clients) == []
    assert cluster.store.keys() == []


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_cluster_whose_making_was_killed_before_tags_is_whole_the_next_time(
    cluster: Context, clients: Clients, number: int
) -> None:
    call = Call("ec2", "CreateTags", number)
    with broken(clients, call, Fault.KILLED_BEFORE) as broke, pytest.raises(KilledError):
        up(cluster, silent)
    assert broke.happened
    up(cluster, silent, steal=True)
    assert living(clients) == ["namenode", "puppetmaster", "worker", "worker"]


def test_nothing_that_was_killed_before_its_tags_outlives_down(cluster: Context, clients: Clients) -> None:
    with broken(clients, Call("ec2", "CreateTags", 2), Fault.KILLED_BEFORE), pytest.raises(KilledError):
        up(cluster, silent)
    down(cluster, silent, steal=True)
    states = {
        each["State"]["Name"]
        for page in clients.ec2.describe_instances()["Reservations"]
        for each in page["Instances"]
    }
    assert states == {"terminated"}
