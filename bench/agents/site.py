"""The running cluster that is measured: its masters and its CA, whatever its layout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.agents.enrolment import Authority
from bench.errors import BenchError
from bench.lab_up import keeps
from conductor import clients, inventory, settings
from conductor.authority import CA_PORT
from conductor.context import Context, open_context
from conductor.record import CA_CERTIFICATE, CA_SERVER
from conductor.roles import CA_CLASS, MASTER_CLASS
from lab import access, lifecycle
from lab.cluster import Cluster
from lab.run import run
from lab.state import State

LAYOUT = (("ca-database",), ("master", "--count", "2"))  # what --start launches, one after another

PACKAGES = ("puppet-agent", "ruby", "apache2", "libapache2-mod-passenger", "puppetdb", "postgresql-common")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Host:
    """One instance of the cluster."""

    name: str  # private name
    instance: str
    certname: str
    classes: frozenset[str]


@dataclass(frozen=True)
class Site:
    """A cluster in the lab. `shell` runs a command on a host as root."""

    context: Context
    state: State
    hosts: tuple[Host, ...]
    authority: Authority

    @property
    def masters(self) -> list[Host]:
        return [host for host in self.hosts if MASTER_CLASS in host.classes]

    @property
    def ca(self) -> Host:
        return next(host for host in self.hosts if CA_CLASS in host.classes)

    def shell(self, host: Host, command: str, *, stdin: str | None = None, deadline: float = 120) -> str:
        """The output of a command; raises LabError, with the output, unless it ends with 0."""
        return run(access.shell(self.state, host.instance, [command]), stdin=stdin, deadline=deadline).stdout


def versions(site: Site, host: Host) -> dict[str, str]:
    """Of what serves agents there; packages that a release does not have are left out. Raises LabError."""
    ask = f"dpkg-query -W -f '${{Package}} ${{Version}}\\n' {' '.join(PACKAGES)} 2>/dev/null || true"
    pairs = (line.partition(" ") for line in site.shell(host, ask).splitlines())
    return {name: version for name, _, version in pairs if version}


def find(say: Say) -> Site:
    """The cluster as `start_instance.py list` has it; raises BenchError unless it has a CA and a master."""
    context = open_context(settings.load(settings.find(None)), clients.connect(), say)
    nodes = inventory.read(context)
    hosts = tuple(
        Host(node.instance.private_name, node.instance.id, node.certname, frozenset(node.record.classes))
        for node in nodes
        if node.instance and node.instance.state == "running" and node.record
    )
    for wanted in (CA_CLASS, MASTER_CLASS):
        if not any(wanted in host.classes for host in hosts):
            raise BenchError(f"no running instance has {wanted}; start the cluster first, or give --start")
    return Site(context, State.default(), hosts, _authority(context))


def _authority(context: Context) -> Authority:
    certificate, names = context.store.get(CA_CERTIFICATE), context.store.get(CA_SERVER)
    if certificate is None or names is None:
        raise BenchError(f"{context.store.url()} has no {CA_CERTIFICATE} or no {CA_SERVER}: is the CA up?")
    server: dict[str, Any] = json.loads(names)
    return Authority(server["ca_server"], int(server.get("ca_port", CA_PORT)), certificate.decode())


def start(say: Say) -> None:
    """The lab and, unless there are nodes already, a cluster with two masters."""
    state = State.default()
    lifecycle.up(state, say)
    cluster = Cluster(state, say)
    if not cluster.nodes():
        for launch in LAYOUT:
            cluster.launch(launch)


@contextmanager
def a_puppetmaster(say: Say) -> Iterator[None]:
    """A cluster to measure, in a lab that is up: the one that is there, or else a puppetmaster alone.

    What was launched here ends with it, and its records too; with BENCH_KEEP_LAB=1 it stays for the next
    part. Raises LabError.
    """
    cluster = Cluster(State.default(), say)
    ours = not cluster.nodes()
    try:
        if ours:
            say("launching a puppetmaster: some two minutes")
            cluster.launch(("puppetmaster",))
        yield
    finally:
        if ours and not keeps():
            say("ending the puppetmaster")
            cluster.conduct("down", "--yes")


def is_inside() -> bool:
    """Whether this process is in the network of a lab that is up."""
    state = State.default()
    if not lifecycle.is_running(state):
        return False
    anchor = access.report(state)["network"]
    return Path("/proc/self/ns/net").stat() == Path(f"/proc/{anchor}/ns/net").stat()


def _inside(module: str, arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    state = State.default()
    argv = access.inside(state, [sys.executable, "-m", module, *arguments])
    checkout = str(Path(__file__).resolve().parents[2])
    return argv, {**access.environment(state), "PYTHONPATH": checkout}


def run_inside(module: str, arguments: Sequence[str]) -> int:
    """Run a command inside the lab's network, where the nodes' names mean something; its exit code.

    An interrupt ends it, but not before it has ended what it began.
    """
    argv, environment = _inside(module, arguments)
    with subprocess.Popen(argv, env=environment) as process:
        interrupted = False
        while True:
            try:
                code = process.wait()
            except KeyboardInterrupt:  # a terminal, and bench/all, send it to both
                interrupted = True
            else:
                break
    if interrupted:
        raise KeyboardInterrupt
    return code


def go_inside(module: str, arguments: Sequence[str]) -> None:
    """Become the same command inside the lab's network; for one that has nothing to end afterwards."""
    if not is_inside():
        argv, environment = _inside(module, arguments)
        os.execvpe(argv[0], argv, environment)  # noqa: S606
