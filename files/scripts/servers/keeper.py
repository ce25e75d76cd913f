"""What an infrastructure host keeps of ``cluster/servers``, and what its own agent gets of it."""

import contextlib
import json
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from enrolment.files import write_atomic
from enrolment.log import Log
from enrolment.store import UNCHANGED, Store

from servers import agent_conf
from servers.document import KEY, Server, Servers, parse
from servers.errors import DocumentError, KeepError, RestartError

CONNECT_TIMEOUT = 3.0  # seconds
RESTART_TIMEOUT = 90.0  # seconds; systemd kills a service that does not stop by then


@dataclass(frozen=True)
class Config:
    """``servers`` is the copy, ``state`` this command's own file; no ``puppet_conf``: agent left alone."""

    node_bucket: str
    servers: Path
    state: Path
    puppet_conf: Path | None
    service: str


@dataclass
class Keeper:
    """One run of the command. ``open_store``, ``restart`` and ``answers`` are passed in for tests."""

    config: Config
    log: Log
    open_store: Callable[[str], Store]
    restart: Callable[[str], None]
    answers: Callable[[Server], bool]

    def fetch(self) -> None:
        """Bring the copy up to what the bucket says; raise, with the old one kept, if that cannot be told."""
        kept = self.kept()
        state = self._read_state()
        same = kept is not None and state.get("url") == self.config.node_bucket
        etag = state.get("etag", "") if same else ""
        store = self.open_store(self.config.node_bucket)
        found = store.get_if_changed(KEY, etag) if etag else store.get(KEY)
        if found is UNCHANGED:
            return
        if found is None:
            self.log.debug(f"{store.url} has no {KEY}: no conductor has started a master or database")
            return
        servers = parse(f"{store.url}/{KEY}", found.body)
        if servers != kept:
            self._write(self.config.servers, servers.body())
            self.log.info(f"Masters: {_names(servers)}")
        self._write_state({**state, "url": self.config.node_bucket, "etag": found.etag})

    def kept(self) -> Servers | None:
        """What the copy says; None if there is none that can be used."""
        try:
            return parse(str(self.config.servers), self.config.servers.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise KeepError(f"{self.config.servers}: {error.strerror}") from error
        except DocumentError as error:
            self.log.error(f"{error}; ignored")
            return None

    def point_agent(self) -> None:
        """Where the agent names no master that there is, name those that there are, and start it anew.

        Masters are listed when they are launched: the agent is started when one answers, since after a run
        that found none it would rest for its whole interval.
        """
        servers, path = self.kept(), self.config.puppet_conf
        if servers is None or not servers.masters or path is None:
            return
        state = self._read_state()
        try:
            text = path.read_text(encoding="utf-8")
            current = {(master.name.lower(), master.port) for master in servers.masters}
            if current.isdisjoint(agent_conf.masters(text)):
                self._write_state({**state, "restart": "due"})
                value = ",".join(master.address for master in servers.masters)
                owner = path.stat()
                write_atomic(
                    path,
                    agent_conf.with_server_list(text, value).encode(),
                    mode=owner.st_mode & 0o7777,
                    owner=(owner.st_uid, owner.st_gid),
                )
                self.log.info(f"The agent asks {value}")
        except (OSError, UnicodeDecodeError) as error:
            raise KeepError(f"{path}: {error}") from error
        state = self._read_state()
        if "restart" in state and any(self.answers(master) for master in servers.masters):
            del state["restart"]
            self.restart(self.config.service)
            self._write_state(state)

    def _read_state(self) -> dict[str, str]:
        with contextlib.suppress(OSError, ValueError):
            state = json.loads(self.config.state.read_bytes())
            if isinstance(state, dict) and all(isinstance(value, str) for value in state.values()):
                return state
        return {}

    def _write_state(self, state: dict[str, str]) -> None:
        self._write(self.config.state, json.dumps(state).encode())

    def _write(self, path: Path, body: bytes) -> None:
        try:
            write_atomic(path, body, mode=0o644)
        except OSError as error:
            raise KeepError(f"{path}: {error.strerror}") from error


def is_listening(server: Server) -> bool:
    """Whether somebody takes connections there."""
    try:
        socket.create_connection((server.name, server.port), timeout=CONNECT_TIMEOUT).close()
    except OSError:
        return False
    return True


def restart_service(service: str) -> None:
    """Start the agent's service anew; raise RestartError."""
    command = ["/usr/bin/systemctl", "restart", service]
    try:
        subprocess.run(
            command,
            capture_output=True,
            check=True,
            timeout=RESTART_TIMEOUT,
            env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise RestartError(f"{' '.join(command)}: exit {error.returncode}: {said}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RestartError(f"{' '.join(command)}: {error}") from error


def _names(servers: Servers) -> str:
    return ", ".join(master.address for master in servers.masters) or "none"
