"""A cluster of one size as an operator starts it, and what its hosts say of their time afterwards."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from bench.errors import BenchError
from bench.lab_up import keeps
from bench.timeline import processor
from bench.timeline.node import Node, node
from lab import access, wordcount
from lab.cluster import Cluster
from lab.run import run, wait_for
from lab.state import State

MASTER = "puppetmaster"
HADOOP = {"namenode": 1, "jobtracker": 1}
PACKAGES = ("puppet-agent", "apache2", "puppetdb", "openjdk-21-jre-headless", "hadoop", "cloud-init")
REMOVAL_DEADLINE = 180
PROBE = Path(__file__).with_name("probe.py")

Say = Callable[[str], None]


@dataclass
class Measured:
    """One cluster, from the command to the job's result. Times are seconds since 1970."""

    workers: int
    began: float
    returned: float  # `up` itself, or the floor's last launch
    complete: float  # as the demo waits for it
    done: float  # the job's result is there
    job: float  # seconds of upload and job alone
    nodes: list[Node]
    processor: dict[str, dict[str, float]]  # by node's name, when the job was done
    processor_complete: dict[str, dict[str, float]]  # and before it began
    registered: dict[str, float] = field(default_factory=dict)  # last daemon of a worker, by its name


def settings_file(state: State, workers: int) -> Path:
    """The lab's configuration with a cluster of this size."""
    settings = yaml.safe_load((state.run / "start_instance.yaml").read_text())
    settings["cluster"] = {MASTER: 1, **HADOOP, "worker": workers}
    path = state.run / f"bench-cluster-{workers}.yaml"
    path.write_text(yaml.safe_dump(settings))
    return path


def require_empty(cluster: Cluster, say: Say) -> None:
    """Raises BenchError where there are instances, unless they are an earlier part's leftovers."""
    if not any(each["state"] != "terminated" for each in access.instances(cluster.state)):
        return
    if not keeps():
        raise BenchError("there are instances in the lab; end them first: sudo lab/lab down")
    say("ending what an earlier part left")
    cluster.conduct("down", "--yes")
    await_removal(cluster.state)


@contextmanager
def ended(cluster: Cluster, config: Path, *, leave_master: bool = False) -> Iterator[None]:
    """Take the cluster away afterwards, whatever happened; its puppetmaster may stay, for the next part."""
    try:
        yield
    finally:
        nodes = {node["instance_id"]: node["role"] for node in cluster.nodes() if node["instance_id"]}
        others = [name for name, role in nodes.items() if role != MASTER]
        if leave_master and others and MASTER in nodes.values():
            cluster.conduct("-c", str(config), "terminate", *others)
            await_removal(cluster.state, others)
        else:
            cluster.conduct("-c", str(config), "down", "--yes")
            await_removal(cluster.state)


def await_removal(state: State, instances: Sequence[str] = ()) -> None:
    """Until the lab has taken their disks away, which would delay the next ones; all, if none are named.

    Raises LabError.
    """
    patterns = [f"{name}/upper" for name in instances or ["i-*"]]
    wait_for(
        lambda: not any(any(state.instances.glob(pattern)) for pattern in patterns),
        deadline=REMOVAL_DEADLINE,
        every=0.5,
        what=f"disks of ended instances stay in {state.instances}; see: sudo lab/lab logs",
    )


def measure(cluster: Cluster, config: Path, workers: int) -> Measured:
    """As `make demo`: `up`, the cluster assembles, the job. Raises LabError, BenchError."""
    began = time.time()
    cluster.conduct("-c", str(config), "up")
    returned = time.time()
    cluster.await_hadoop(workers)
    return finish(cluster, workers, began=began, returned=returned)


def finish(cluster: Cluster, workers: int, *, began: float, returned: float) -> Measured:
    """The job, then what the hosts say of the time before it."""
    complete = time.time()
    instances = alive(cluster.state)
    before = {each["name"]: processor.of(each["id"]) for each in instances}
    result = wordcount.run_on(cluster)
    done = time.time()
    after = {each["name"]: processor.of(each["id"]) for each in instances}
    probes = {each["name"]: probe(cluster.state, each["id"]) for each in instances}
    nodes = [node(role(each), each["name"], launched(each), probes[each["name"]]) for each in instances]
    return Measured(
        workers,
        began,
        returned,
        complete,
        done,
        result.seconds,
        nodes,
        processor=after,
        processor_complete=before,
        registered=registered(instances, probes),
    )


def alive(state: State) -> list[dict[str, Any]]:
    return [each for each in access.instances(state) if each["state"] != "terminated"]


def launched(instance: dict[str, Any]) -> float:
    """As the API has it, in whole seconds."""
    return datetime.fromisoformat(instance["launch_time"]).timestamp()


def role(instance: dict[str, Any]) -> str:
    """The conductor's tag, or the floor's."""
    return access.role_of(instance) or str(instance["tags"].get("Name", ""))


def probe(state: State, instance: str) -> dict[str, Any]:
    """What a host's logs say."""
    argv = access.shell(state, instance, ["python3 -"])
    found: dict[str, Any] = json.loads(run(argv, stdin=PROBE.read_text(), deadline=120).stdout)
    return found


def versions(state: State) -> dict[str, str]:
    """Of the packages that the time goes into, where this cluster has them."""
    form = "'${Package}=${Version}\\n'"
    ask = f"dpkg-query --show --showformat {form} {' '.join(PACKAGES)} 2>/dev/null || true"
    found: dict[str, str] = {}
    for host in (MASTER, "worker"):
        output = run(access.shell(state, host, [ask])).stdout
        found |= dict(line.split("=", 1) for line in output.splitlines() if not line.endswith("="))
    return found


def registered(instances: list[dict[str, Any]], probes: dict[str, dict[str, Any]]) -> dict[str, float]:
    """When both daemons of a worker were known to those that they report to."""
    hdfs = {name: at for found in probes.values() for name, at in found["datanodes"].items()}
    yarn = {name: at for found in probes.values() for name, at in found["nodemanagers"].items()}
    return {
        each["name"]: max(hdfs[each["address"]], yarn[each["name"]])
        for each in instances
        if each["address"] in hdfs and each["name"] in yarn
    }
