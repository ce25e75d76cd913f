"""A worker keeps blocks for the NameNode and runs containers for the ResourceManager."""

from tests.hosts.hadoop_host import (
    CONFIGURATION,
    assert_complete,
    assert_daemon,
    assert_file_comes_back,
    get_json,
    jmx,
)


def test_the_daemons_run(host):
    assert_daemon(host, "hadoop-hdfs-datanode", "hdfs")
    assert_daemon(host, "hadoop-yarn-nodemanager", "yarn")


def test_its_blocks_are_nobody_else_s(host):
    directory = host.file("/var/lib/hadoop-hdfs/data")
    assert (directory.user, directory.mode) == ("hdfs", 0o700)


def test_it_serves_the_namenode(host):
    info = jmx(host, 9864, "Hadoop:service=DataNode,name=DataNodeInfo")
    actors = info["BPServiceActorInfo"]
    assert "RUNNING" in actors


def test_yarn_finds_it_healthy(host):
    info = get_json(host, 8042, "/ws/v1/node/info")["nodeInfo"]
    assert info["nodeHealthy"] is True


def test_its_addresses_are_those_of_the_namenode_s_and_jobtracker_s_exports(host):
    for role, file in (("namenode", "core-site.xml"), ("jobtracker", "yarn-site.xml")):
        partner = host.file(f"/etc/hadoop/partners.d/hadoop.{role}.yaml").content_string
        address = next(line.split()[1] for line in partner.splitlines() if line.startswith("address:"))
        assert address in host.file(f"{CONFIGURATION}/{file}").content_string


def test_a_file_that_it_writes_comes_back_the_same(host):
    assert_file_comes_back(host)


def test_the_node_waits_for_nothing(host):
    assert_complete(host)


def test_it_finds_itself_healthy(host):
    host.run_expect([0], "hadoop_health worker")


def test_the_masters_know_its_rack(host):
    rack = get_json(host, 8042, "/conf?name=puppet.hadoop.rack", accept="application/json")
    fqdn = host.check_output("hostname --fqdn")
    assert host.check_output("hadoop_topology %s", fqdn) == rack["property"]["value"]
