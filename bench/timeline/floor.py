"""The floor: the same packages, files and daemons by a shell script, with neither conductor nor Puppet."""

from __future__ import annotations

import base64
import gzip
import io
import re
import shlex
import subprocess
import tarfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError
from bench.timeline.cluster import HADOOP, Measured, alive, await_removal, finish, role
from bench.timeline.node import DAEMON, Node
from lab import access
from lab.cluster import Cluster
from lab.releases import DEFAULT
from lab.run import run, wait_for
from lab.state import State
from tests.e2e.support import Refused, ec2

SCRIPT = Path(__file__).with_name("floor.sh")
# What Puppet has written that Hadoop needs; the rest of its work is its own.
FILES = (
    "etc/hadoop/conf.puppet",
    "usr/local/sbin/hadoop_*",
    "etc/systemd/system/hadoop-*.service.d",
    "etc/apt/keyrings/hadoop.asc",
    "etc/apt/sources.list.d/hadoop.sources",
)
PACK = f"cd / && shopt -s nullglob && tar --create --gzip {' '.join(FILES)} | base64 --wrap=0"
LIVE_DEADLINE = 600


@dataclass(frozen=True)
class Recipe:
    """What a role's node is made of, taken from one that Puppet has built."""

    packages: tuple[str, ...]
    payload: str  # base64 of a tar.gz

    @property
    def daemons(self) -> tuple[str, ...]:
        return tuple(name for name in self.packages if re.match(rf"{DAEMON}(hdfs|yarn|mapreduce)-", name))


def recipes(state: State, nodes: Sequence[Node]) -> dict[str, Recipe]:
    """One for each role of Hadoop's; raises BenchError where a node has no packages to tell."""
    names = {each.role: each.name for each in nodes}
    found = {}
    for wanted in (*HADOOP, "worker"):
        node = next(each for each in nodes if each.role == wanted)
        if not node.packages:
            raise BenchError(f"{node.name} ({wanted}): Puppet's log names no package that it has installed")
        output = run(access.shell(state, node.name, [PACK])).stdout
        # Its own name last: a namenode's file that names the namenode means the node itself.
        replaced = {names["namenode"]: "@NAMENODE@", names["jobtracker"]: "@JOBTRACKER@", node.name: "@SELF@"}
        found[wanted] = Recipe(tuple(node.packages), generalized(output, replaced))
    return found


def generalized(payload: str, names: Mapping[str, str]) -> str:
    """The same files with place holders for the names of the hosts that they came from."""
    packed = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(base64.b64decode(payload))) as source,
        tarfile.open(fileobj=packed, mode="w") as target,
    ):
        for member in source:
            file = source.extractfile(member) if member.isfile() else None
            content = file.read() if file else b""
            for name, holder in names.items():
                content = content.replace(name.encode(), holder.encode())
            member.size = len(content)
            target.addfile(member, io.BytesIO(content))
    return base64.b64encode(gzip.compress(packed.getvalue(), mtime=0)).decode()


def script(wanted: str, recipe: Recipe, namenode: str, jobtracker: str) -> str:
    """A node's user data."""
    settings = {
        "role": wanted,
        "namenode": namenode,
        "jobtracker": jobtracker,
        "packages": " ".join(recipe.packages),
        "daemons": " ".join(recipe.daemons),
        "payload": recipe.payload,
    }
    head, _, body = SCRIPT.read_text().partition("\n")
    lines = [f"{name}={shlex.quote(value)}" for name, value in settings.items()]
    return "\n".join([head, *lines, body])


@contextmanager
def terminated(state: State) -> Iterator[None]:
    """End every instance afterwards, whatever happened."""
    try:
        yield
    finally:
        ids = [each["id"] for each in alive(state)]
        if ids:
            ec2(state, "terminate_instances", InstanceIds=ids)
        await_removal(state)


def measure(cluster: Cluster, made: Mapping[str, Recipe], workers: int) -> Measured:
    """Launch, wait for all workers, the job. Raises LabError, BenchError."""
    began = time.time()
    try:
        _launch_all(cluster.state, made, workers)
    except (Refused, subprocess.SubprocessError) as failed:
        raise BenchError(f"the floor's instances cannot be launched: {failed}") from failed
    returned = time.time()
    wait_for(
        lambda: _live(cluster, workers),
        deadline=LIVE_DEADLINE,
        every=2,
        what="the floor's cluster does not come up; see /var/log/cloud-init-output.log of its instances",
    )
    return finish(cluster, workers, began=began, returned=returned)


def _launch_all(state: State, made: Mapping[str, Recipe], workers: int) -> None:
    """The namenode first: the others' scripts have its name; workers have the jobtracker's too."""
    names: dict[str, str] = {}
    for wanted, count in {**HADOOP, "worker": workers}.items():
        text = script(wanted, made[wanted], names.get("namenode", ""), names.get("jobtracker", ""))
        tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": wanted}]}]
        size = {"InstanceType": "t3.medium", "MinCount": count, "MaxCount": count}
        image = access.images(state)[DEFAULT.image_name]
        found = ec2(state, "run_instances", ImageId=image, UserData=text, TagSpecifications=tags, **size)
        names[wanted] = found["Instances"][0]["PrivateDnsName"]


def _live(cluster: Cluster, workers: int) -> bool:
    _refuse_failed(cluster.state)
    return cluster.live_datanodes() >= workers and cluster.active_nodemanagers() >= workers


def _refuse_failed(state: State) -> None:
    for each in alive(state):
        if not each["leader"]:
            continue
        failed = run(access.shell(state, each["id"], ["grep ^failed /var/log/floor-marks"]), expect=(0, 1, 2))
        if failed.returncode == 0:
            tail = run(access.shell(state, each["id"], ["tail -n 15 /var/log/cloud-init-output.log"])).stdout
            raise BenchError(f"the script of the floor's {role(each)} failed:\n{tail}")
