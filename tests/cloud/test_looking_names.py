"""ssh-config, the names of nodes and their completion, against moto."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from conductor import cli, clients, inventory
from conductor.clients import Clients
from conductor.context import Context
from conductor.errors import UsageError
from conductor.instances import Instance
from conductor.login import known_hosts, naming
from conductor.operator_files import Operator
from conductor.settings import Settings
from tests.cloud.conftest import Clock
from tests.cloud.looking import CONSOLE, KEY, shows, start
from tests.cloud.support import BUCKET

pytest_plugins = ["tests.cloud.looking_fixtures"]


def test_ssh_config_has_an_entry_for_each_node_by_all_its_names(
    config: Path,
    cluster: list[Instance],
    api: Clients,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shows(monkeypatch, api, CONSOLE)
    assert cli.main(["-c", str(config), "ssh-config"]) == 0
    lines = capsys.readouterr().out.splitlines()
    master, first, _ = cluster
    assert f"Host puppetmaster puppetmaster-1 {master.id} {master.private_name} {master.certname}" in lines
    assert f"Host worker-1 {first.id} {first.private_name} {first.certname}" in lines
    assert lines.count("  User debian") == 3
    assert f"  HostName {first.private_ip}" in lines
    assert lines.count("  StrictHostKeyChecking yes") == 3
    kept = known_hosts.path(Operator.of(None), first.id)
    assert f'  UserKnownHostsFile "{kept}"' in lines
    assert kept.read_text() == f"{first.id} ssh-ed25519 {KEY}\n"
    assert kept.stat().st_mode & 0o777 == 0o600


def test_host_keys_are_read_once_and_kept(
    config: Path,
    cluster: list[Instance],
    api: Clients,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = shows(monkeypatch, api, CONSOLE, "the window has moved on\n")
    for _ in range(2):
        assert cli.main(["-c", str(config), "ssh-config", "puppetmaster"]) == 0
    assert asked == [cluster[0].id]


def test_keys_that_were_written_by_hand_are_taken_without_a_look_at_the_console(
    now: Context, cluster: list[Instance], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = shows(monkeypatch, now.clients, "the window has moved on\n")
    kept = known_hosts.path(now.operator, cluster[0].id)
    kept.parent.mkdir()
    kept.write_text(f"{cluster[0].id} ssh-ed25519 {KEY}\n")
    assert known_hosts.ensure(now, cluster[0]) == kept
    assert asked == []


def test_a_node_whose_console_tells_no_keys_is_left_out_and_named(
    config: Path,
    cluster: list[Instance],
    api: Clients,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def get(**arguments: Any) -> dict[str, str]:
        return {"Output": "" if arguments["InstanceId"] == cluster[1].id else CONSOLE}

    monkeypatch.setattr(api.ec2, "get_console_output", get)
    assert cli.main(["-c", str(config), "ssh-config"]) == 1
    out, err = capsys.readouterr()
    assert out.count("Host ") == 2
    assert cluster[1].id not in out
    assert f"left out:\n  {cluster[1].id}: no ssh host keys on its console" in err


def test_the_inventory_for_the_hosts_tests_maps_roles_to_names_of_the_ssh_configuration(
    config: Path,
    cluster: list[Instance],
    api: Clients,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shows(monkeypatch, api, CONSOLE)
    assert cli.main(["-c", str(config), "ssh-config", "--inventory"]) == 0
    assert yaml.safe_load(capsys.readouterr().out) == {
        "puppetmaster": ["puppetmaster"],
        "worker": ["worker-1", "worker-2"],
    }


def test_keys_that_are_waited_for_are_taken_when_the_console_tells_them(
    now: Context, cluster: list[Instance], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows(monkeypatch, now.clients, "", "Booting\n", CONSOLE)
    kept = known_hosts.ensure(now, cluster[1], wait=True)
    assert KEY in kept.read_text()
    assert clock.seconds == 2 * now.settings.wait.interval


def test_role_n_goes_by_age_and_then_by_the_launch_index(context: Context, published_ca: None) -> None:
    many = start(context, "worker", 11)
    nodes = inventory.read(context)
    short = naming.aliases(nodes)
    by_index = sorted(many, key=lambda each: int(each.certname.rpartition("-")[2]))
    assert [short[each.certname] for each in by_index] == [[f"worker-{number}"] for number in range(1, 12)]
    assert naming.one(nodes, "worker-11").instance == by_index[10]
    with pytest.raises(UsageError) as raised:
        naming.one(nodes, many[0].batch)
    assert "worker-11" in raised.value.advice


def test_the_shell_completes_the_names_that_were_seen_last(
    config: Path,
    cluster: list[Instance],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert cli.main(["-c", str(config), "list"]) == 0
    monkeypatch.setattr(clients, "connect", pytest.fail)  # no cloud is asked
    assert "worker-1" in completed(config, capsys, monkeypatch, "login work")
    assert completed(config, capsys, monkeypatch, f"terminate {cluster[1].id[:6]}") == sorted(
        each.id for each in cluster if each.id.startswith(cluster[1].id[:6])
    )


def test_to_what_ends_nodes_no_number_is_offered_that_moves_up(
    config: Path,
    cluster: list[Instance],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert cli.main(["-c", str(config), "list"]) == 0
    for command in ("terminate", "recommission"):
        offered = completed(config, capsys, monkeypatch, f"{command} ")
        assert not {"worker-1", "worker-2"} & set(offered)
        assert {each.certname for each in cluster} <= set(offered)


def test_a_node_is_classified_by_its_short_name_too(
    config: Path, cluster: list[Instance], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["-c", str(config), "classify", "worker-2", "-o", "json"]) == 0
    assert [row["instance_id"] for row in json.loads(capsys.readouterr().out)] == [cluster[2].id]


def completed(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, line: str
) -> list[str]:
    """What bash would be offered at the end of the line."""
    capsys.readouterr()
    words = f"start_instance.py -c {config} {line}"
    with monkeypatch.context() as env:
        env.setenv("COMP_WORDS", words)
        env.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
        env.setenv("_START_INSTANCE_PY_COMPLETE", "bash_complete")
        with pytest.raises(SystemExit) as ended:
            cli.main([])
    assert ended.value.code == 0
    return [each.removeprefix("plain,") for each in capsys.readouterr().out.splitlines()]


def test_the_shell_completes_commands_and_roles_too_those_of_the_configuration(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with config.open("a") as file:
        file.write("roles: {walker: {node: {classes: [ntp]}}}\n")
    assert completed(config, capsys, monkeypatch, "w") == ["worker", "walker"]
    assert completed(config, capsys, monkeypatch, "ssh") == ["ssh-config"]
    # Nothing was seen yet: nodes are called by their roles.
    assert completed(config, capsys, monkeypatch, "login walk") == ["walker"]
    assert completed(config, capsys, monkeypatch, "worker --cou") == ["--count"]


def test_a_configuration_that_cannot_be_read_completes_what_needs_none(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text("not: [yaml\n")
    assert completed(config, capsys, monkeypatch, "log") == ["login"]
    assert completed(config, capsys, monkeypatch, "name") == ["namenode"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_what_the_shell_reads(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    assert cli.main(["completion", shell]) == 0
    out = capsys.readouterr().out
    assert f"_START_INSTANCE_PY_COMPLETE={shell}_complete" in out
    assert "start_instance.py" in out


def test_the_settings_of_login_are_checked() -> None:
    for wrong in (
        {"user": "-oProxyCommand=x"},
        {"jump": "-oProxyCommand=x"},
        {"address": "any"},
        {"port": 0},
    ):
        with pytest.raises(ValueError, match="login"):
            Settings.model_validate({"s3_bucket_name": BUCKET, "login": wrong})


def test_what_changes_nodes_tells_programs_which_it_changed(
    config: Path, cluster: list[Instance], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["-c", str(config), "classify", "worker", "-o", "json"]) == 0
    assert {row["instance_id"] for row in json.loads(capsys.readouterr().out)} == {
        cluster[1].id,
        cluster[2].id,
    }
    assert cli.main(["-c", str(config), "terminate", cluster[2].id, "-o", "yaml"]) == 0
    assert [row["instance_id"] for row in yaml.safe_load(capsys.readouterr().out)] == [cluster[2].id]


def test_every_command_s_help_has_examples() -> None:
    for name, command in cli.cli.commands.items():
        _, _, kept_as_it_is = (command.help or "").partition("\b\n")
        assert f"start_instance.py {name}" in kept_as_it_is, name
