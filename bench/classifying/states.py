"""A call of node_classifier in each state of its cache and its store."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.classifying import helper
from bench.enrol import store_server
from bench.enrol.ca_site import CaSite
from bench.enrol.processes import PYTHON, Call

COMMAND = str(Path(__file__).parents[2] / "files" / "scripts" / "node_classifier")
NAME, UNKNOWN_NAME = "3f0c1f6e-0000-4000-8000-000000000001-17", "3f0c1f6e-0000-4000-8000-000000000002-1"
NO_RECORD = 1  # node_classifier's exit code
DAY = 86400
WARM, COLD, REVALIDATED, UNREACHABLE, UNKNOWN = (
    "warm: kept, and asked a moment ago",
    "cold: nothing kept, the store answers",
    "stale: kept, the store says it is unchanged",
    "stale: kept, the store is unreachable",
    "unknown: the store has no record",
)
STATES = (WARM, COLD, REVALIDATED, UNREACHABLE, UNKNOWN)
OWN, HELPED = "a process of its own", "its helper"
WAYS = (OWN, HELPED)
STORES = ("https", "s3")
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@dataclass(frozen=True, order=True)
class Case:
    """One way to be asked."""

    store: str
    way: str
    state: str


@dataclass(frozen=True)
class Store:
    """How node_classifier asks it: its own setting, and with what interpreter and environment."""

    bucket: str
    python: str
    environment: Mapping[str, str]


@contextmanager
def calls(
    folder: Path, pair: tuple[Path, Path], stores: Sequence[str] = STORES
) -> Iterator[dict[Case, Call]]:
    """All of them, while their stores and helpers run."""
    site = CaSite(folder, "ec", 256)
    site.record(NAME)
    with ExitStack() as stack:
        found = {}
        answering = stack.enter_context(store_server.serving(folder, pair, 0.0))
        refusing = f"https://127.0.0.1:{stack.enter_context(_closed_port())}"
        for kind in stores:
            for way in WAYS:
                there, away = (_store(kind, url, pair[0]) for url in (answering, refusing))
                for number, state in enumerate(STATES):
                    place = folder / f"{kind}-{WAYS.index(way)}-{number}"
                    place.mkdir()
                    store = away if state == UNREACHABLE else there
                    found[Case(kind, way, state)] = _call(stack, place, store, state, helped=way == HELPED)
        yield found


@contextmanager
def _closed_port() -> Iterator[int]:
    """A port that is taken, and refuses."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def _store(kind: str, url: str, trusted: Path) -> Store:
    trust = {"AWS_CA_BUNDLE": str(trusted)}
    if kind == "https":
        return Store(f"{url}/bucket", PYTHON, trust)
    # Debian 12's boto3 is too old to be told of another endpoint than AWS's: the checkout's own.
    return Store("s3://bucket", sys.executable, {**trust, "AWS_ENDPOINT_URL_S3": url, **CREDENTIALS})


def _call(stack: ExitStack, place: Path, store: Store, state: str, *, helped: bool) -> Call:
    cache, config, path = place / "cache", place / "node_classifier.yaml", place / "socket"
    cache.mkdir()
    settings = {
        "node_bucket": store.bucket,
        "cache_dir": cache,
        "max_age": DAY if state == WARM else 0,
        "helper": path if helped else "",
    }
    config.write_text("".join(f"{key}: {value}\n" for key, value in settings.items()))
    environment = {**store.environment, "NODE_CLASSIFIER_CONFIG": str(config)}
    argv = [store.python, "-I", "-S", COMMAND]
    pid = stack.enter_context(helper.serving([*argv, "--serve"], environment, path)) if helped else 0
    name = UNKNOWN_NAME if state == UNKNOWN else NAME
    kept = cache / name
    if state == UNREACHABLE:  # what an answer of before left
        kept.write_bytes(f'# {store.bucket} "etag"\n'.encode() + b"classes:\n  hadoop::worker: {}\n")
        kept.chmod(0o640)
    return Call(
        [*argv, name],
        environment=environment,
        code=NO_RECORD if state == UNKNOWN else 0,
        prepare=partial(kept.unlink, missing_ok=True) if state == COLD else _nothing,
        helper=pid,
    )


def _nothing() -> None:
    pass
