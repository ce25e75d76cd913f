import pytest

from tests.unit.packaging.fake_host import HOMES, FakeHost, make_java, program


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("hadoop fs -ls /", ["org.apache.hadoop.fs.FsShell", "-ls", "/"]),
        ("hadoop jar x.jar pi 4", ["org.apache.hadoop.util.RunJar", "x.jar", "pi", "4"]),
        ("hadoop distcp a b", ["org.apache.hadoop.tools.DistCp", "a", "b"]),
        ("hadoop version", ["org.apache.hadoop.util.VersionInfo"]),
        ("hdfs dfs -put a b", ["org.apache.hadoop.fs.FsShell", "-put", "a", "b"]),
        ("hdfs dfsadmin -report", ["org.apache.hadoop.hdfs.tools.DFSAdmin", "-report"]),
        ("hdfs fsck /", ["org.apache.hadoop.hdfs.tools.DFSck", "/"]),
        ("hdfs namenode -format", ["org.apache.hadoop.hdfs.server.namenode.NameNode", "-format"]),
        ("hdfs balancer", ["org.apache.hadoop.hdfs.server.balancer.Balancer"]),
        ("yarn node -list", ["org.apache.hadoop.yarn.client.cli.NodeCLI", "-list"]),
        (
            "yarn application -list",
            ["org.apache.hadoop.yarn.client.cli.ApplicationCLI", "application", "-list"],
        ),
        (
            "yarn container -status x",
            ["org.apache.hadoop.yarn.client.cli.ApplicationCLI", "container", "-status", "x"],
        ),
        ("yarn logs -applicationId a", ["org.apache.hadoop.yarn.client.cli.LogsCLI", "-applicationId", "a"]),
        ("yarn rmadmin -refreshNodes", ["org.apache.hadoop.yarn.client.cli.RMAdminCLI", "-refreshNodes"]),
        ("yarn nodemanager", ["org.apache.hadoop.yarn.server.nodemanager.NodeManager"]),
        ("mapred job -list", ["org.apache.hadoop.mapred.JobClient", "-list"]),
        ("mapred historyserver", ["org.apache.hadoop.mapreduce.v2.hs.JobHistoryServer"]),
        ("hadoop org.example.Main$Inner a", ["org.example.Main$Inner", "a"]),
    ],
)
def test_a_command_starts_its_class_with_the_remaining_arguments(
    host: FakeHost, line: str, expected: list[str]
) -> None:
    arguments = host.java_arguments(*line.split())
    assert arguments[-len(expected) :] == expected


def test_arguments_with_spaces_and_wildcards_arrive_unchanged(host: FakeHost) -> None:
    assert host.java_arguments("hadoop", "fs", "-ls", "/a b/*", "")[-3:] == ["-ls", "/a b/*", ""]


@pytest.mark.parametrize("word", ["formt", "-format", "two words", "a..b", ""])
def test_an_unknown_command_is_an_error_that_says_where_the_commands_are_listed(
    host: FakeHost, word: str
) -> None:
    done = host.run("hdfs", word)
    assert done.returncode == 1
    assert '"hdfs --help"' in done.stderr
    assert "java=" not in done.stdout


@pytest.mark.parametrize("command", HOMES)
def test_help_lists_every_command_of_the_table_with_its_description(host: FakeHost, command: str) -> None:
    done = host.run(command, "--help")
    assert done.returncode == 0
    table = (host.root / f"usr/lib/hadoop/libexec/{command}.commands").read_text().splitlines()
    rows = [line.split(None, 3) for line in table if not line.startswith("#")]
    for name, kind, _, *description in rows:
        if kind != "moved":
            assert f"  {name.ljust(20)} {description[0]}" in done.stdout


def test_without_a_command_the_usage_is_printed_and_the_exit_code_is_1(host: FakeHost) -> None:
    done = host.run("yarn")
    assert done.returncode == 1
    assert "COMMAND is one of" in done.stdout


def test_commands_of_hadoop_2_are_passed_on_with_a_warning(host: FakeHost) -> None:
    program(host.programs / "hdfs", '#!/bin/bash\necho "hdfs got: $*"\n')
    done = host.run("hadoop", "dfs", "-ls", "/")
    assert done.stdout == "hdfs got: dfs -ls /\n"
    assert 'use "hdfs dfs"' in done.stderr


