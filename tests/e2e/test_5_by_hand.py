"""The puppetmaster as an administrator types it, on a plain Debian that nobody prepared."""

import subprocess

import pytest

from lab import access
from lab.cluster import Cluster
from lab.state import CHECKOUT
from tests.e2e.support import await_boot, ec2, launch, shell

ENVIRONMENT = "/etc/puppet/code/environments/production"
MODULES = "puppet-module-puppetlabs-{stdlib,apache,apt,concat,inifile,postgresql}"
APPLY = (
    f"puppet apply --environment production --detailed-exitcodes {ENVIRONMENT}/manifests/puppetmaster.pp 2>&1"
)
APPLY_DEADLINE = 600


@pytest.fixture(scope="module")
def applied(cluster: Cluster) -> str:
    """An instance on which the README's commands were typed once; gives its id."""
    state = cluster.state
    name = str(launch(state)["InstanceId"])
    await_boot(state, name)
    shell(state, name, f"apt-get update && apt-get install -y puppet-agent {MODULES}", deadline=300)
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=CHECKOUT, capture_output=True, check=True).stdout
    unpack = f"mkdir -p {ENVIRONMENT} && tar -x -C {ENVIRONMENT}"
    subprocess.run(access.shell(state, name, [unpack]), input=archive, check=True, timeout=60)
    shell(state, name, f"{APPLY}; test $? = 2", deadline=APPLY_DEADLINE)
    return name


def test_the_host_gets_its_own_catalog_from_itself_and_nothing_changes(
    cluster: Cluster, applied: str
) -> None:
    agent = "puppet agent --test --waitforlock 5 --detailed-exitcodes 2>&1"
    shell(cluster.state, applied, f"{agent}; test $? -eq 0 -o $? -eq 2", deadline=APPLY_DEADLINE)
    shell(cluster.state, applied, agent, deadline=APPLY_DEADLINE)


# After the agent's own first run, which the first apply starts: it restarts Apache, and an apply that looks
# at that moment finds it stopped.
def test_a_second_apply_changes_nothing(cluster: Cluster, applied: str) -> None:
    shell(cluster.state, applied, APPLY, deadline=APPLY_DEADLINE)


def test_the_operator_signs_by_hand_what_has_no_record(cluster: Cluster, applied: str) -> None:
    found = access.find(cluster.state, applied)
    submit = (
        f"puppet ssl submit_request --certname by-hand --ssldir /var/tmp/by-hand --ca_server {found['name']}"
    )
    shell(cluster.state, applied, submit)
    shell(cluster.state, applied, "puppet_ca sign by-hand")
    shell(cluster.state, applied, submit.replace("submit_request", "download_cert"))
    shell(cluster.state, applied, "puppet_ca clean by-hand")
    ec2(cluster.state, "terminate_instances", InstanceIds=[applied])
