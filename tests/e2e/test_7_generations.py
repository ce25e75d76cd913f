"""Three generations in one cluster: Debian 12 (Puppet 7), 13 (Puppet 8) and 14 (OpenVox 9)."""

import json
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import yaml

from lab import access, lifecycle, wordcount
from lab.cluster import Cluster
from lab.errors import CommandFailed
from lab.network import MIRROR_NAME
from lab.releases import RELEASES
from lab.run import wait_for
from lab.state import State
from tests.e2e.conftest import KEEP
from tests.e2e.support import AGENT
from tests.e2e.trust import REFUSAL_DEADLINE

PUPPET = {"worker-12": "7.23", "namenode": "8.10", "worker-14": "9.0"}
JAVA = {"worker-12": "17.", "namenode": "21.", "worker-14": "21."}
AGENTS = list(PUPPET)
MASTERS = ["puppetmaster", "master-12"]  # one more, on Debian 14, comes last: nothing is stored through it
MASTER_DEADLINE = 300
AGENT_DEADLINE = 600

# Debian 14 lacks two modules that a master is set up with; Debian 13's are of no architecture.
MODULES = "puppet-module-puppetlabs-apache puppet-module-puppetlabs-postgresql"
SOURCE = f"""\
Types: deb
URIs: http://{MIRROR_NAME}/debian
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""
PIN = f"""\
Package: *
Pin: release n=trixie
Pin-Priority: -1

Package: {MODULES}
Pin: release n=trixie
Pin-Priority: 500
"""

EDIT = """
import boto3, sys, yaml
bucket, key, name = boto3.resource("s3").Bucket("hadoop-lab"), sys.argv[1], sys.argv[2]
record = yaml.safe_load(bucket.Object(key).get()["Body"].read())
if sys.argv[3] == "add":
    record["classes"][name] = {}
else:
    del record["classes"][name]
bucket.put_object(Key=key, Body=yaml.safe_dump(record).encode())
"""


def roles(state: State) -> dict[str, Any]:
    """What start_instance.yaml says of the roles of other releases."""
    images = access.images(state)
    worker = {"classes": ["puppet::agent", "login_allowed", "hadoop::worker"]}
    master = {"classes": ["puppet::agent", "login_allowed", "puppet::master"]}
    stores_nothing = {**master, "parameters": {"data": {"puppet::master::puppetdb_urls": []}}}
    modules = [
        {"path": "/etc/apt/sources.list.d/modules.sources", "content": SOURCE},
        {"path": "/etc/apt/preferences.d/modules", "content": PIN},
    ]
    return {
        "worker-12": {"ami_id": images["lab-debian-12"], "node": worker},
        "worker-14": {"ami_id": images["lab-debian-14"], "node": worker},
        "master-12": {
            "ami_id": images["lab-debian-12"],
            "node": master,
            "instance_profile": "master",
        },
        "master-14": {
            "ami_id": images["lab-debian-14"],
            "node": stores_nothing,
            "instance_profile": "master",
            "cloud_init": {"write_files": modules},
        },
    }


def configuration(state: State) -> str:
    """Path of the conductor's configuration with these roles."""
    text = (state.run / "start_instance.yaml").read_text()
    path = state.run / "generations.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(text), "roles": roles(state)}))
    return str(path)


@pytest.fixture(scope="module")
def mixed(state: State) -> Iterator[Cluster]:
    """A Hadoop cluster whose nodes and masters are of several releases, at rest."""
    cluster = Cluster(state, print)
    there = {node["role"] for node in cluster.nodes()} if lifecycle.is_running(state) else set()
    if not {*AGENTS, *MASTERS} <= there:
        lifecycle.down(state, print)
        lifecycle.up(state, print)
        lifecycle.up(state, print, RELEASES)  # images are added to a lab that is up
        own = ["-c", configuration(state)]
        cluster.launch(["puppetmaster"])
        cluster.launch(
            ["namenode"], ["jobtracker"], *([role, *own] for role in ("worker-12", "worker-14", "master-12"))
        )
        cluster.await_hadoop(2)
    settle(cluster, MASTERS)
    yield cluster
    if not KEEP:
        lifecycle.down(state, print)


@pytest.fixture(scope="module")
def three_masters(mixed: Cluster) -> Cluster:
    """The same with a master on Debian 14, which has no PuppetDB to talk to."""
    if "master-14" not in {node["role"] for node in mixed.nodes()}:
        mixed.conduct("master-14", "-c", configuration(mixed.state))
    # It reports to nobody, so the conductor cannot tell when it is done; its health listener can.
    wait_for(
        lambda: mixed.ask("master-14", 8142, "/health") is not None,
        deadline=MASTER_DEADLINE,
        every=2,
        what="the master on Debian 14 does not answer; see lab console master-14",
    )
    settle(mixed, [*MASTERS, "master-14"])
    return mixed


