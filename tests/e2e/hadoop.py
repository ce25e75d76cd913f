"""What the tests of Hadoop share: a job that goes on while something happens, its nodes, its file system."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from lab.cluster import Cluster
from lab.run import wait_for
from tests.e2e.support import AGENT

TESTS = "/usr/lib/hadoop-mapreduce/hadoop-mapreduce-client-jobclient-tests.jar"
JOB_DEADLINE = 900
START_DEADLINE = 120
UNITS = {
    "namenode": ["hadoop-hdfs-namenode"],
    "jobtracker": [
        "hadoop-yarn-resourcemanager",
        "hadoop-mapreduce-historyserver",
        "hadoop-hdfs-secondarynamenode",
    ],
    "worker": ["hadoop-hdfs-datanode", "hadoop-yarn-nodemanager"],
}


def nodes(cluster: Cluster, role: str = "") -> list[dict[str, Any]]:
    """The nodes with an instance, of one role or of all."""
    return [node for node in cluster.nodes() if node["instance_id"] and role in ("", node["role"])]


def run_job(cluster: Cluster, arguments: str) -> str:
    """What `hadoop jar ARGUMENTS` printed on the jobtracker; raises CommandFailed with it."""
    return cluster.shell("jobtracker", f"hadoop jar {arguments} 2>&1", deadline=JOB_DEADLINE)


def nap(maps: int, seconds: float = 10) -> str:
    """A job of so many map tasks that sleep so long, and one reduce task: it needs little but time."""
    return f"{TESTS} sleep -m {maps} -mt {int(seconds * 1000)} -r 1 -rt 1000"


def running_containers(cluster: Cluster) -> int:
    """How many containers YARN counts, application masters included."""
    metrics = cluster.ask("jobtracker", 8088, "/ws/v1/cluster/metrics") or {}
    return int(metrics.get("clusterMetrics", {}).get("containersAllocated", 0))


@contextmanager
def job_running(cluster: Cluster, arguments: str) -> Iterator[None]:
    """A job whose tasks run when the block begins; after it the job has succeeded, else CommandFailed."""
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(run_job, cluster, arguments)
        wait_for(
            lambda: job.done() or running_containers(cluster) > 1,
            deadline=START_DEADLINE,
            every=0.5,
            what="no task of the job is started",
        )
        assert not job.done(), job.result()
        yield
        job.result()


def agent_log(cluster: Cluster, node: str) -> str:
    """What a node's agent has said since it was started."""
    return cluster.shell(node, "journalctl --no-pager -o cat -u puppet")


def fsck(cluster: Cluster) -> str:
    """Hadoop's own check of all files, which every block must pass."""
    report = cluster.shell("namenode", "runuser -u hdfs -- hdfs fsck / 2>&1 || true")
    assert "is HEALTHY" in report, report[-5000:]
    return report


def started(cluster: Cluster, node: str, unit: str) -> str:
    """When a unit's process was started, or nothing while it is not active."""
    output = cluster.shell(
        node, f"systemctl show --property ActiveState,ExecMainStartTimestampMonotonic {unit}"
    )
    active = "ActiveState=active" in output
    found = re.search(r"Monotonic=(\d+)", output)
    return found[1] if active and found else ""


def healthy(cluster: Cluster, node: str, *roles: str) -> bool:
    """Whether hadoop_health says that these roles of a node are as they should be."""
    output = cluster.shell(node, f"hadoop_health {' '.join(roles)}; echo exit=$?")
    return output.rstrip().endswith("exit=0")


def await_health(cluster: Cluster, node: str, *roles: str, deadline: float = 180) -> None:
    """Wait until hadoop_health is content with these roles of a node."""
    wait_for(
        lambda: healthy(cluster, node, *roles),
        deadline=deadline,
        every=2,
        what=f"{node}: not healthy: lab ssh {node} hadoop_health {' '.join(roles)}",
    )


def assert_at_rest(cluster: Cluster, wanted: Sequence[dict[str, Any]] = ()) -> None:
    """One more agent run changes nothing, on any node (or on those given)."""
    names = [node["instance_id"] for node in wanted or nodes(cluster)]
    with ThreadPoolExecutor(4) as pool:
        runs = pool.map(lambda name: cluster.shell(name, f"{AGENT}; echo exit=$?", deadline=600), names)
        changed = {name: run for name, run in zip(names, runs, strict=True) if "exit=0" not in run[-20:]}
    assert not changed, "\n".join(f"{name}:\n{output[-3000:]}" for name, output in changed.items())
