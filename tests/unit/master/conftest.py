"""A master's configuration, and a Passenger that says what it is told to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from master.config import Config
from master.errors import PassengerError
from master.passenger import Passenger

NOW = datetime(2026, 11, 24, 9, 0, 0, tzinfo=UTC)
APPROOT = "/usr/share/puppet-master"

# As `passenger-status --show=xml` of 6.0.26 has it, less what nobody reads.
PROCESS = (
    "<process><pid>{pid}</pid><sessions>{sessions}</sessions><processed>7</processed>"
    "<spawner_creation_time>{loaded}</spawner_creation_time><life_status>{life}</life_status>"
    "<enabled>{enabled}</enabled></process>"
)
GROUP = "<group default='true'><app_root>{approot}</app_root><processes>{processes}</processes></group>"


def process(
    pid: int,
    *,
    sessions: int = 0,
    loaded: datetime = NOW - timedelta(hours=1),
    life: str = "ALIVE",
    enabled: str = "ENABLED",
) -> str:
    microseconds = int(loaded.timestamp() * 1_000_000)
    return PROCESS.format(pid=pid, sessions=sessions, loaded=microseconds, life=life, enabled=enabled)


def status_xml(*processes: str, approot: str = APPROOT) -> bytes:
    groups = GROUP.format(approot=approot, processes="".join(processes))
    other = GROUP.format(approot="/usr/share/puppet-ca", processes=process(99))
    text = f'<?xml version="1.0" encoding="iso-8859-1" ?><info version="3">{groups}{other}</info>'
    return text.encode("iso-8859-1")


@dataclass
class Commands:
    """Passenger's commands. ``status`` None: it does not run; ``reloading``: how often there are two."""

    status: bytes | None = None
    reloading: int = 0
    ran: list[list[str]] = field(default_factory=list)

    def __call__(self, argv: Sequence[str]) -> bytes:
        if self.reloading:
            self.reloading -= 1
            raise PassengerError(
                "exit 1: It appears that multiple Phusion Passenger(R) instances are running."
            )
        if argv[0] == "passenger-status":
            if self.status is None:
                raise PassengerError("passenger-status: Phusion Passenger doesn't seem to be running")
            return self.status
        self.ran.append(list(argv))
        return b""


@pytest.fixture
def commands() -> Commands:
    return Commands()


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    (tmp_path / "proc").mkdir()
    return tmp_path / "proc"


@pytest.fixture
def passenger(commands: Commands, proc: Path) -> Passenger:
    return Passenger(APPROOT, commands, proc, pause=0)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    for name in ("crl", "state", "environments"):
        (tmp_path / name).mkdir()
    return Config(
        approot=APPROOT,
        certname="master.example.com",
        cert=str(tmp_path / "cert.pem"),
        key=str(tmp_path / "key.pem"),
        ca_cert=str(tmp_path / "ca.pem"),
        port=8140,
        memory_limit=500,
        environmentpath=str(tmp_path / "environments"),
        crl=str(tmp_path / "crl.yaml"),
        crl_state=str(tmp_path / "crl"),
        state=str(tmp_path / "state/state.json"),
    )


def resident(proc: Path, pid: int, megabytes: int) -> None:
    (proc / str(pid)).mkdir(exist_ok=True)
    (proc / str(pid) / "status").write_text(f"Name:\truby\nVmRSS:\t{megabytes * 1024} kB\nThreads:\t3\n")