def test_the_option_config_chooses_the_configuration(host: FakeHost) -> None:
    other = host.root / "other"
    other.mkdir()
    (other / "hadoop-env.sh").write_text("HADOOP_HEAPSIZE_MAX=77\n")
    done = host.run("hadoop", "--config", str(other), "fs")
    assert "arg=-Xmx77m" in done.stdout
    assert f"CLASSPATH={other}:" in done.stdout


def test_a_missing_configuration_directory_is_an_error_that_names_it(host: FakeHost) -> None:
    done = host.run("hadoop", "--config", "/no/such", "fs")
    assert done.returncode == 1
    assert "/no/such" in done.stderr


def test_the_class_path_has_the_configuration_the_web_pages_and_all_four_parts(host: FakeHost) -> None:
    (host.root / "usr/lib/hadoop/lib").mkdir()
    (host.root / "usr/lib/hadoop-hdfs/webapps").mkdir()
    done = host.run("hadoop", "classpath")
    lib = host.root / "usr/lib"
    expected = [host.conf, lib / "hadoop/lib/*", lib / "hadoop/*", lib / "hadoop-hdfs", lib / "hadoop-hdfs/*"]
    expected += [lib / "hadoop-yarn/*", lib / "hadoop-mapreduce/*"]
    assert done.stdout.strip() == ":".join(map(str, expected))


def test_a_sites_own_jars_come_last_or_first_as_asked(host: FakeHost) -> None:
    last = host.run("hadoop", "classpath", HADOOP_CLASSPATH="/opt/*").stdout.strip().split(":")
    first = host.run("hadoop", "classpath", HADOOP_CLASSPATH="/opt/*", HADOOP_USER_CLASSPATH_FIRST="1").stdout
    assert last[-1] == "/opt/*"
    assert first.strip().split(":")[:2] == [str(host.conf), "/opt/*"]


def test_options_of_a_daemon_and_of_clients_are_kept_apart(host: FakeHost) -> None:
    variables = {
        "HADOOP_CLIENT_OPTS": "-Dclient=1",
        "HDFS_NAMENODE_OPTS": "-Dnn=1 -Xmx9m",
        "HADOOP_OPTS": "-Dall=1",
    }
    daemon = host.java_arguments("hdfs", "namenode", HADOOP_HEAPSIZE_MAX="256", **variables)
    client = host.java_arguments("hdfs", "dfs", HADOOP_HEAPSIZE_MAX="256", **variables)
    assert {"-Dnn=1", "-Dall=1"} <= set(daemon)
    assert "-Dclient=1" not in daemon
    assert {"-Dclient=1", "-Dall=1"} <= set(client)
    assert "-Dnn=1" not in client
    # The JVM takes the last one.
    assert daemon.index("-Xmx256m") < daemon.index("-Xmx9m")


@pytest.mark.parametrize(
    ("line", "variables", "option"),
    [
        ("hadoop fs", {"HADOOP_HEAPSIZE_MAX": "512"}, "-Xmx512m"),
        ("hadoop fs", {"HADOOP_HEAPSIZE_MAX": "2g"}, "-Xmx2g"),
        ("hadoop fs", {"HADOOP_HEAPSIZE_MIN": "128"}, "-Xms128m"),
        ("yarn nodemanager", {"YARN_NODEMANAGER_HEAPSIZE": "300", "HADOOP_HEAPSIZE_MAX": "9"}, "-Xmx300m"),
        ("mapred historyserver", {"HADOOP_JOB_HISTORYSERVER_HEAPSIZE": "90"}, "-Xmx90m"),
        ("hdfs namenode", {"HADOOP_NAMENODE_OPTS": "-Dold=1"}, "-Dold=1"),
        ("hadoop --loglevel debug fs", {}, "-Dhadoop.root.logger=DEBUG,console"),
    ],
)
def test_a_variable_becomes_the_jvm_option(
    host: FakeHost, line: str, variables: dict[str, str], option: str
) -> None:
    assert option in host.java_arguments(*line.split(), **variables)


def test_no_heap_is_set_unless_asked(host: FakeHost) -> None:
    assert not [argument for argument in host.java_arguments("hadoop", "fs") if argument.startswith("-Xm")]


def test_java_17_and_later_are_opened_for_hadoops_reflection(host: FakeHost) -> None:
    assert "--add-opens=java.base/java.lang=ALL-UNNAMED" in host.java_arguments("hadoop", "fs")


