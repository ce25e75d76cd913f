import pytest

from tests.unit.packaging.fake_host import Done, FakeHost

DAEMONS = ("namenode", "datanode", "secondarynamenode")


def ready(host: FakeHost, daemon: str) -> Done:
    return host.run("usr/lib/hadoop-hdfs/libexec/hdfs-daemon-ready", daemon)


def hadoop_answers(host: FakeHost, key: str, value: str) -> None:
    """Stand in for `hdfs getconf -confKey KEY`."""
    java = f'#!/bin/bash\n[[ "$*" == *".GetConf -confKey {key}" ]] && echo "{value}"\n'
    (host.java / "bin/java").write_text(java)


def configure(host: FakeHost) -> None:
    name = host.root / "name"
    host.site("core-site.xml", fs_defaultFS="hdfs://nn:8020")
    host.site("hdfs-site.xml", dfs_namenode_name_dir=f"file://{host.root}/other, file://{name}")


@pytest.mark.parametrize("daemon", DAEMONS)
def test_no_daemon_starts_before_a_namenode_is_configured(host: FakeHost, daemon: str) -> None:
    hadoop_answers(host, "fs.defaultFS", "file:///")
    done = ready(host, daemon)
    assert done.returncode == 1
    assert "set fs.defaultFS in" in done.stderr
    assert f"systemctl start hadoop-hdfs-{daemon}" in done.stderr


def test_a_property_in_a_comment_does_not_count(host: FakeHost) -> None:
    text = "<configuration><!--\n<property><name>fs.defaultFS</name><value>hdfs://x</value></property>\n--></configuration>"
    (host.conf / "core-site.xml").write_text(text)
    hadoop_answers(host, "fs.defaultFS", "file:///")
    assert ready(host, "datanode").returncode == 1


def test_a_namenode_starts_only_when_one_of_its_directories_is_formatted(host: FakeHost) -> None:
    configure(host)
    before = ready(host, "namenode")
    assert before.returncode == 1
    assert "hdfs namenode -format" in before.stderr
    current = host.root / "name/current"
    current.mkdir(parents=True)
    (current / "VERSION").touch()
    assert ready(host, "namenode").returncode == 0


@pytest.mark.parametrize("daemon", ["datanode", "secondarynamenode"])
def test_other_daemons_need_only_the_namenodes_address(host: FakeHost, daemon: str) -> None:
    configure(host)
    assert ready(host, daemon).returncode == 0


@pytest.mark.parametrize("daemon", DAEMONS)
def test_high_availability_is_left_to_the_daemons_judgement(host: FakeHost, daemon: str) -> None:
    host.site("hdfs-site.xml", dfs_nameservices="cluster")
    assert ready(host, daemon).returncode == 0


def test_values_that_only_hadoop_can_resolve_are_asked_of_hadoop(host: FakeHost) -> None:
    configure(host)
    host.site("hdfs-site.xml", dfs_namenode_name_dir="${hadoop.tmp.dir}/dfs/name")
    (host.root / "tmp/dfs/name/current").mkdir(parents=True)
    (host.root / "tmp/dfs/name/current/VERSION").touch()
    hadoop_answers(host, "dfs.namenode.name.dir", f"{host.root}/tmp/dfs/name")
    assert ready(host, "namenode").returncode == 0
