"""status and console on the command line, against moto."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from conductor import cli, instances
from conductor.clients import Clients
from conductor.context import Context
from conductor.instances import Instance
from conductor.login.console import follow
from conductor.record import Record
from tests.cloud.conftest import Clock
from tests.cloud.looking import report, shows
from tests.cloud.support import failing, refusal

pytest_plugins = ["tests.cloud.looking_fixtures"]


def test_status_says_that_all_is_well_and_exits_with_0(
    config: Path, cluster: list[Instance], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["-c", str(config), "status"]) == 0
    out, err = capsys.readouterr()
    assert "all is well: 3 nodes" in out
    assert "worker-2" in out
    assert err == ""


def test_status_counts_what_the_configuration_asks_for_and_names_what_is_missing(
    config: Path, cluster: list[Instance], capsys: pytest.CaptureFixture[str]
) -> None:
    with config.open("a") as file:
        file.write("cluster: {puppetmaster: 1, namenode: 1, worker: 2}\n")
    assert cli.main(["-c", str(config), "status"]) == 1
    out, err = capsys.readouterr()
    assert "not all is well:\n  namenode: 0 of 1 are there: `start_instance.py up` starts the rest" in err
    assert "all is well" not in out
    counts = [line.split() for line in out.splitlines() if line.split()[:1] == ["worker"]]
    assert counts == [["worker", "2", "2", "2", "2"]]


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_status_as_data_has_verdicts_and_ages_and_no_secret(
    config: Path, cluster: list[Instance], capsys: pytest.CaptureFixture[str], form: str, context: Context
) -> None:
    report(context, cluster[1], health="failed")
    assert cli.main(["-c", str(config), "status", "-o", form]) == 1
    out = capsys.readouterr().out
    data = yaml.safe_load(out)
    assert data["well"] is False
    assert data["problems"] == []
    assert [node["verdict"] for node in data["nodes"]] == ["well", "unwell", "well"]
    assert data["roles"][1] == {"role": "worker", "asked": None, "there": 2, "enrolled": 2, "well": 1}
    assert data["nodes"][0]["age_seconds"] >= 0
    assert data["nodes"][0]["last_run_age_seconds"] >= 60
    record = Record.parse("x", context.store.get(cluster[1].certname) or b"")
    assert record.enrolment is not None
    assert record.enrolment.secret_sha256 not in out


def test_what_a_status_says_cannot_steer_the_terminal(
    config: Path, cluster: list[Instance], capsys: pytest.CaptureFixture[str], context: Context
) -> None:
    report(context, cluster[1], health="[/bold]\x1b[2J\x1b]0;owned\x07")
    assert cli.main(["-c", str(config), "status"]) == 1
    assert cli.main(["-c", str(config), "list"]) == 0
    out, err = capsys.readouterr()
    assert "[/bold]" in out
    assert "\x1b" not in out + err


def test_the_console_is_shown_without_escape_sequences(
    config: Path,
    cluster: list[Instance],
    api: Clients,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = shows(monkeypatch, api, "[\x1b[32m OK \x1b[0m] up\r\n\x1b]0;owned\x07login:")
    assert cli.main(["-c", str(config), "console", "worker-2"]) == 0
    assert capsys.readouterr().out == "[ OK ] up\nlogin:\n"
    assert asked == [cluster[2].id]


def test_the_console_as_data_says_whose_it_is(
    config: Path,
    cluster: list[Instance],
    api: Clients,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shows(monkeypatch, api, "up\n")
    assert cli.main(["-c", str(config), "console", "puppetmaster", "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "instance_id": cluster[0].id,
        "certname": cluster[0].certname,
        "console": "up\n",
    }


def test_of_an_instance_that_has_ended_the_console_is_still_shown(
    config: Path,
    cluster: list[Instance],
    api: Clients,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["-c", str(config), "terminate", cluster[2].id]) == 0
    shows(monkeypatch, api, "its last words\n")
    capsys.readouterr()
    assert cli.main(["-c", str(config), "console", cluster[2].id]) == 0
    assert capsys.readouterr().out == "its last words\n"


def test_an_empty_console_is_told_so(
    config: Path,
    cluster: list[Instance],
    api: Clients,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shows(monkeypatch, api, "")
    assert cli.main(["-c", str(config), "console", "puppetmaster"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert f"no console of {cluster[0].id} yet" in err


def test_a_console_is_followed_until_its_instance_has_ended(
    now: Context,
    cluster: list[Instance],
    clock: Clock,
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shows(monkeypatch, now.clients, "one\n", "one\ntwo\n", "one\ntwo\n", "one\ntwo\nthree\n")
    worker = cluster[1]
    clock.at_sleep = [
        lambda: None,
        lambda: None,
        lambda: instances.terminate(now.clients.ec2, [worker.id]),
    ]
    shown: list[str] = []
    follow(now, worker, shown.append)
    assert shown == ["one\n", "two\n", "", "three\n"]
    assert said[-1] == f"{worker.id} has ended"


def test_following_goes_on_after_the_api_did_not_answer(
    now: Context,
    cluster: list[Instance],
    clock: Clock,
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shows(monkeypatch, now.clients, "one\n")
    worker = cluster[1]
    clock.at_sleep = [lambda: instances.terminate(now.clients.ec2, [worker.id])]
    shown: list[str] = []
    with failing(now.clients.ec2, "get_paginator", refusal("Unavailable", "Describe", 503), skip=0, times=1):
        follow(now, worker, shown.append)
    assert shown == ["one\n"]
    assert "Unavailable" in said[-2]


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("console worker", 2, "worker means 2 nodes\n  -> say which: worker-1, worker-2"),
        ("console nobody", 1, "no instance is called nobody"),
        ("console --follow -o json worker-1", 2, "cannot be combined"),
        ("login worker", 2, "worker means 2 nodes"),
        ("login worker-3", 1, "no node has this"),
        ("ssh-config worker-3", 1, "no node has this"),
    ],
)
def test_each_mistake_is_told(
    config: Path, capsys: pytest.CaptureFixture[str], line: str, code: int, told: str
) -> None:
    assert cli.main(["-c", str(config), *line.split()]) == code
    out, err = capsys.readouterr()
    assert told in err
    assert out == ""
