"""The workers of one application, by Passenger's own commands (root only)."""

import re
import subprocess
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from master.errors import PassengerError

Run = Callable[[Sequence[str]], bytes]

TIMEOUT = 60.0  # seconds
# While Apache reloads, the old Passenger and the new are both there, and the commands cannot choose, or they
# talk to the one that is about to end.
RELOADING = re.compile(r"multiple Phusion Passenger|Errno::E(CONN|PIPE|NOENT)|EOFError")
RELOADS_AT_MOST = 30.0  # seconds
PROC = Path("/proc")
ENVIRONMENT = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "HOME": "/root",
    # As puppet::apache::passenger sets it. Elsewhere is at most an Apache that is not configured yet, whose
    # Passenger the commands find in its PrivateTmp and cannot talk to.
    "PASSENGER_INSTANCE_REGISTRY_DIR": "/run/passenger-instreg",
}


@dataclass(frozen=True)
class Worker:
    """One process. ``loaded`` is when its code began to be loaded; ``resident`` is in MB."""

    pid: int
    sessions: int
    processed: int
    loaded: datetime
    resident: int


def run(argv: Sequence[str]) -> bytes:
    """Run a command to its end and return its output; raise PassengerError if it fails."""
    try:
        done = subprocess.run(
            argv,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT,
            check=False,
            env=ENVIRONMENT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PassengerError(f"{' '.join(argv)}: {error}") from error
    if done.returncode != 0:
        output = (done.stdout + done.stderr).decode(errors="replace").strip()
        raise PassengerError(f"{' '.join(argv)}: exit {done.returncode}: {output}")
    return done.stdout


@dataclass(frozen=True)
class Passenger:
    """The application in ``approot``. The rest is passed in for tests; ``pause`` is in seconds."""

    approot: str
    run: Run = run
    proc: Path = PROC
    pause: float = 0.5

    def restart(self) -> None:
        """Load the application anew; requests that come meanwhile wait, those under way are finished.

        Once this returns, no request is begun by a worker from before. Touching tmp/restart.txt would do
        the same, but Passenger looks at that only every ten seconds.
        """
        self._settled(
            [
                "passenger-config",
                "restart-app",
                "--ignore-app-not-running",
                "--ignore-passenger-not-running",
                self.approot,
            ]
        )

    def detach(self, worker: Worker) -> None:
        """Let a worker finish what it does and end; Passenger starts another in its place."""
        self.run(["passenger-config", "detach-process", str(worker.pid)])

    def workers(self) -> list[Worker]:
        """Return the workers that take requests; none if the application has not been started."""
        output = self._settled(["passenger-status", "--show=xml"])
        try:
            root = ET.fromstring(output)  # noqa: S314 # what Passenger, run by root, says of itself
            groups = [group for group in root.iter("group") if group.findtext("app_root") == self.approot]
            return [
                self._worker(process)
                for group in groups
                for process in group.iter("process")
                if _takes(process)
            ]
        except (ET.ParseError, ValueError) as error:
            raise PassengerError(f"passenger-status --show=xml: {error}: {output[:200]!r}") from error

    def _settled(self, argv: Sequence[str]) -> bytes:
        """Run a command; again while Apache is being reloaded."""
        deadline = time.monotonic() + RELOADS_AT_MOST
        while True:
            try:
                return self.run(argv)
            except PassengerError as error:
                if not RELOADING.search(str(error)) or time.monotonic() >= deadline:
                    raise
            time.sleep(self.pause)

    def _worker(self, process: ET.Element) -> Worker:
        pid = _number(process, "pid")
        return Worker(
            pid=pid,
            sessions=_number(process, "sessions"),
            processed=_number(process, "processed"),
            loaded=datetime.fromtimestamp(_number(process, "spawner_creation_time") / 1_000_000, UTC),
            resident=self._resident(pid),
        )

    def _resident(self, pid: int) -> int:
        """Resident memory in MB; 0 for a process that has ended since."""
        try:
            status = (self.proc / str(pid) / "status").read_text(encoding="utf-8")
        except OSError:
            return 0
        line = next((line for line in status.splitlines() if line.startswith("VmRSS:")), "VmRSS: 0 kB")
        return int(line.split()[1]) // 1024


def _takes(process: ET.Element) -> bool:
    return process.findtext("enabled") == "ENABLED" and process.findtext("life_status") == "ALIVE"


def _number(process: ET.Element, name: str) -> int:
    return int(process.findtext(name) or "")