def test_default_files_are_read_and_the_callers_environment_wins(host: FakeHost) -> None:
    (host.root / "etc/default/hadoop").write_text(
        "export HADOOP_HEAPSIZE_MAX=100\nHADOOP_OPTS='-Da=1 -Db=2'\n"
    )
    (host.root / "etc/default/hadoop-hdfs-namenode").write_text("HDFS_NAMENODE_OPTS=-Donly=namenode\n")
    daemon = host.java_arguments("hdfs", "namenode")
    assert {"-Xmx100m", "-Da=1", "-Db=2", "-Donly=namenode"} <= set(daemon)
    client = host.java_arguments("hdfs", "dfs", HADOOP_HEAPSIZE_MAX="200")
    assert "-Xmx200m" in client
    assert "-Donly=namenode" not in client


def test_hadoop_env_of_the_configuration_is_read_after_the_default_files(host: FakeHost) -> None:
    (host.root / "etc/default/hadoop").write_text("HADOOP_HEAPSIZE_MAX=100\n")
    (host.conf / "hadoop-env.sh").write_text("HADOOP_HEAPSIZE_MAX=$((HADOOP_HEAPSIZE_MAX + 1))\n")
    assert "-Xmx101m" in host.java_arguments("hadoop", "fs")


def test_a_unit_logs_to_a_file_and_a_daemon_in_the_foreground_to_the_terminal(host: FakeHost) -> None:
    unit = host.java_arguments("hdfs", "--daemon", "run", "namenode", HADOOP_IDENT_STRING="hdfs")
    assert "-Dhadoop.root.logger=INFO,RFA,console" in unit
    assert "-Dhadoop.console.threshold=WARN" in unit
    assert "-Dhadoop.log.dir=/var/log/hadoop-hdfs" in unit
    assert any(argument.startswith("-Dhadoop.log.file=hadoop-hdfs-namenode-") for argument in unit)
    assert "-Dhadoop.root.logger=INFO,console" in host.java_arguments("hdfs", "namenode", "-format")


def test_daemon_start_is_left_to_systemd(host: FakeHost) -> None:
    program(host.programs / "systemctl", '#!/bin/bash\necho "systemctl $*"\n')
    done = host.run("yarn", "--daemon", "start", "nodemanager")
    assert done.stdout == "systemctl start hadoop-yarn-nodemanager\n"


def test_daemon_options_for_what_is_no_daemon_are_refused(host: FakeHost) -> None:
    assert "'dfs' is not a daemon" in host.run("hdfs", "--daemon", "start", "dfs").stderr
    assert "not 'reload'" in host.run("hdfs", "--daemon", "reload", "namenode").stderr


def test_a_daemon_refuses_to_run_as_another_user_than_the_one_named(host: FakeHost) -> None:
    done = host.run("hdfs", "namenode", HDFS_NAMENODE_USER="no-such-user")
    assert done.returncode == 1
    assert "runs as user no-such-user" in done.stderr


def test_the_newest_java_is_found_when_the_default_one_is_too_old(host: FakeHost) -> None:
    old = make_java(host.jvms / "java-8-openjdk-amd64", "1.8.0_402")
    make_java(host.jvms / "java-17-openjdk-amd64", "17.0.9")
    (host.programs / "java").symlink_to(old / "bin/java")
    assert f"java={host.java}/bin/java" in host.run("hadoop", "fs").stdout


def test_the_machines_default_java_is_taken_when_it_suits(host: FakeHost) -> None:
    chosen = make_java(host.jvms / "java-17-openjdk-amd64", "17.0.9")
    (host.programs / "java").symlink_to(chosen / "bin/java")
    assert f"java={chosen}/bin/java" in host.run("hadoop", "fs").stdout


def test_a_java_home_that_is_too_old_or_wrong_is_an_error(host: FakeHost) -> None:
    old = make_java(host.jvms / "java-11-openjdk-amd64", "11.0.2")
    too_old = host.run("hadoop", "fs", JAVA_HOME=str(old))
    assert too_old.returncode == 1
    assert "is Java 11; Hadoop needs 17 or later" in too_old.stderr
    assert "/nowhere holds no bin/java" in host.run("hadoop", "fs", JAVA_HOME="/nowhere").stderr


def test_a_host_without_java_says_what_to_install(host: FakeHost) -> None:
    (host.java / "bin/java").unlink()
    done = host.run("hadoop", "fs")
    assert done.returncode == 1
    assert "openjdk-17-jre-headless" in done.stderr


def test_envvars_prints_where_things_are(host: FakeHost) -> None:
    lines = host.run("mapred", "envvars").stdout.splitlines()
    assert f"HADOOP_MAPRED_HOME='{host.root}/usr/lib/hadoop-mapreduce'" in lines
    assert f"JAVA_HOME='{host.java}'" in lines
