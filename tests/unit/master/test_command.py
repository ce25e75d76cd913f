import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from enrolment.log import Log
from master.command import Master, main
from master.config import Config, load_config
from master.errors import ConfigError, NoAnswerError, PassengerError
from master.passenger import Passenger
from master.state import read_state

from .conftest import NOW, Commands, process, resident, status_xml

COMMAND = Path(__file__).parents[3] / "files/scripts/puppet_master"
MakeMaster = Callable[..., Master]


@pytest.fixture
def master(config: Config, passenger: Passenger) -> MakeMaster:
    def make(answer: bool | Exception = True) -> Master:
        def probe(_: Config, *, timeout: float) -> bool:
            assert timeout > 0
            if isinstance(answer, Exception):
                raise answer
            return answer

        return Master(config, Log("puppet_master", level="debug", stderr=True), NOW, passenger, probe)

    return make


def test_refresh_restarts_the_application_and_waits_until_it_answers(
    master: MakeMaster, commands: Commands
) -> None:
    commands.status = status_xml(process(7))
    master().refresh(wait=True)
    assert [argv[1] for argv in commands.ran] == ["restart-app"]


@pytest.mark.parametrize("answer", [NoAnswerError("status 500"), False], ids=["error", "nothing"])
def test_refresh_fails_when_the_master_does_not_come_up_with_the_new_code(
    master: MakeMaster, commands: Commands, answer: bool | Exception
) -> None:
    commands.status = status_xml(process(7))
    with pytest.raises(NoAnswerError):
        master(answer).refresh(wait=True)


def test_refresh_without_waiting_asks_nothing(master: MakeMaster, commands: Commands) -> None:
    master(NoAnswerError("asked")).refresh(wait=False)
    assert len(commands.ran) == 1


def test_refresh_before_apache_has_started_is_done(master: MakeMaster, commands: Commands) -> None:
    commands.status = None
    master(NoAnswerError("connection refused")).refresh(wait=True)
    assert len(commands.ran) == 1


def test_recycle_replaces_the_largest_worker_over_the_limit_and_only_that(
    master: MakeMaster, commands: Commands, proc: Path
) -> None:
    commands.status = status_xml(process(7), process(8), process(9))
    for pid, megabytes in ((7, 501), (8, 900), (9, 100)):
        resident(proc, pid, megabytes)
    master().recycle()
    assert commands.ran == [["passenger-config", "detach-process", "8"]]


def test_recycle_leaves_workers_within_the_limit_alone(
    master: MakeMaster, commands: Commands, proc: Path, config: Config
) -> None:
    commands.status = status_xml(process(7), process(8))
    resident(proc, 7, 500)
    master().recycle()
    assert commands.ran == []
    state = read_state(Path(config.state))
    assert state is not None
    assert (state.workers, state.resident, state.error, state.checked) == (2, 500, "", NOW)


def test_recycle_notes_a_master_that_cannot_serve(
    master: MakeMaster, commands: Commands, config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.status = None
    master(NoAnswerError("connection refused")).recycle()
    state = read_state(Path(config.state))
    assert state is not None
    assert (state.workers, state.error) == (0, "connection refused")
    assert "connection refused" in capsys.readouterr().err


def test_a_master_whose_workers_are_all_busy_serves(
    master: MakeMaster, commands: Commands, config: Config
) -> None:
    commands.status = status_xml(process(7, sessions=1))
    master(False).recycle()
    state = read_state(Path(config.state))
    assert state is not None
    assert state.error == ""


def test_recycle_fails_where_passenger_does_not_say_what_it_does(
    master: MakeMaster, commands: Commands
) -> None:
    commands.status = None
    with pytest.raises(PassengerError):
        master().recycle()


def status(master: Master, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = master.status()
    return code, capsys.readouterr().out


def test_status_tells_each_workers_memory_and_is_amiss_over_the_limit(
    master: MakeMaster, commands: Commands, proc: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.status = status_xml(process(7), process(8, sessions=1))
    resident(proc, 7, 100)
    resident(proc, 8, 600)
    code, text = status(master(), capsys)
    assert code == 1
    assert "\nWorker 7: 100 MB, idle, 7 requests" in text
    assert "\nAMISS: Worker 8: 600 MB, busy" in text


def test_status_says_when_the_code_is_newer_than_the_workers(
    master: MakeMaster, commands: Commands, config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = config.environments[0] / "production/manifests/site.pp"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("node default {}\n")
    git = config.environments[0] / "production/.git"
    git.mkdir()
    for path, when in [
        (manifest, NOW),
        *((parent, NOW - timedelta(1)) for parent in list(manifest.parents)[:3]),
    ]:
        os.utime(path, (when.timestamp(),) * 2)
    os.utime(git, ((NOW + timedelta(days=1)).timestamp(),) * 2)
    os.utime(git.parent, ((NOW - timedelta(days=1)).timestamp(),) * 2)
    commands.status = status_xml(process(7, loaded=NOW - timedelta(seconds=1)))
    assert f"AMISS: {manifest} was changed at 2026-11-24 09:00:00Z" in status(master(), capsys)[1]
    commands.status = status_xml(process(7, loaded=NOW + timedelta(seconds=1)))
    assert "was changed" not in status(master(), capsys)[1]


def test_status_goes_on_when_one_thing_cannot_be_told(
    master: MakeMaster, commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.status = None
    code, text = status(master(NoAnswerError("connection refused")), capsys)
    assert code == 1
    assert [line[:6] for line in text.splitlines()] == ["AMISS:"] * 3


def test_the_command_says_which_setting_is_wrong_and_exits_with_1(
    tmp_path: Path, config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "master.yaml"
    for values, named in [
        ({**vars(config), "port": "8140"}, "port"),
        ({**vars(config), "memory_limit": True}, "memory_limit"),
        ({key: value for key, value in vars(config).items() if key != "state"}, "state"),
        ([], "mapping"),
    ]:
        file.write_text(yaml.safe_dump(values))
        assert main(["--config", str(file), "status"]) == 1
        assert named in capsys.readouterr().err


def test_the_configuration_is_read_as_puppet_writes_it(tmp_path: Path, config: Config) -> None:
    file = tmp_path / "master.yaml"
    file.write_text("".join(f"{key}: {value}\n" for key, value in vars(config).items()))
    assert load_config(file) == config
    with pytest.raises(ConfigError, match="nosuch"):
        load_config(tmp_path / "nosuch")


def test_the_command_runs_from_the_checkout(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(COMMAND), "--config", str(tmp_path / "nosuch"), "refresh"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "nosuch" in done.stderr
