"""Where the lab keeps things: one state directory, so that nothing else of the machine is touched."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.errors import Busy

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class State:
    """The paths under the state directory (`$LAB_STATE_DIR`, else /var/lib/ec2-lab)."""

    root: Path

    @classmethod
    def default(cls) -> "State":
        return cls(Path(os.environ.get("LAB_STATE_DIR", "/var/lib/ec2-lab")))

    @property
    def cache(self) -> Path:
        """What a second run is fast by: images, Hadoop packages, the mirror, the lab's own CA."""
        return self.root / "cache"

    @property
    def run(self) -> Path:
        """What lives as long as the lab is up: sockets, logs, generated configuration."""
        return self.root / "run"

    @property
    def log(self) -> Path:
        return self.run / "log"

    @property
    def last_log(self) -> Path:
        """The logs of the last run, once the lab is down."""
        return self.root / "last-log"

    @property
    def instances(self) -> Path:
        return self.root / "instances"

    @property
    def operator(self) -> Path:
        """The home of the conductor's keys and pins while it works on this lab."""
        return self.run / "operator"

    @property
    def api_socket(self) -> Path:
        return self.run / "api.sock"

    @property
    def control_socket(self) -> Path:
        return self.run / "control.sock"

    @property
    def mirror_socket(self) -> Path:
        return self.run / "mirror.sock"

    @property
    def settings_file(self) -> Path:
        """What `lab up` decided and the daemon needs (JSON)."""
        return self.run / "settings.json"

    @property
    def report_file(self) -> Path:
        """What the daemon last saw: services and instances (JSON)."""
        return self.run / "report.json"

    @property
    def leases(self) -> Path:
        return self.run / "dns" / "dhcp-hosts"

    def make(self) -> None:
        """Create the directories; the state directory itself is closed to other users."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o711)
        for folder in (self.cache, self.run, self.log, self.instances, self.leases):
            folder.mkdir(parents=True, exist_ok=True)
        self.operator.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the lab's lock: one command that changes the lab at a time."""
        self.root.mkdir(parents=True, exist_ok=True)
        path = self.root / "lock"
        with path.open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise Busy(f"another lab command is at work (pid {lock.read().strip() or '?'})") from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield


def read_json(path: Path) -> Any:
    """The file's content, or None where there is no such file."""
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return None


def write_atomically(path: Path, text: str, mode: int = 0o644) -> None:
    """Replace a file in one step, so that a reader sees the old or the new text and nothing between."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.touch(mode=mode)
    beside.chmod(mode)
    beside.write_text(text)
    beside.replace(path)
