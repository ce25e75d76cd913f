"""The lab itself: one process that holds the network, the services and the instances, until it is ended.

It lives in a mount namespace and a control group of its own, so whatever ends it, killing the group
takes every process, mount and network device with it.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab import cgroups, names, web
from lab.cloud.control import ask
from lab.errors import LabError
from lab.names import Leases
from lab.network import METADATA, RESOLVER, Network
from lab.reconciler import Reconciler
from lab.run import run, wait_for
from lab.state import State, read_json, write_atomically

log = logging.getLogger("daemon")

SERVICE_DEADLINE = 60
PERIOD = 0.5  # seconds between two looks at the API


@dataclass
class Services:
    """The servers that make up the cloud, by name."""

    state: State
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, argv: list[str]) -> subprocess.Popen[bytes]:
        log.info("start %s: %s", name, " ".join(argv))
        with (self.state.log / f"{name}.log").open("ab") as sink:
            self.running[name] = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT
            )
        return self.running[name]

    def wait(self, name: str, probe: list[str]) -> None:
        """Wait until `probe` succeeds; raise LabError when the service ends or stays silent."""

        def answers() -> bool:
            code = self.running[name].poll()
            if code is not None:
                raise LabError(f"{name} ended with exit code {code}; see {self.state.log / name}.log")
            return subprocess.run(probe, capture_output=True, check=False).returncode == 0

        wait_for(answers, deadline=SERVICE_DEADLINE, what=f"{name} does not answer; see {self.state.log}")

    def states(self) -> dict[str, str]:
        return {
            name: "running" if process.poll() is None else f"ended with exit code {process.returncode}"
            for name, process in self.running.items()
        }


def _own_mounts() -> None:
    """Mount cgroup2 at the usual place, where nspawn looks, in our own mount namespace only."""
    run(["mount", "--make-rprivate", "/"])
    if cgroups.unified_mount() != Path("/sys/fs/cgroup"):
        run(["umount", "--recursive", "/sys/fs/cgroup"])
        run(["mount", "-t", "cgroup2", "cgroup2", "/sys/fs/cgroup"])


def _tcp_probe(network: Network, address: object, port: int) -> list[str]:
    return network.inside(["bash", "-c", f"exec 3<>/dev/tcp/{address}/{port}"])


def _start_services(state: State, settings: dict[str, Any], network: Network) -> tuple[Services, Leases]:
    services = Services(state)
    front = web.write_front(
        state,
        certificate=Path(settings["certificate"]),
        key=Path(settings["key"]),
        packages=Path(settings["packages"]),
    )
    mirror = web.write_mirror(state, settings["archives"])
    python = sys.executable
    services.start("api", [python, "-m", "lab.cloud.server"])
    services.start("mirror", ["nginx", "-c", str(mirror)])
    resolver = services.start("names", network.inside(names.command(state)))
    services.start("metadata", network.inside([python, "-m", "lab.metadata"]))
    services.start("front", network.inside(["nginx", "-c", str(front)]))
    services.wait("api", ["test", "-S", str(state.api_socket)])
    services.wait("mirror", ["test", "-S", str(state.mirror_socket)])
    services.wait("names", _tcp_probe(network, RESOLVER, 53))
    services.wait("metadata", _tcp_probe(network, METADATA, 80))
    services.wait("front", _tcp_probe(network, RESOLVER, 443))
    return services, Leases(state, resolver)


def _image_root(state: State, ami_id: str) -> Path | None:
    """Read anew at each boot: `lab up` adds images to a lab that is up."""
    image = read_json(state.settings_file)["images"].get(ami_id)
    return Path(image["root"]) if image else None


def main() -> None:
    """Run until SIGTERM or SIGINT; `lab up` starts it, `lab down` ends it."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    state = State.default()
    settings = read_json(state.settings_file)
    ended = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: ended.set())
    _own_mounts()
    network, _holder = Network.create()
    services, leases = _start_services(state, settings, network)
    reconciler = Reconciler(
        instances=state.instances,
        image_root=lambda ami_id: _image_root(state, ami_id),
        network=network,
        leases=leases,
        report_stop=lambda instance_id: ask(state.control_socket, f"/instances/{instance_id}/stop", "POST"),
    )
    while not ended.is_set():
        try:
            instances = ask(state.control_socket, "/instances")
            reconciler.step(instances)
            _report(state, network, services, reconciler, instances)
        except LabError as failed:
            log.error("%s", failed)
        ended.wait(PERIOD)
    log.info("ended by a signal")


def _report(
    state: State,
    network: Network,
    services: Services,
    reconciler: Reconciler,
    instances: list[dict[str, Any]],
) -> None:
    containers = {}
    for instance_id in (instance["id"] for instance in instances):
        container = reconciler.containers.get(instance_id)
        containers[instance_id] = {
            "leader": container.leader if container else None,
            "failure": reconciler.failures.get(instance_id),
        }
    report = {
        "pid": os.getpid(),
        "network": network.anchor,
        "services": services.states(),
        "containers": containers,
    }
    write_atomically(state.report_file, json.dumps(report))


if __name__ == "__main__":
    main()
