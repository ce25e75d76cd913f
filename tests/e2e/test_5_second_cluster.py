"""A second Hadoop cluster: its nodes started in the least handy order, its namenode replaced."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.cluster import Cluster
from lab.errors import LabError
from lab.run import wait_for
from tests.e2e.hadoop import agent_log, assert_at_rest, await_health, healthy, nodes
from tests.e2e.support import AGENT

COMPLETE_DEADLINE = 60  # seconds from the last address known until every node is complete


class Second:
    """The nodes that were started with a configuration of their own."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.cluster = cluster
        self._folder = folder
        self._others = {node["instance_id"] for node in nodes(cluster)}

    def configuration(self, **data: str) -> str:
        """The lab's configuration, but with the packages that were published, a name, and more Hiera data."""
        settings = yaml.safe_load((self.cluster.state.run / "start_instance.yaml").read_text())
        theirs = settings["node"]["parameters"]["data"]
        ours = {key: value for key, value in theirs.items() if not key.startswith("hadoop::apt::")}
        settings["node"]["parameters"]["data"] = ours | {"hadoop::cluster": "second"} | data
        path = self._folder / "start_instance.yaml"
        path.write_text(yaml.safe_dump(settings))
        return str(path)

    def nodes(self, role: str = "") -> list[dict[str, Any]]:
        return [node for node in nodes(self.cluster, role) if node["instance_id"] not in self._others]

    def node(self, role: str) -> str:
        [found] = self.nodes(role)
        return str(found["instance_id"])

    def identity(self) -> str:
        """The cluster id that its worker's blocks have."""
        version = "/var/lib/hadoop-hdfs/data/current/VERSION"
        return self.cluster.shell(self.node("worker"), f"sed -n s/^clusterID=//p {version}").strip()


@pytest.fixture(scope="module")
def second(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Second]:
    """A worker first, then the jobtracker, the namenode last; each has applied its first catalog."""
    cluster.conduct("publish-packages", *map(str, cluster.state.cache.glob("packages-*")))
    wait_for(
        lambda: "Serving" in cluster.shell("puppetmaster", "journalctl --no-pager -t puppet_packages"),
        deadline=120,
        every=2,
        what="the puppetmaster does not serve the published packages",
    )
    found = Second(cluster, tmp_path_factory.mktemp("second"))
    for role in ("worker", "jobtracker", "namenode"):
        cluster.launch([role, "-c", found.configuration()])
    yield found
    for node in found.nodes():
        cluster.conduct("terminate", node["instance_id"])


def test_a_cluster_whose_workers_come_first_completes_within_a_minute(second: Second) -> None:
    wait_for(
        lambda: all(node["health"] == "ok" for node in second.nodes()),
        deadline=COMPLETE_DEADLINE,
        every=2,
        what="not every node is complete",
    )
    assert healthy(second.cluster, second.node("worker"), "worker")
    assert healthy(second.cluster, second.node("jobtracker"), "jobtracker", "secondarynamenode")
    assert_at_rest(second.cluster, second.nodes())


def test_its_packages_come_from_the_puppetmaster_which_has_them_from_the_bucket(second: Second) -> None:
    [puppetmaster] = nodes(second.cluster, "puppetmaster")
    policy = second.cluster.shell(second.node("worker"), "apt-cache policy hadoop-hdfs-datanode")
    assert f"http://{puppetmaster['private_name']}:8143/hadoop" in policy


def test_the_two_clusters_do_not_mix(second: Second) -> None:
    own = second.node("namenode")
    report = second.cluster.shell(own, "runuser -u hdfs -- hdfs dfsadmin -report | grep ^Hostname:")
    [worker] = second.nodes("worker")
    assert report.split() == ["Hostname:", worker["private_name"]]


def test_a_namenode_in_place_of_a_lost_one_does_not_format_over_the_blocks_of_the_cluster(
    second: Second,
) -> None:
    cluster = second.cluster
    cluster.shell(second.node("worker"), "echo data | hdfs dfs -put -f - /tmp/data")
    cluster.conduct("terminate", second.node("namenode"))
    with pytest.raises(LabError, match="failed with exit code 1"):
        cluster.launch(["namenode", "-c", second.configuration()])
    identity = second.identity()
    said = agent_log(cluster, second.node("namenode"))
    assert "namenode already" not in said
    assert f"is not formatted again: it has been ({identity}" in said
    names = "ls /var/lib/hadoop-hdfs/name"
    assert not cluster.shell(second.node("namenode"), names).strip()


def test_it_does_when_the_operator_gives_the_lost_blocks_up_and_the_workers_join_it(second: Second) -> None:
    cluster = second.cluster
    identity = second.identity()
    path = second.configuration(**{"hadoop::namenode::abandon": identity})
    cluster.conduct("classify", "-c", path, second.node("namenode"))
    cluster.shell(second.node("namenode"), f"{AGENT}; test $? = 2", deadline=600)
    for role in ("worker", "jobtracker"):  # they would learn the new address at their next run
        cluster.shell(second.node(role), f"{AGENT}; test $? = 2", deadline=600)
    await_health(cluster, second.node("worker"), "worker")
    cluster.shell(second.node("worker"), "echo new | hdfs dfs -put -f - /tmp/data")
    assert_at_rest(cluster, second.nodes())
