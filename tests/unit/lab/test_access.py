"""Finding a node by any of its names, and reaching it by ssh without trust at first use."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab import access, inventory, lifecycle
from lab.errors import LabError, NoSuchInstance, NotRunning
from lab.state import State

CONSOLE = """\
-----BEGIN SSH HOST KEY KEYS-----
ssh-ed25519 AAAAC3Nz root@ip-172-31-0-4
ecdsa-sha2-nistp256 AAAAE2Vj root@ip-172-31-0-4
-----END SSH HOST KEY KEYS-----
"""


def instance(number: int, role: str | None, **changes: Any) -> dict[str, Any]:
    tags = {"puppet-hadoop:role": role, "Name": role} if role else {}
    return {
        "id": f"i-{number:017x}",
        "name": f"ip-172-31-0-{number}.ec2.internal",
        "address": f"172.31.0.{number}",
        "state": "running",
        "launch_time": f"2026-11-24T05:49:{number:02}Z",
        "launch_index": 0,
        "tags": tags,
        "leader": 4000 + number,
        **changes,
    }


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> State:
    state = State(tmp_path)
    state.make()
    nodes = [
        instance(9, "worker"),
        instance(5, "worker", state="terminated"),
        instance(6, "worker"),
        instance(4, "namenode"),
        instance(7, None, leader=None),
    ]
    containers = {node["id"]: {"leader": node.pop("leader"), "failure": None} for node in nodes}
    state.report_file.write_text(json.dumps({"pid": 1, "network": 2, "containers": containers}))
    monkeypatch.setattr(access, "is_running", lambda _state: True)
    monkeypatch.setattr(access, "ask", lambda _socket, _path: nodes)
    return state


def test_a_role_means_its_first_node_that_lives(state: State) -> None:
    assert access.find(state, "worker")["name"] == "ip-172-31-0-6.ec2.internal"


@pytest.mark.parametrize(
    "name",
    ["namenode", f"i-{4:017x}", "ip-172-31-0-4.ec2.internal", "ip-172-31-0-4", "172.31.0.4"],
)
def test_a_node_is_found_by_each_of_its_names(state: State, name: str) -> None:
    assert access.find(state, name)["id"] == f"i-{4:017x}"


def test_an_unknown_name_is_answered_with_those_that_there_are(state: State) -> None:
    with pytest.raises(
        NoSuchInstance, match=r"no instance is called jobtracker; there are: .*namenode=i-0+4"
    ):
        access.find(state, "jobtracker")


def test_an_instance_that_the_daemon_has_not_seen_yet_is_found_and_not_booted(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = {
        key: value for key, value in instance(8, "jobtracker").items() if key not in ("leader", "failure")
    }
    monkeypatch.setattr(access, "ask", lambda _socket, _path: [fresh])
    assert access.find(state, "jobtracker")["leader"] is None
    with pytest.raises(LabError, match="is not booted"):
        access.shell(state, "jobtracker", ["true"])


def test_without_a_daemon_there_is_nothing_to_find(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "is_running", lambda _state: False)
    with pytest.raises(NotRunning, match="lab up"):
        access.find(state, "namenode")


def test_commands_in_the_lab_see_the_lab_s_endpoints_and_nothing_of_the_operator_s_aws(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    found = access.environment(state)
    assert "AWS_PROFILE" not in found
    assert found["AWS_ACCESS_KEY_ID"] != "AKIAREAL"
    assert found["AWS_ENDPOINT_URL_EC2"] == "https://ec2.us-east-1.amazonaws.com"
    assert found["AWS_CA_BUNDLE"] == str(state.run / "ca.pem")


def test_host_keys_come_from_the_console(state: State) -> None:
    for number in (9, 6, 4, 7):
        folder = state.instances / f"i-{number:017x}"
        folder.mkdir()
        (folder / "console.log").write_text(CONSOLE)
    hosts, config = inventory.write(state)
    assert json.loads(hosts.read_text())["worker"] == [
        "ip-172-31-0-9.ec2.internal",
        "ip-172-31-0-6.ec2.internal",
    ]
    known = (config.parent / "known_hosts").read_text().splitlines()
    assert "ip-172-31-0-4.ec2.internal ssh-ed25519 AAAAC3Nz" in known
    assert "StrictHostKeyChecking yes" in config.read_text()


def test_a_console_without_host_keys_is_an_error_and_not_trusted_blindly(state: State) -> None:
    folder = state.instances / f"i-{9:017x}"
    folder.mkdir()
    (folder / "console.log").write_text(CONSOLE.partition("-----END")[0])
    with pytest.raises(LabError, match="no ssh host keys on its console"):
        inventory.write(state)


def test_the_sample_for_the_conductor_is_yaml_with_the_image_and_the_packages_key(
    state: State, tmp_path: Path
) -> None:
    key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME\n-----END PGP PUBLIC KEY BLOCK-----\n"
    (tmp_path / "hadoop-archive-keyring.asc").write_text(key)
    lifecycle.write_sample(state, default_ami="ami-1", packages=tmp_path)
    sample = yaml.safe_load((state.run / "start_instance.yaml").read_text())
    data = sample["node"]["parameters"]["data"]
    assert sample["ami_id"] == "ami-1"
    assert data["hadoop::apt::key_content"] == key
    assert data["hadoop::apt::location"] == "http://packages.lab.internal/hadoop"
