"""The NameNode serves a healthy HDFS in which every worker keeps blocks."""

import pytest

from tests.hosts.hadoop_host import as_hdfs, assert_complete, assert_daemon, jmx, names_of

WEB = 9870
DIRECTORIES = {
    "/tmp": "hdfs:hadoop 1777",
    "/tmp/hadoop-yarn/staging": "mapred:hadoop 1777",
    "/user": "hdfs:hadoop 755",
    "/user/history": "mapred:hadoop 755",
    "/user/history/done": "mapred:hadoop 770",
    "/user/history/done_intermediate": "mapred:hadoop 1777",
    "/var/log/hadoop-yarn/apps": "yarn:hadoop 1777",
}


def test_the_daemon_runs_and_listens(host):
    assert_daemon(host, "hadoop-hdfs-namenode", "hdfs")
    assert host.socket("tcp://0.0.0.0:8020").is_listening
    assert host.socket(f"tcp://0.0.0.0:{WEB}").is_listening


def test_its_names_are_nobody_else_s(host):
    directory = host.file("/var/lib/hadoop-hdfs/name")
    assert (directory.user, directory.mode) == ("hdfs", 0o700)


def test_hdfs_has_left_safe_mode(host):
    assert jmx(host, WEB, "Hadoop:service=NameNode,name=NameNodeInfo")["Safemode"] == ""


def test_every_worker_is_a_live_datanode(host, pytestconfig: pytest.Config):
    state = jmx(host, WEB, "Hadoop:service=NameNode,name=FSNamesystemState")
    assert state["NumLiveDataNodes"] == len(names_of(pytestconfig, "worker"))
    assert state["NumDeadDataNodes"] == 0


def test_the_report_of_hdfs_has_room(host):
    report = as_hdfs(host, "hdfs dfsadmin -report -live")
    capacity = next(line for line in report.splitlines() if line.startswith("Configured Capacity:"))
    assert int(capacity.split()[2]) > 0


def test_no_block_is_missing(host):
    assert "The filesystem under path '/' is HEALTHY" in as_hdfs(host, "hdfs fsck /")


def test_the_directories_of_hdfs_are_as_hadoop_recommends(host):
    found = as_hdfs(host, "hdfs dfs -stat '%n %u:%g %a' " + " ".join(DIRECTORIES)).splitlines()
    expected = [f"{path.rpartition('/')[2]} {access}" for path, access in DIRECTORIES.items()]
    assert found == expected


def test_the_node_waits_for_nothing(host):
    assert_complete(host)


def test_it_finds_itself_healthy(host):
    host.run_expect([0], "hadoop_health namenode")
