import json
import time
from typing import Any

import pytest

from tests.unit.hadoop.conftest import Daemon, Host, load

NAMENODE = {
    "Safemode": "",
    "NameDirStatuses": '{"active":{"/a":"IMAGE_AND_EDITS"},"failed":{}}',
    "NumberOfMissingBlocks": 0,
    "NumberOfMissingBlocksWithReplicationFactorOne": 0,
    "TotalBlocks": 12,
    "LiveNodes": '{"w1:9866":{},"w2:9866":{}}',
}
ACTOR = {"ActorState": "RUNNING", "NamenodeAddress": "nn:8020", "LastHeartbeat": "1"}
HOUR_MS = 3600 * 1000

health: Any = load("hadoop_health")


def bean(service: str, name: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {f"/jmx?qry=Hadoop:service={service},name={name}": {"beans": [attributes]}}


def ask(role: str, host: Host) -> str:
    ok, message = health.check(role, host.folder)
    return f"{'ok' if ok else 'NOT OK'}: {message}"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PAUSE_S", 0.02)


def namenode(host: Host, **changes: Any) -> Daemon:
    daemon = host.daemon(bean("NameNode", "NameNodeInfo", {**NAMENODE, **changes}))
    host.configure("hdfs-site", {"dfs.namenode.http-address": daemon.address})
    return daemon


def test_a_namenode_that_serves_is_ok(hadoop_host: Host) -> None:
    namenode(hadoop_host)
    assert ask("namenode", hadoop_host) == "ok: 2 datanodes, 12 blocks"


@pytest.mark.parametrize(
    ("attribute", "value", "words"),
    [
        (
            "Safemode",
            "Safe mode is ON.\nThe reported blocks 0",
            "in safe mode: Safe mode is ON. The reported",
        ),
        ("NameDirStatuses", '{"failed":{"/b":"x"}}', "these name directories have failed: /b"),
        ("NumberOfMissingBlocks", 3, "3 blocks are missing"),
    ],
)
def test_a_namenode_says_what_is_wrong(hadoop_host: Host, attribute: str, value: Any, words: str) -> None:
    namenode(hadoop_host, **{attribute: value})
    assert ask("namenode", hadoop_host).startswith(f"NOT OK: {words}")


def test_lost_blocks_that_nobody_wanted_a_copy_of_are_told_and_no_fault_of_the_namenode(
    hadoop_host: Host,
) -> None:
    namenode(hadoop_host, NumberOfMissingBlocks=2, NumberOfMissingBlocksWithReplicationFactorOne=2)
    assert ask("namenode", hadoop_host) == (
        "ok: 2 datanodes, 12 blocks (2 of files with replication 1 are lost)"
    )
    namenode(hadoop_host, NumberOfMissingBlocks=3, NumberOfMissingBlocksWithReplicationFactorOne=2)
    assert ask("namenode", hadoop_host).startswith("NOT OK: 1 blocks are missing")


def test_a_namenode_that_still_loads_its_image_is_starting(hadoop_host: Host) -> None:
    namenode(hadoop_host).answers = {"/jmx?qry=Hadoop:service=NameNode,name=NameNodeInfo": {"beans": []}}
    assert "still starting" in ask("namenode", hadoop_host)


def test_a_daemon_that_is_down_is_named_with_its_address(hadoop_host: Host) -> None:
    daemon = namenode(hadoop_host)
    address = daemon.address
    hadoop_host.daemons.remove(daemon)
    daemon.stop()
    assert ask("namenode", hadoop_host).startswith(f"NOT OK: the NameNode at {address} does not answer")


def test_a_host_without_configuration_says_which_property_is_missing(hadoop_host: Host) -> None:
    assert "neither dfs.namenode.http-address nor fs.defaultFS is set" in ask("namenode", hadoop_host)


def test_a_broken_file_is_named(hadoop_host: Host) -> None:
    (hadoop_host.folder / "hdfs-site.xml").write_text("<configuration>")
    assert ask("namenode", hadoop_host).startswith(
        f"NOT OK: {hadoop_host.folder}/hdfs-site.xml cannot be read"
    )


def test_properties_may_name_others(hadoop_host: Host) -> None:
    hadoop_host.configure("core-site", {"fs.defaultFS": "hdfs://${x}:8020", "x": "nn.example.com"})
    conf = health.Configuration(hadoop_host.folder)
    assert health.namenode_address(conf) == ("nn.example.com", 9870)


def test_a_server_that_listens_on_all_addresses_is_asked_on_the_loopback(hadoop_host: Host) -> None:
    hadoop_host.configure("hdfs-site", {"dfs.datanode.http.address": "0.0.0.0:9864"})
    conf = health.Configuration(hadoop_host.folder)
    assert conf.address("dfs.datanode.http.address", port=1) == ("127.0.0.1", 9864)


def secondary(host: Host, *, checkpoint_h: float | None, start_h: float, period: str = "3600") -> None:
    now = time.time() * 1000
    info = {
        "LastCheckpointTime": 0 if checkpoint_h is None else now - checkpoint_h * HOUR_MS,
        "StartTime": now - start_h * HOUR_MS,
    }
    daemon = host.daemon(bean("SecondaryNameNode", "SecondaryNameNodeInfo", info))
    host.configure(
        "hdfs-site",
        {"dfs.namenode.secondary.http-address": daemon.address, "dfs.namenode.checkpoint.period": period},
    )


@pytest.mark.parametrize(
    ("checkpoint_h", "start_h", "period", "expected"),
    [
        (1.5, 9, "3600", "ok: last checkpoint 5400 s ago"),
        (2.5, 9, "3600", "NOT OK: the last checkpoint is 9000 s old, more than two periods (7200 s)"),
        (2.5, 9, "2h", "ok: last checkpoint"),
        (2.5, 0.1, "60m", "ok: last checkpoint"),
        (None, 0.1, "3600s", "ok: started, no checkpoint yet"),
        (None, 3, "3600", "NOT OK: no checkpoint in 10800 s"),
        (1, 1, "soon", "NOT OK: dfs.namenode.checkpoint.period is no duration: 'soon'"),
    ],
)
def test_a_secondary_namenode_has_two_periods_for_a_checkpoint(
    hadoop_host: Host, checkpoint_h: float | None, start_h: float, period: str, expected: str
) -> None:
    secondary(hadoop_host, checkpoint_h=checkpoint_h, start_h=start_h, period=period)
    assert ask("secondarynamenode", hadoop_host).startswith(expected)


def jobtracker(host: Host, *, state: str = "STARTED", history: dict[str, Any] | None = None) -> None:
    info = {"state": state, "haState": "ACTIVE"}
    manager = host.daemon({"/ws/v1/cluster/info": {"clusterInfo": info}})
    answers = {"/ws/v1/history/info": {"historyInfo": {}}} if history is None else history
    host.configure("yarn-site", {"yarn.resourcemanager.webapp.address": manager.address})
    host.configure("mapred-site", {"mapreduce.jobhistory.webapp.address": host.daemon(answers).address})


def test_a_jobtracker_that_serves_is_ok(hadoop_host: Host) -> None:
    jobtracker(hadoop_host)
    assert ask("jobtracker", hadoop_host) == "ok: ResourceManager STARTED (ACTIVE), JobHistory serves"


def test_a_jobtracker_says_what_is_wrong(hadoop_host: Host) -> None:
    jobtracker(hadoop_host, state="INITED")
    assert ask("jobtracker", hadoop_host) == "NOT OK: the ResourceManager is INITED"
    jobtracker(hadoop_host, history={"/ws/v1/history/info": 503})
    assert "the JobHistory server at 127.0.0.1" in ask("jobtracker", hadoop_host)
    jobtracker(hadoop_host, history={})
    assert "does not serve its history" in ask("jobtracker", hadoop_host)


def worker(
    host: Host,
    *,
    actor: dict[str, str] | None = None,
    failed: int = 0,
    node: dict[str, Any] | None = None,
    state: str | None = "RUNNING",
    drained: str | None = None,
) -> None:
    """`state` is what the ResourceManager says of the node's id, `drained` of its name."""
    volumes = {"NumFailedVolumes": failed, "FailedStorageLocations": ["/d2"] * failed}
    datanode = host.daemon(
        bean("DataNode", "DataNodeInfo", {"BPServiceActorInfo": json.dumps([{**ACTOR, **(actor or {})}])})
        | bean("DataNode", "FSDatasetState-*", volumes)
    )
    info = {"id": "w:45454", "nodeHealthy": True, **(node or {})}
    nodemanager = host.daemon({"/ws/v1/node/info": {"nodeInfo": info} if node != {} else 503})
    nodes = [{"nodeHostName": "w.example.com", "state": drained}] if drained else []
    manager = host.daemon(
        {
            "/ws/v1/cluster/nodes/w:45454": {"node": {"state": state}} if state else 404,
            "/ws/v1/cluster/nodes?states=DECOMMISSIONING,DECOMMISSIONED": {"nodes": {"node": nodes}},
        }
    )
    host.configure("hdfs-site", {"dfs.datanode.http.address": datanode.address})
    host.configure(
        "yarn-site",
        {
            "yarn.nodemanager.webapp.address": nodemanager.address,
            "yarn.nodemanager.hostname": "w.example.com",
            "yarn.resourcemanager.webapp.address": manager.address,
        },
    )


def test_a_worker_that_serves_both_masters_is_ok(hadoop_host: Host) -> None:
    worker(hadoop_host)
    assert ask("worker", hadoop_host) == "ok: DataNode connected, NodeManager RUNNING"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"actor": {"ActorState": "CONNECTING"}}, "not live at the namenode nn:8020: CONNECTING"),
        ({"actor": {"LastHeartbeatResponseTime": "300"}}, "RUNNING, last answer 300 s ago"),
        ({"failed": 1}, "1 volumes of the DataNode have failed: /d2"),
        (
            {"node": {"nodeHealthy": False, "healthReport": "1/1 local-dirs are bad"}},
            "unhealthy: 1/1 local-dirs",
        ),
        ({"node": {}}, "the NodeManager at 127.0.0.1"),
        ({"state": "UNHEALTHY"}, "for the ResourceManager it is UNHEALTHY"),
        ({"state": None}, "for the ResourceManager it is unknown"),
    ],
)
def test_a_worker_says_what_is_wrong(hadoop_host: Host, changes: dict[str, Any], words: str) -> None:
    worker(hadoop_host, **changes)
    answer = ask("worker", hadoop_host)
    assert answer.startswith("NOT OK: ")
    assert words in answer


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "DECOMMISSIONING"}, "is being drained"),
        ({"node": {}, "drained": "DECOMMISSIONED"}, "drained"),
    ],
)
def test_a_worker_that_is_being_drained_is_ok_without_its_daemons(
    hadoop_host: Host, changes: dict[str, Any], words: str
) -> None:
    worker(hadoop_host, **changes)
    assert ask("worker", hadoop_host) == f"ok: {words}"


