"""A cluster that is well, and a configuration: for the tests of what looks at one (a plugin of theirs)."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conductor import clients
from conductor.clients import Clients
from conductor.context import Context
from conductor.instances import Instance
from conductor.launching import preparing
from conductor.record import Code
from tests.cloud.looking import report, start
from tests.cloud.support import BUCKET, CA_PEM


@pytest.fixture
def now(context: Context) -> Context:
    """The context with the real time, by which moto starts instances."""
    return dataclasses.replace(context, now=lambda: datetime.now(UTC))


@pytest.fixture
def cluster(
    now: Context, published_ca: None, profile: None, monkeypatch: pytest.MonkeyPatch
) -> list[Instance]:
    """A puppetmaster whose certificate the CA has published, and two workers; all well."""
    code = Code(url="https://code.test/", sha256="0" * 64)
    monkeypatch.setattr(preparing, "upload_code", lambda _context: code)
    now.store.delete(["ca/ca_crt.pem", "ca/server"])
    (master,) = start(now, "puppetmaster")
    names = {"server": master.private_name, "ca_server": master.private_name, "ca_port": 8141}
    now.store.put("ca/ca_crt.pem", CA_PEM.encode())
    now.store.put("ca/server", json.dumps(names).encode())
    started = [master, *start(now, "worker", 2)]
    for each in started:
        report(now, each)
    return started


@pytest.fixture
def config(tmp_path: Path, image: str, api: Clients, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration for the command line, which gets the tests' clients."""
    monkeypatch.setattr(clients, "connect", lambda: api)
    path = tmp_path / "cluster.yaml"
    path.write_text(f"s3_bucket_name: {BUCKET}\nami_id: {image}\nlogin: {{user: debian, address: private}}\n")
    return path
