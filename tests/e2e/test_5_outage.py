"""The store is silent for five minutes, just when four nodes want to join."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from lab.cluster import Cluster
from lab.run import wait_for
from tests.e2e.hadoop import nodes
from tests.e2e.support import AGENT
from tests.e2e.trust import explain, log_of

OUTAGE = 300  # seconds
COUNT = 4
# For the CA's and the ENC's host the store's packets are lost from here on.
SILENCE = (
    "nft 'table inet silence { chain output { type filter hook output priority 0; tcp dport 443 drop; }; }'"
)


@contextmanager
def silent_store(cluster: Cluster) -> Iterator[None]:
    cluster.shell("puppetmaster", SILENCE)
    try:
        yield
    finally:
        cluster.shell("puppetmaster", "nft delete table inet silence")


def now(cluster: Cluster) -> int:
    return int(cluster.shell("puppetmaster", "date +%s"))


def test_nodes_that_are_launched_while_the_store_is_silent_enrol_when_it_is_back(cluster: Cluster) -> None:
    before = {node["certname"] for node in nodes(cluster)}
    with ThreadPoolExecutor(1) as pool:
        with silent_store(cluster):
            began = now(cluster)
            launch = pool.submit(cluster.launch, ["worker", "--count", str(COUNT)])
            wait_for(
                lambda: len(cluster.shell("puppetmaster", "puppet_ca list").split()) >= COUNT,
                deadline=180,
                every=2,
                what="not every request has come to the CA",
            )
            names = {node["certname"] for node in nodes(cluster)} - before
            wait_for(
                lambda: now(cluster) - began >= OUTAGE,
                deadline=OUTAGE + 60,
                every=5,
                what="time stands still",
            )
            for name in names:  # asked of the CA's host itself, since its status goes through the store
                assert "nothing is decided until the store answers" in explain(cluster, name)
                assert "Signing request" not in log_of(cluster, name)
            # Nodes that are known get their catalogs from what the ENC remembers.
            cluster.shell("namenode", AGENT, deadline=600)
        launch.result()
    assert len(names) == COUNT
    signed = cluster.shell("puppetmaster", "puppet_ca list --all")
    assert all(name in signed for name in names)
    cluster.conduct("terminate", *sorted(names))