def settle(cluster: Cluster, masters: list[str]) -> None:
    """Wait until each master knows all, and let all agents of them know too."""
    names = {name_of(cluster, master) for master in masters}
    wait_for(
        lambda: all(names <= known_masters(cluster, master) for master in masters),
        deadline=MASTER_DEADLINE,
        every=2,
        what=f"not every one of {names} knows the others",
    )
    served = [*((node, MASTERS[0]) for node in AGENTS), *((master, master) for master in masters)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda pair: run_agent(cluster, *pair, expect=(0, 2)), served))


def known_masters(cluster: Cluster, master: str) -> set[str]:
    held = json.loads(cluster.shell(master, "cat /var/lib/puppet-servers/servers.json"))
    return {found["name"] for found in held["masters"]}


def name_of(cluster: Cluster, node: str) -> str:
    return str(access.find(cluster.state, node)["name"])


def run_agent(cluster: Cluster, node: str, master: str, *, expect: tuple[int, ...] = (0,)) -> str:
    """What an agent's run says that this master serves; raises CommandFailed on another exit code."""
    command = f"{AGENT} --server_list {name_of(cluster, master)}:8140"
    accepted = " -o ".join(f"$code -eq {code}" for code in expect)
    return cluster.shell(node, f'{command}; code=$?; [ {accepted} ] || exit "$code"', deadline=AGENT_DEADLINE)


def version(cluster: Cluster, node: str) -> str:
    return cluster.shell(node, "puppet --version").strip()


@contextmanager
def classified(cluster: Cluster, node: str, name: str) -> Iterator[None]:
    """A node whose record holds one more class for a while."""
    certname = cluster.shell(node, "puppet config print --section agent certname").strip()
    edit = access.inside(cluster.state, ["python3", "-c", EDIT, certname, name])
    environment = access.environment(cluster.state)
    subprocess.run([*edit, "add"], env=environment, check=True, timeout=60)
    try:
        yield
    finally:
        subprocess.run([*edit, "remove"], env=environment, check=True, timeout=60)


@pytest.mark.parametrize("node", AGENTS)
def test_each_release_brings_its_own_puppet_and_java(mixed: Cluster, node: str) -> None:
    assert version(mixed, node).startswith(PUPPET[node])
    assert f'version "{JAVA[node]}' in mixed.shell(node, "java -version 2>&1")


@pytest.mark.parametrize("master", MASTERS)
@pytest.mark.parametrize("node", AGENTS)
def test_each_master_serves_agents_of_each_generation_and_a_further_run_changes_nothing(
    mixed: Cluster, node: str, master: str
) -> None:
    assert "Applied catalog" in run_agent(mixed, node, master)


def test_hadoop_counts_words_on_nodes_of_debian_12_and_14(mixed: Cluster) -> None:
    assert mixed.live_datanodes() == 2
    assert mixed.active_nodemanagers() == 2
    assert wordcount.run_on(mixed).corpus_bytes >= wordcount.LEAST_BYTES


def test_a_host_of_the_infrastructure_that_is_newer_than_a_master_s_modules_is_refused_by_it(
    mixed: Cluster,
) -> None:
    with pytest.raises(CommandFailed, match=r"newer than this master's module apache 5\.5\.0"):
        run_agent(mixed, "puppetmaster", "master-12")
    run_agent(mixed, "puppetmaster", "puppetmaster")


def test_a_database_on_debian_14_is_refused_with_the_reason(mixed: Cluster) -> None:
    with (
        classified(mixed, "worker-14", "puppet::database"),
        pytest.raises(CommandFailed, match="puppet::database: Debian forky/sid has no package puppetdb"),
    ):
        run_agent(mixed, "worker-14", "puppetmaster")


def test_a_master_on_debian_14_serves_agents_of_each_generation_without_stored_configuration(
    three_masters: Cluster,
) -> None:
    assert version(three_masters, "master-14").startswith(PUPPET["worker-14"])
    for node in [*AGENTS, "master-14"]:
        assert "Applied catalog" in run_agent(three_masters, node, "master-14")


def test_every_master_refuses_a_terminated_node_within_a_minute(three_masters: Cluster) -> None:
    masters = [name_of(three_masters, master) for master in (*MASTERS, "master-14")]
    certname = three_masters.shell("worker-12", "puppet config print --section agent certname").strip()
    both = three_masters.shell(
        "worker-12", "cat $(puppet config print --section agent hostcert hostprivkey | sed 's/.*= //')"
    )
    three_masters.shell("puppetmaster", f"umask 077; cat > /root/terminated.pem <<'END'\n{both}\nEND")

    def answers(master: str) -> str:
        ask = (
            "curl --silent --show-error --cacert /var/lib/puppet/ssl/certs/ca.pem --cert /root/terminated.pem"
            f" https://{master}:8140/puppet/v3/node/{certname}?environment=production"
            " --header 'Accept: application/json' --output /dev/null --write-out '%{http_code}' 2>&1 || true"
        )
        return three_masters.shell("puppetmaster", ask)

    assert [answers(master) for master in masters] == ["200"] * 3
    three_masters.conduct("terminate", certname)
    wait_for(
        lambda: all("revoked" in answers(master) for master in masters),
        deadline=REFUSAL_DEADLINE,
        every=1,
        what=f"a master of {masters} still answers the terminated node",
    )