def test_another_worker_s_drain_is_no_excuse(hadoop_host: Host) -> None:
    worker(hadoop_host, node={}, drained="DECOMMISSIONED")
    text = (hadoop_host.folder / "yarn-site.xml").read_text()
    (hadoop_host.folder / "yarn-site.xml").write_text(text.replace("w.example.com", "other.example.com"))
    assert ask("worker", hadoop_host).startswith("NOT OK: the NodeManager at")


def test_a_worker_whose_resourcemanager_is_away_says_so(hadoop_host: Host) -> None:
    worker(hadoop_host)
    manager = hadoop_host.daemons.pop()
    manager.stop()
    assert ask("worker", hadoop_host).startswith("NOT OK: the ResourceManager at")


def test_a_client_needs_both_masters_to_answer(hadoop_host: Host) -> None:
    jobtracker(hadoop_host)
    namenode(hadoop_host, Safemode="on")
    assert ask("client", hadoop_host) == "ok: namenode and ResourceManager answer"
    hadoop_host.configure("yarn-site", {"yarn.resourcemanager.webapp.address": "127.0.0.1:1"})
    assert ask("client", hadoop_host).startswith("NOT OK: the ResourceManager at 127.0.0.1:1 does not answer")


def test_an_answer_that_is_not_hadoop_s_is_no_crash(hadoop_host: Host) -> None:
    namenode(hadoop_host, NameDirStatuses="{}")
    assert ask("namenode", hadoop_host).startswith("NOT OK: an answer that is not understood: KeyError")


