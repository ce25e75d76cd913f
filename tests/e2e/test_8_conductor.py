"""A whole cluster by one command, which is killed ten times on its way, and taken away again by another.

`E2E_SEED=N` repeats the moments of a run; each run says its own.
"""

import json
import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab import access, lifecycle, wordcount
from lab.cluster import START_INSTANCE, Cluster
from lab.state import State
from tests.e2e.conftest import KEEP
from tests.e2e.support import AGENT, ec2

WANTED = {"puppetmaster": 1, "namenode": 1, "jobtracker": 1, "worker": 4}
KILLS = 10
# The first moments fall into the seconds in which the cloud is asked, the others into the waiting.
QUICK, SLOW = (0.5, 8.0), (2.0, 45.0)
UP_DEADLINE = 900


class Conductor:
    """start_instance.py inside the lab, with this module's configuration."""

    def __init__(self, state: State, config: Path) -> None:
        self.state = state
        self._config = config

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A process that can be killed: what enters the lab becomes the command itself."""
        argv = access.inside(self.state, [str(START_INSTANCE), "-c", str(self._config), *arguments])
        return subprocess.Popen(
            argv,
            env=access.environment(self.state),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, deadline: float = UP_DEADLINE, code: int = 0) -> str:
        """Output of a command that must end with this exit code."""
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=deadline)
        print(output)
        assert process.returncode == code, output
        return output

    def ask(self, *arguments: str) -> Any:
        """What a command prints as JSON."""
        argv = access.inside(
            self.state, [str(START_INSTANCE), "-c", str(self._config), *arguments, "-o", "json"]
        )
        return json.loads(
            subprocess.check_output(argv, env=access.environment(self.state), text=True, timeout=120)
        )

    def killed_after(self, seconds: float, *arguments: str) -> bool:
        """Run a command, and kill it then; whether it was still at work."""
        process = self.start(*arguments)
        try:
            process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return True
        return False


@pytest.fixture(scope="module")
def conductor(state: State, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conductor]:
    if not KEEP:
        lifecycle.down(state, print)
    lifecycle.up(state, print)
    settings = yaml.safe_load((state.run / "start_instance.yaml").read_text())
    settings["cluster"] = WANTED
    settings["data_volumes"] = [{"device": "/dev/sdb", "size_gb": 8}]
    # The lab has profiles of the usual names already; these are for `init` to make.
    settings["instance_profile_prefix"] = "own-"
    settings["notify"] = True
    config = tmp_path_factory.mktemp("conductor") / "start_instance.yaml"
    config.write_text(yaml.safe_dump(settings))
    yield Conductor(state, config)
    if not KEEP:
        lifecycle.down(state, print)


@pytest.fixture(scope="module")
def cluster(conductor: Conductor) -> Cluster:
    return Cluster(conductor.state, print)


def running(state: State) -> list[dict[str, Any]]:
    """Every instance that costs money, ours or not."""
    return [
        instance
        for reservation in ec2(state, "describe_instances")["Reservations"]
        for instance in reservation["Instances"]
        if instance["State"]["Name"] not in {"shutting-down", "terminated"}
    ]


def objects(state: State) -> list[str]:
    """Keys of all that is in the bucket."""
    program = (
        "import boto3, json; s3 = boto3.client('s3'); "
        "print(json.dumps([o['Key'] for b in s3.list_buckets()['Buckets'] "
        "for p in s3.get_paginator('list_objects_v2').paginate(Bucket=b['Name']) "
        "for o in p.get('Contents', [])]))"
    )
    argv = access.inside(state, ["python3", "-c", program])
    keys: list[str] = json.loads(
        subprocess.check_output(argv, env=access.environment(state), text=True, timeout=120)
    )
    return keys


def assert_list_tells_all(conductor: Conductor) -> None:
    """Whatever runs is in the list, whenever the conductor was killed."""
    there = {instance["InstanceId"] for instance in running(conductor.state)}
    told = {node["instance_id"] for node in conductor.ask("list")}
    assert there <= told


def test_init_says_what_it_would_do_does_it_and_then_has_nothing_to_do(conductor: Conductor) -> None:
    assert running(conductor.state) == []
    conductor.run("init", "--dry-run")
    conductor.run("init")
    assert all(step["state"] != "to do" for step in conductor.ask("init", "--dry-run"))


def test_up_killed_at_ten_random_moments_makes_exactly_the_cluster(
    conductor: Conductor, cluster: Cluster
) -> None:
    seed = int(os.environ.get("E2E_SEED") or time.time())
    print(f"E2E_SEED={seed}")
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    moments = [chance.uniform(*(QUICK if number < KILLS // 2 else SLOW)) for number in range(KILLS)]
    for number, moment in enumerate(moments, 1):
        killed = conductor.killed_after(moment, "up")
        roles = Counter(node["role"] for node in conductor.ask("list") if node["instance_id"])
        print(f"{number}: {'killed' if killed else 'done'} after {moment:.1f} s, there are {dict(roles)}")
        assert_list_tells_all(conductor)
        assert all(count <= WANTED[role] for role, count in roles.items())
    conductor.run("up")
    nodes = conductor.ask("list")
    assert Counter(node["role"] for node in nodes) == WANTED
    assert len(running(conductor.state)) == sum(WANTED.values())
    assert all(node["record"] and node["enrolled"] and node["instance_id"] for node in nodes)
    cluster.await_hadoop(WANTED["worker"])


def test_the_cluster_works(cluster: Cluster) -> None:
    wordcount.run_on(cluster)


def test_up_again_changes_nothing(conductor: Conductor) -> None:
    before = sorted(objects(conductor.state))
    instances = {instance["InstanceId"] for instance in running(conductor.state)}
    conductor.run("up")
    assert {instance["InstanceId"] for instance in running(conductor.state)} == instances
    assert sorted(objects(conductor.state)) == before


@pytest.mark.parametrize("role", WANTED)
def test_a_further_agent_run_changes_nothing(cluster: Cluster, role: str) -> None:
    assert cluster.shell(role, AGENT, deadline=300)


def test_status_finds_nothing_wrong(conductor: Conductor) -> None:
    conductor.run("status")


def test_login_knows_the_host_before_it_speaks_to_it(conductor: Conductor, cluster: Cluster) -> None:
    name = cluster.shell("namenode", "hostname --fqdn").strip()
    assert name in conductor.run("login", "namenode", "--", "hostname", "--fqdn")


def test_a_host_that_presents_another_key_is_refused(conductor: Conductor, cluster: Cluster) -> None:
    cluster.shell(
        "jobtracker",
        "rm /etc/ssh/ssh_host_*_key* && ssh-keygen -A && systemctl restart ssh",
    )
    process = conductor.start("login", "jobtracker", "--", "true")
    output, _ = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "HOST IDENTIFICATION HAS CHANGED" in output or "verification failed" in output


def test_only_what_is_missing_is_started(conductor: Conductor, cluster: Cluster) -> None:
    before = {node["certname"] for node in conductor.ask("list")}
    [gone, *_] = [node["certname"] for node in conductor.ask("list") if node["role"] == "worker"]
    conductor.run("terminate", gone)
    conductor.run("up")
    nodes = conductor.ask("list")
    assert Counter(node["role"] for node in nodes) == WANTED
    assert before - {node["certname"] for node in nodes} == {gone}
    cluster.await_hadoop(WANTED["worker"])


def test_down_killed_on_its_way_and_repeated_leaves_nothing(conductor: Conductor) -> None:
    conductor.killed_after(3, "down", "--yes")
    assert_list_tells_all(conductor)
    output = conductor.run("down", "--yes")
    assert running(conductor.state) == []
    assert ec2(conductor.state, "describe_volumes")["Volumes"] == []
    assert [key for key in objects(conductor.state) if not key.startswith(("code/", "packages/"))] == []
    assert "revoked" in output
    assert conductor.ask("list") == []
    conductor.run("down", "--yes")
