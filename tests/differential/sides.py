"""The two sides that are compared, as a YAML file describes them, and how to run a command on a host.

    reference: {address: 10.0.0.10, name: ps.example.com, ca_port: 8140, shell: [ssh, root@10.0.0.10]}
    ours:      {address: 10.0.0.11, name: ca.example.com, ca_port: 8141, shell: [...]}
    clients:   [{label: Puppet 7, shell: [...]}]

``shell`` is an argv to which one word is added: a command line for sh, to be run as root on that host.
"""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

COMMAND_DEADLINE = 120.0


class HostCommandFailed(Exception):
    """A command on one of the hosts failed."""

    def __init__(self, host: str, command: str, done: subprocess.CompletedProcess[str]) -> None:
        super().__init__(
            f"{host}: exit {done.returncode} of: {command}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        )


@dataclass(frozen=True)
class Host:
    """A host on which the tests run commands as root."""

    label: str
    shell: tuple[str, ...]

    def attempt(
        self, command: str, *, stdin: str = "", deadline: float = COMMAND_DEADLINE
    ) -> subprocess.CompletedProcess[str]:
        """Run a command line, whatever its exit code; ``deadline`` in seconds."""
        return subprocess.run(
            [*self.shell, command], input=stdin, capture_output=True, text=True, check=False, timeout=deadline
        )

    def run(self, command: str, *, stdin: str = "", deadline: float = COMMAND_DEADLINE) -> str:
        """Return a command line's output; raise HostCommandFailed."""
        done = self.attempt(command, stdin=stdin, deadline=deadline)
        if done.returncode != 0:
            raise HostCommandFailed(self.label, command, done)
        return done.stdout

    def write(self, path: str, content: str, *, mode: str = "0644", owner: str = "root:root") -> None:
        """Write a file on the host, with its folder."""
        self.run(
            f'install -d "$(dirname {path})" && cat > {path} && chmod {mode} {path} && chown {owner} {path}',
            stdin=content,
        )


@dataclass(frozen=True)
class Server(Host):
    """A host with a CA and a master."""

    address: str
    name: str
    ca_port: int
    master_port: int = 8140


@dataclass(frozen=True)
class Site:
    """Both sides, and the hosts with clients."""

    reference: Server
    ours: Server
    clients: tuple[Host, ...] = field(default=())

    @property
    def sides(self) -> tuple[Server, Server]:
        """Both servers, the reference first."""
        return self.reference, self.ours


def load(path: Path) -> Site:
    """Read a site's description."""
    document = yaml.safe_load(path.read_text())

    def server(label: str) -> Server:
        entry: dict[str, Any] = dict(document[label])
        return Server(label=label, shell=tuple(entry.pop("shell")), **entry)

    clients = tuple(Host(entry["label"], tuple(entry["shell"])) for entry in document.get("clients", ()))
    return Site(server("reference"), server("ours"), clients)
