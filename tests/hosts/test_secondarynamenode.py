"""Checkpoints of the namenode's names are made, on another host than the namenode's."""

from tests.hosts.hadoop_host import assert_daemon

# The role that has it here, and one of its own at other sites.
ROLES = ("jobtracker", "secondarynamenode")


def test_the_daemon_runs_and_listens(host):
    assert_daemon(host, "hadoop-hdfs-secondarynamenode", "hdfs")
    assert host.socket("tcp://0.0.0.0:9868").is_listening


def test_its_checkpoints_are_nobody_else_s(host):
    directory = host.file("/var/lib/hadoop-hdfs/namesecondary")
    assert (directory.user, directory.mode) == ("hdfs", 0o700)


def test_it_finds_itself_healthy(host):
    assert "secondarynamenode: ok" in host.run_expect([0], "hadoop_health --wait 60 secondarynamenode").stdout


def test_its_checkpoint_is_of_the_file_system_that_it_serves(host):
    host.run_expect([0], "test -s /var/lib/hadoop-hdfs/namesecondary/current/VERSION")
