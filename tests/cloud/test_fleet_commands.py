"""The commands up and down: what the operator sees, and exit codes."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import signal
import sys
from pathlib import Path

import pytest
import yaml

from conductor import cli, clients
from conductor.clients import Clients
from conductor.commands import common
from conductor.context import Context, open_context
from conductor.fleet.locking import KEY
from conductor.store import Store
from tests.cloud.conftest import Clock
from tests.cloud.site import SSH_KEY, Site
from tests.cloud.support import BUCKET, failing, refusal

pytestmark = pytest.mark.usefixtures("profile")


@pytest.fixture
def config(  # noqa: PLR0917 - fixtures are passed by name
    tmp_path: Path, image: str, site: Site, clock: Clock, api: Clients, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A cluster's, with time that passes for its hosts."""

    def opened(*arguments: object) -> Context:
        def sleep(seconds: float) -> None:
            clock.sleep(seconds)
            site.pass_time()

        context = open_context(*arguments)  # type: ignore[arg-type]
        return dataclasses.replace(context, sleep=sleep, monotonic=clock.monotonic)

    monkeypatch.setattr(clients, "connect", lambda *_: api)
    monkeypatch.setattr(common, "open_context", opened)
    path = tmp_path / "cluster.yaml"
    path.write_text(
        yaml.safe_dump(
            {
                "s3_bucket_name": BUCKET,
                "ami_id": image,
                "ssh_public_key": SSH_KEY,
                "cluster": {"puppetmaster": 1, "worker": 1},
            }
        )
    )
    return path


class Terminal(io.StringIO):
    """Standard input on which an operator types."""

    def isatty(self) -> bool:
        return True


def test_up_shows_the_cluster_and_says_what_it_did(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["-c", str(config), "up"]) == 0
    out, err = capsys.readouterr()
    assert out.count("i-") == 2
    assert "worker i-" in err
    assert ": first catalog applied" in err
    assert err.splitlines()[-1] == "the cluster is up: 1 x puppetmaster, 1 x worker"


def test_the_output_of_up_can_be_read_by_programs(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["-c", str(config), "up", "--no-wait"]) == 0
    capsys.readouterr()
    assert cli.main(["up", "-c", str(config), "-o", "json"]) == 0
    out, err = capsys.readouterr()
    assert [each["role"] for each in json.loads(out)] == ["puppetmaster", "worker"]
    assert "nothing to do" in err


def test_a_mistake_in_the_cluster_is_usage_told_with_its_line(
    config: Path, api: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(config.read_text().replace("worker", "wroker"))
    with failing(api.sts, "get_caller_identity", AssertionError()) as calls:
        assert cli.main(["-c", str(config), "up"]) == 2
    assert calls == []
    err = capsys.readouterr().err
    assert "cluster.yaml:4: cluster.wroker: unknown role: wroker" in err
    assert "did you mean worker?" in err


def test_up_that_is_interrupted_says_how_to_go_on(
    config: Path, api: Clients, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.broken.add("worker")
    asleep = site.pass_time
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            Site,
            "pass_time",
            lambda _: os.kill(os.getpid(), signal.SIGTERM) if len(site.living()) == 2 else asleep(),
        )
        assert cli.main(["-c", str(config), "up"]) == 130
    err = capsys.readouterr().err
    assert "start_instance.py: interrupted" in err
    assert "`start_instance.py up` goes on from here" in err
    assert len(site.living()) == 2


def test_up_says_who_else_is_at_work(
    config: Path, api: Clients, bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Store(api, BUCKET).put(
        KEY,
        json.dumps(
            {
                "token": "t",
                "what": "up",
                "owner": "bob",
                "host": "desk",
                "machine": "another",
                "pid": 1,
                "began": "",
                "since": "2026-11-24T06:00:00Z",
                "expires": "2999-01-01T00:00:00Z",
            }
        ).encode(),
    )
    assert cli.main(["-c", str(config), "up", "--no-wait"]) == 1
    err = capsys.readouterr().err
    assert "another conductor is at work" in err
    assert "`up` of bob (process 1 on desk, since 2026-11-24T06:00:00Z)" in err
    assert cli.main(["-c", str(config), "up", "--no-wait", "--steal-lock"]) == 0


def test_down_asks_first_and_takes_no_for_an_answer(
    config: Path, site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["-c", str(config), "up", "--no-wait"]) == 0
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    assert cli.main(["-c", str(config), "down"]) == 130
    assert (
        f"Take away 1 x puppetmaster, 1 x worker of s3://{BUCKET}, with all data?" in capsys.readouterr().err
    )
    assert len(site.living()) == 2
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert cli.main(["-c", str(config), "down"]) == 0
    assert site.living() == []


def test_down_without_a_terminal_needs_to_be_told(
    config: Path, site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["-c", str(config), "up", "--no-wait"]) == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert cli.main(["-c", str(config), "down"]) == 2
    assert "--yes" in capsys.readouterr().err
    assert cli.main(["-c", str(config), "down", "--yes"]) == 0
    assert site.living() == []
    assert cli.main(["-c", str(config), "down", "--yes"]) == 0


def test_down_tells_programs_what_was_there(
    config: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["-c", str(config), "up", "--no-wait"]) == 0
    there = {each.id for each in site.living()}
    capsys.readouterr()
    assert cli.main(["-c", str(config), "down", "--yes", "-o", "json"]) == 0
    assert {row["instance_id"] for row in json.loads(capsys.readouterr().out)} == there
    assert cli.main(["-c", str(config), "down", "--yes", "-o", "yaml"]) == 0
    assert yaml.safe_load(capsys.readouterr().out) == []


def test_down_that_is_denied_says_what_is_left_and_can_be_repeated(
    config: Path, api: Clients, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["-c", str(config), "up", "--no-wait"]) == 0
    with failing(api.ec2, "terminate_instances", refusal("UnauthorizedOperation", "TerminateInstances", 403)):
        assert cli.main(["-c", str(config), "down", "--yes"]) == 1
    assert "not terminated: worker i-" in capsys.readouterr().err
    assert cli.main(["-c", str(config), "down", "--yes"]) == 0
    assert site.living() == []
