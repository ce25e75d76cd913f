"""A real cluster in the lab, started as `make demo` starts it; needs root and nothing else.

The modules run in the order of their names: `test_1_lab` uses the lab without a cluster.
"""

import os
import signal
from collections.abc import Iterator

import pytest

from lab import lifecycle
from lab.cluster import Cluster
from lab.state import State

# A cluster that is up already may be used, and is left up: for work on the tests themselves.
KEEP = os.environ.get("E2E_KEEP") == "1"

# A shell's background job ignores Ctrl-C, and so would all that it starts: some tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def state() -> State:
    return State.default()


@pytest.fixture(scope="session")
def cluster(state: State) -> Iterator[Cluster]:
    cluster = Cluster(state, print)
    if not KEEP:
        lifecycle.down(state, print)
    lifecycle.up(state, print)
    if not cluster.nodes():
        cluster.start()
    yield cluster
    if not KEEP:
        lifecycle.down(state, print)
