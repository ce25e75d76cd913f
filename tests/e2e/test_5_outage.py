"""The store is silent for five minutes, just when four nodes want to join."""

import time
from concurrent.futures import ThreadPoolExecutor

from lab.cluster import Cluster
from lab.run import wait_for
from tests.e2e.hadoop import nodes
from tests.e2e.support import AGENT
from tests.e2e.trust import closed, explain, log_of

OUTAGE = 300  # seconds
COUNT = 4


def test_nodes_that_are_launched_while_the_store_is_silent_enrol_when_it_is_back(cluster: Cluster) -> None:
    before = {node["certname"] for node in nodes(cluster)}
    with ThreadPoolExecutor(1) as pool:
        # To the CA and to the ENC, which are on one host, the store is silent.
        with closed(cluster, "puppetmaster", 443, verdict="drop", hook="output"):
            began = time.monotonic()
            launch = pool.submit(cluster.launch, ["worker", "--count", str(COUNT)])
            wait_for(
                lambda: len(cluster.shell("puppetmaster", "puppet_ca list").split()) >= COUNT,
                deadline=180,
                every=2,
                what="not every request has come to the CA",
            )
            names = {node["certname"] for node in nodes(cluster)} - before
            wait_for(
                lambda: time.monotonic() - began >= OUTAGE,
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
