"""The command: settings, exit codes, and as a process of its own."""

import subprocess
from pathlib import Path

import pytest
import yaml
from servers.command import load_config, main

from .conftest import Host, entry

COMMAND = Path(__file__).parents[3] / "files" / "scripts" / "puppet_servers"


@pytest.fixture
def settings(host: Host) -> dict[str, str]:
    return {
        "node_bucket": host.config.node_bucket,
        "servers": str(host.config.servers),
        "state": str(host.config.state),
        "service": "puppet",
    }


def write(host: Host, settings: dict[str, str]) -> Path:
    path = host.root / "servers.yaml"
    path.write_text(yaml.safe_dump(settings))
    return path


def test_as_a_process_it_makes_the_copy_and_leaves_an_agent_alone_that_it_was_not_given(
    host: Host, settings: dict[str, str]
) -> None:
    host.publish(entry("m1"))
    before = host.conf
    done = subprocess.run(
        [COMMAND, "--config", write(host, settings)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "m1" in host.config.servers.read_text()
    assert host.conf == before


def test_the_agent_is_helped_by_the_copy_while_the_bucket_does_not_answer(
    host: Host, settings: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    host.publish(entry("m1"))
    path = write(host, settings)
    assert main(["--config", str(path)]) == 0
    host.bucket.rename(host.root / "elsewhere")
    host.configure("[agent]\nserver = m1.ec2.internal\n")
    write(host, {**settings, "puppet_conf": str(host.root / "puppet.conf")})
    assert main(["--config", str(path)]) == 1
    assert "no such directory" in capsys.readouterr().err
    assert host.conf == "[agent]\nserver = m1.ec2.internal\n"


def test_a_malformed_object_is_exit_1_and_says_where(
    host: Host, settings: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    host.put(b"<html>")
    assert main(["--config", str(write(host, settings))]) == 1
    assert f"{host.config.node_bucket}/cluster/servers: not JSON" in capsys.readouterr().err


@pytest.mark.parametrize("change", [{"service": ""}, {"colour": "red"}, {"puppet_conf": ""}])
def test_settings_that_are_not_complete_are_exit_2(
    host: Host, settings: dict[str, str], change: dict[str, str]
) -> None:
    assert main(["--config", str(write(host, {**settings, **change}))]) == 2
    assert main(["--config", str(host.root / "absent.yaml")]) == 2


def test_the_settings_are_those_of_the_file(host: Host, settings: dict[str, str]) -> None:
    path = write(host, {**settings, "puppet_conf": str(host.root / "puppet.conf")})
    assert load_config(path) == host.config
