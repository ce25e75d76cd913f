import json
import socket
import time
from typing import Any

import pytest

from tests.unit.hadoop.conftest import Host, load

ASK = "/conf?name=puppet.hadoop.rack&format=json"


def says(rack: str) -> dict[str, Any]:
    return {ASK: {"property": {"key": "puppet.hadoop.rack", "value": rack}}}


@pytest.fixture
def topology() -> Any:
    return load("hadoop_topology")


def test_a_host_s_daemon_says_its_rack(
    hadoop_host: Host, topology: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    topology.PORTS = (hadoop_host.daemon(says("/us-east-1a")).port,)
    assert topology.main(["127.0.0.1"]) == 0
    assert capsys.readouterr().out == "/us-east-1a\n"


def test_the_nodemanager_is_asked_where_there_is_no_datanode(hadoop_host: Host, topology: Any) -> None:
    gone = hadoop_host.daemon({})
    topology.PORTS = (gone.port, hadoop_host.daemon(says("/b")).port)
    assert topology.racks_of(["127.0.0.1"], {}) == ["/b"]


def test_one_unknown_host_leaves_all_without_an_answer(
    hadoop_host: Host, topology: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    topology.PORTS = (hadoop_host.daemon(says("/a")).port,)
    assert topology.main(["127.0.0.1", "127.0.0.2"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "no rack is known for 127.0.0.2" in err


@pytest.mark.parametrize("rack", ["us-east-1a", "/a b", "", "/a/", "/a\n/b"])
def test_what_is_no_rack_is_no_answer(hadoop_host: Host, topology: Any, rack: str) -> None:
    topology.PORTS = (hadoop_host.daemon(says(rack)).port,)
    assert topology.racks_of(["127.0.0.1"], {}) == [None]


@pytest.mark.parametrize("answer", ["no JSON", [], {"property": None}, 500])
def test_an_answer_that_is_not_understood_is_none(hadoop_host: Host, topology: Any, answer: Any) -> None:
    topology.PORTS = (hadoop_host.daemon({ASK: answer}).port,)
    assert topology.racks_of(["127.0.0.1"], {}) == [None]


def test_what_is_set_by_hand_wins_and_nobody_is_asked(hadoop_host: Host, topology: Any) -> None:
    daemon = hadoop_host.daemon(says("/own"))
    topology.PORTS = (daemon.port,)
    (hadoop_host.folder / "topology.json").write_text(json.dumps({"racks": {"127.0.0.1": "/hand"}}))
    assert topology.racks_of(["127.0.0.1"], topology.settings()) == ["/hand"]
    assert daemon.asked == []


def test_a_host_counts_before_a_network_and_a_narrow_network_before_a_wide_one(topology: Any) -> None:
    racks = {"127.0.0.0/8": "/wide", "127.0.0.0/24": "/narrow", "127.0.0.7": "/host"}
    assert topology.racks_of(["127.0.0.7", "127.0.0.9", "127.9.9.9"], {"racks": racks}) == [
        "/host",
        "/narrow",
        "/wide",
    ]


def test_a_name_by_hand_is_found_by_the_address_that_hadoop_gives(topology: Any) -> None:
    assert topology.racks_of(["127.0.0.1"], {"racks": {"localhost": "/name"}}) == ["/name"]


def test_the_resourcemanager_remembers_a_node_that_is_gone(hadoop_host: Host, topology: Any) -> None:
    lost = {"nodeHostName": "localhost", "rack": "/remembered", "state": "LOST"}
    manager = hadoop_host.daemon({"/ws/v1/cluster/nodes": {"nodes": {"node": [lost]}}})
    topology.PORTS = (hadoop_host.daemon({}).port,)
    known = {"resourcemanager": f"http://{manager.address}"}
    assert topology.racks_of(["127.0.0.1"], known) == ["/remembered"]
    assert topology.racks_of(["127.0.0.1"], {}) == [None]


def test_the_resourcemanager_is_not_asked_about_a_node_that_answers(hadoop_host: Host, topology: Any) -> None:
    manager = hadoop_host.daemon({"/ws/v1/cluster/nodes": {"nodes": {}}})
    topology.PORTS = (hadoop_host.daemon(says("/a")).port,)
    assert topology.racks_of(["127.0.0.1"], {"resourcemanager": f"http://{manager.address}"}) == ["/a"]
    assert manager.asked == []


def test_a_host_that_accepts_and_says_nothing_costs_one_limit_for_all_ports(
    hadoop_host: Host, topology: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        topology.LIMIT_S = 2.0
        topology.PORTS = (silent.getsockname()[1],) * 4
        start = time.monotonic()
        assert topology.racks_of(["127.0.0.1"], {}) == [None]
        assert time.monotonic() - start < 3 * topology.LIMIT_S
