"""docs/examples/cloud-config.yaml, as somebody gives it to the cloud by hand: no conductor, no secret."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from lab import access
from lab.cluster import Cluster
from lab.run import wait_for
from tests.docs.examples import cloud_config
from tests.e2e.support import AGENT, await_boot, ec2, launch, shell
from tests.e2e.trust import PUT_RECORD

REQUEST_DEADLINE = 60
FIRST_RUN_DEADLINE = 120
# What a person writes for it, as docs/operations.md has it; without a secret nobody enrols by it.
RECORD = "classes: {puppet::agent: {}}"
LAST_RUN = 'cat "$(puppet config print --section agent lastrunfile)"'


@dataclass(frozen=True)
class ByHand:
    """An instance that was launched with the example."""

    instance: str
    certname: str


@pytest.fixture(scope="module")
def by_hand(cluster: Cluster) -> Iterator[ByHand]:
    state = cluster.state
    server = str(access.find(state, "puppetmaster")["name"])
    authority = shell(state, "puppetmaster", "cat /var/lib/puppet-ca/ca_crt.pem")
    found = launch(state, user_data=cloud_config(server=server, authority=authority))
    name = str(found["InstanceId"])
    await_boot(state, name)
    certname = f"{name}.{access.find(state, name)['name']}"
    yield ByHand(name, certname)
    if any(node["certname"] == certname for node in cluster.nodes()):
        cluster.conduct("terminate", certname)
    ec2(state, "terminate_instances", InstanceIds=[name])


def waiting(cluster: Cluster) -> str:
    return cluster.shell("puppetmaster", "puppet_ca list")


def test_cloud_init_finds_nothing_wrong_with_it(cluster: Cluster, by_hand: ByHand) -> None:
    shell(cluster.state, by_hand.instance, "cloud-init schema --system")


def test_its_request_waits_under_the_instances_id_and_name_with_the_nodes_own_fingerprint(
    cluster: Cluster, by_hand: ByHand
) -> None:
    wait_for(
        lambda: by_hand.certname in waiting(cluster),
        deadline=REQUEST_DEADLINE,
        every=2,
        what=f"no request of {by_hand.certname} waits",
    )
    cluster.shell("puppetmaster", "check_csr s3://hadoop-lab")
    [line] = [line for line in waiting(cluster).splitlines() if by_hand.certname in line]
    shown = shell(cluster.state, by_hand.instance, "puppet agent --fingerprint")
    assert shown.split()[-1].replace(":", "").lower() in line.replace(":", "").lower()


def test_signed_by_hand_it_gets_what_its_record_says(cluster: Cluster, by_hand: ByHand) -> None:
    state = cluster.state
    put = access.inside(state, ["python3", "-c", PUT_RECORD, by_hand.certname, RECORD])
    subprocess.run(put, env=access.environment(state), check=True, timeout=60)
    cluster.shell("puppetmaster", f"puppet_ca sign {by_hand.certname}")
    wait_for(
        lambda: "time:" in shell(state, by_hand.instance, f"{LAST_RUN} 2> /dev/null || true"),
        deadline=FIRST_RUN_DEADLINE,
        every=3,
        what=f"{by_hand.certname} does not run",
    )
    # It may have found the master's answer from before the record was there.
    shell(state, by_hand.instance, f"{AGENT}; test $? -eq 0 -o $? -eq 2", deadline=180)
    shell(state, by_hand.instance, AGENT, deadline=180)
    classes = shell(state, by_hand.instance, 'cat "$(puppet config print --section agent classfile)"')
    assert "puppet::agent" in classes.split()
