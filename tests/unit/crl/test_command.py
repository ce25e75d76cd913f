import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from crl.command import main
from crl.keeper import Config

from .conftest import Authority

COMMAND = Path(__file__).parents[3] / "files/scripts/puppet_crl"


@pytest.fixture
def file(config: Config, tmp_path: Path) -> Path:
    path = tmp_path / "crl.yaml"
    fields = {"url": "https://127.0.0.1:1/ca", **{k: str(v) for k, v in vars(config).items() if k != "url"}}
    path.write_text("".join(f"{key}: {value}\n" for key, value in fields.items()))
    return path


def recent(authority: Authority, number: int) -> bytes:
    return authority.crl(number, issued=datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5))


def test_restore_puts_the_hosts_list_in_force_and_check_says_so(
    file: Path, config: Config, authority: Authority
) -> None:
    config.crl.write_bytes(recent(authority, 1))
    assert main(["--config", str(file), "restore", "--check"]) == 1
    assert main(["--config", str(file), "restore"]) == 0
    assert main(["--config", str(file), "restore", "--check"]) == 0


def test_restore_without_any_list_fails(
    file: Path, config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--log-level", "info", "--config", str(file), "restore"]) == 1
    assert str(config.crl) in capsys.readouterr().err


def test_fetch_from_a_ca_that_is_down_fails_and_says_what_is_kept(
    file: Path, config: Config, authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    config.crl.write_bytes(recent(authority, 3))
    assert main(["--log-level", "info", "--config", str(file), "fetch"]) == 1
    assert "keeping CRL 3" in capsys.readouterr().err
    assert main(["--config", str(file), "restore", "--check"]) == 0


@pytest.mark.parametrize("lists", [3, 4])
def test_apache_is_reloaded_once_superseded_lists_have_left_too_many_names(
    file: Path,
    config: Config,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    lists: int,
) -> None:
    started = config.crl.with_name("reloads")
    monkeypatch.setattr("crl.command.MOST_NAMES", 3)
    monkeypatch.setattr("crl.command.RELOAD", ("/bin/sh", "-c", f"echo reload >> {started}"))
    for number in range(1, lists + 1):
        issued = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5) + timedelta(seconds=number)
        config.crl.write_bytes(authority.crl(number, issued=issued))
        main(["--config", str(file), "restore"])
    for _ in range(2):  # and not again at once, should that not have helped
        assert main(["--config", str(file), "fetch"]) == 1  # this CA is down
    assert (started.read_text().count("reload") if started.exists() else 0) == (lists > 3)


def test_an_apache_that_cannot_be_reloaded_keeps_no_list_from_being_fetched(
    file: Path,
    config: Config,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("crl.command.MOST_NAMES", 0)
    monkeypatch.setattr("crl.command.RELOAD", ("/bin/false",))
    config.crl.write_bytes(recent(authority, 1))
    main(["--config", str(file), "restore"])
    assert main(["--log-level", "info", "--config", str(file), "fetch"]) == 1
    assert "connection refused" in capsys.readouterr().err.lower()


def test_status_tells_the_list_and_fails_when_the_ca_has_not_confirmed_it(
    file: Path, config: Config, authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    config.crl.write_bytes(recent(authority, 3))
    assert main(["--config", str(file), "status"]) == 1
    assert "never confirmed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("ago", "code"), [(30, 0), (600, 1), (-600, 1)], ids=["lately", "long ago", "clock went back"]
)
def test_status_is_good_only_if_the_ca_has_confirmed_the_list_lately(
    file: Path, config: Config, authority: Authority, ago: int, code: int
) -> None:
    config.crl.write_bytes(recent(authority, 3))
    assert main(["--config", str(file), "restore"]) == 0
    checked = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=ago)
    (config.state / "state.json").write_text(json.dumps({"checked": checked.isoformat()}))
    assert main(["--config", str(file), "status"]) == code


@pytest.mark.parametrize("text", ["", "url: x\n", "- a\n", "url: [\n", "url: 1\nca_cert: a\n"])
def test_a_configuration_that_is_not_complete_is_refused(
    file: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(text)
    assert main(["--log-level", "info", "--config", str(file), "fetch"]) == 1
    assert str(file) in capsys.readouterr().err


def test_the_command_runs_from_the_checkout(file: Path, config: Config, authority: Authority) -> None:
    config.crl.write_bytes(recent(authority, 1))
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, COMMAND, "--config", file, "restore"], env=environment, check=False, timeout=30
    )
    assert done.returncode == 0