def test_the_command_prints_a_line_for_each_role_and_fails_if_one_is_not_ok(
    hadoop_host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    namenode(hadoop_host)
    assert health.main(["namenode"]) == 0
    assert capsys.readouterr().out == "namenode: ok: 2 datanodes, 12 blocks\n"
    assert health.main(["namenode", "client"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "namenode: ok: 2 datanodes, 12 blocks"
    assert lines[1].startswith("client: NOT OK: ")


def test_the_command_says_the_same_as_json(hadoop_host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    namenode(hadoop_host)
    health.main(["--json", "namenode"])
    assert json.loads(capsys.readouterr().out) == {
        "namenode": {"ok": True, "message": "2 datanodes, 12 blocks"}
    }


def test_the_command_waits_until_the_role_is_ok(hadoop_host: Host) -> None:
    daemon = namenode(hadoop_host, Safemode="on")
    later = bean("NameNode", "NameNodeInfo", NAMENODE)

    class Counting(list[str]):
        def append(self, path: str) -> None:
            super().append(path)
            if len(self) == 3:
                daemon.answers = later

    daemon.asked = Counting()
    assert health.main(["--wait", "30", "namenode"]) == 0
    assert len(daemon.asked) == 3


def test_the_command_gives_up_in_time_with_the_reason(
    hadoop_host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    daemon = namenode(hadoop_host, Safemode="on")
    assert health.main(["--wait", "0.1", "namenode"]) == 1
    assert len(daemon.asked) > 1
    assert capsys.readouterr().out == "namenode: NOT OK: in safe mode: on\n"


@pytest.mark.parametrize("arguments", [[], ["datanode"], ["--wait", "soon", "namenode"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        health.main(arguments)
    assert stopped.value.code == 2
