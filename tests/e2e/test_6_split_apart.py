"""CA, database and masters each on hosts of their own, and a node that has nothing but an agent."""

from collections.abc import Iterator

import pytest

from lab import access, lifecycle
from lab.cluster import Cluster
from lab.run import wait_for
from lab.state import State
from tests.e2e.conftest import KEEP
from tests.e2e.support import AGENT, check_hosts
from tests.e2e.trust import Newcomer, assert_terminated_is_refused, open_ports

ROLES = ["ca", "database", "master", "worker"]
PORTS = {"ca": {22, 8141, 8143}, "database": {22, 8081}, "master": {22, 8140, 8142}}
MANAGED_DEADLINE = 120  # seconds until hosts that were there before the master have found it


@pytest.fixture(scope="module")
def apart(state: State) -> Iterator[Cluster]:
    """Each host in its turn, as the README says, and a worker that waits for its Hadoop cluster."""
    cluster = Cluster(state, print)
    roles = {node["role"] for node in cluster.nodes()} if lifecycle.is_running(state) else set()
    if not {"ca", "database"} <= roles:
        lifecycle.down(state, print)
        lifecycle.up(state, print)
        for role in ROLES:
            cluster.launch([role])
    yield cluster
    if not KEEP:
        lifecycle.down(state, print)


def test_hosts_that_were_there_first_are_managed_by_the_master_without_being_told(apart: Cluster) -> None:
    wait_for(
        lambda: all(node["last_run"] for node in apart.nodes()),
        deadline=MANAGED_DEADLINE,
        every=2,
        what="a host has had no run of its agent",
    )
    assert [node["role"] for node in apart.nodes() if node["last_run"]["status"] == "failed"] == []


@pytest.mark.parametrize("role", ROLES)
def test_a_further_run_changes_nothing(apart: Cluster, role: str) -> None:
    apart.shell(role, AGENT, deadline=400)


@pytest.mark.parametrize("role", PORTS)
def test_each_host_listens_where_its_role_says(apart: Cluster, role: str) -> None:
    assert open_ports(apart, role) == PORTS[role]


def test_a_terminated_node_is_refused_within_a_minute(apart: Cluster) -> None:
    newcomer = Newcomer(apart, "11111111-2222-4333-8444-555555555555")
    newcomer.enrol()
    assert_terminated_is_refused(newcomer, [access.find(apart.state, "master")["name"]])


def test_the_hosts_that_serve_pass_the_checks_of_their_roles(apart: Cluster) -> None:
    check_hosts(apart.state, "test_common.py", "test_ca.py", "test_database.py", "test_master.py")
