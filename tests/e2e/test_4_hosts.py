"""The checks of built hosts, over ssh, on the lab's cluster."""

from lab.cluster import Cluster
from tests.e2e.support import check_hosts


def test_every_host_passes_the_checks_of_its_role(cluster: Cluster) -> None:
    check_hosts(cluster.state)
