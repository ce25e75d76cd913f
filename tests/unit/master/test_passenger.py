from pathlib import Path

import pytest
from master.errors import PassengerError
from master.passenger import Passenger, run

from .conftest import APPROOT, NOW, Commands, process, resident, status_xml


def test_the_workers_are_those_of_this_application_that_take_requests(
    passenger: Passenger, commands: Commands, proc: Path
) -> None:
    resident(proc, 7, 123)
    commands.status = status_xml(
        process(7, sessions=1, loaded=NOW),
        process(8, enabled="DETACHED"),
        process(9, life="SHUTDOWN_TRIGGERED"),
    )
    (worker,) = passenger.workers()
    assert (worker.pid, worker.sessions, worker.processed, worker.resident, worker.loaded) == (
        7,
        1,
        7,
        123,
        NOW,
    )


def test_a_worker_that_has_just_ended_has_no_memory(passenger: Passenger, commands: Commands) -> None:
    commands.status = status_xml(process(7))
    assert [worker.resident for worker in passenger.workers()] == [0]


@pytest.mark.parametrize(
    "output",
    [
        b"",
        b"<info",
        status_xml("<process><enabled>ENABLED</enabled><life_status>ALIVE</life_status></process>"),
    ],
)
def test_what_is_not_understood_is_an_error_that_shows_it(
    passenger: Passenger, commands: Commands, output: bytes
) -> None:
    commands.status = output
    with pytest.raises(PassengerError, match="passenger-status --show=xml"):
        passenger.workers()


def test_restarting_names_the_application_and_minds_no_apache_that_is_not_running(
    passenger: Passenger, commands: Commands
) -> None:
    passenger.restart()
    (argv,) = commands.ran
    assert argv[:2] == ["passenger-config", "restart-app"]
    assert argv[-1] == APPROOT
    assert "--ignore-passenger-not-running" in argv


def test_commands_wait_while_apache_is_being_reloaded(passenger: Passenger, commands: Commands) -> None:
    commands.reloading = 3
    passenger.restart()
    commands.reloading = 3
    commands.status = status_xml(process(7))
    assert len(passenger.workers()) == len(commands.ran) == 1


def test_two_passengers_that_stay_are_an_error(
    passenger: Passenger, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("master.passenger.RELOADS_AT_MOST", 0)
    commands.reloading = 100
    with pytest.raises(PassengerError, match="multiple"):
        passenger.restart()


def test_a_command_that_fails_is_an_error_with_its_output() -> None:
    with pytest.raises(PassengerError, match=r"exit 3: one\ntwo"):
        run(["sh", "-c", "echo one; echo two >&2; exit 3"])


def test_a_command_that_is_not_there_is_an_error() -> None:
    with pytest.raises(PassengerError, match="nosuch"):
        run(["/nosuch"])
