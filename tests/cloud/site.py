"""The hosts of a cluster in moto's cloud, as far as the conductor sees them: a CA that publishes and revokes,
nodes that enrol and run. Time passes for them when the conductor sleeps."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from dataclasses import dataclass, field

import pytest
from moto.backends import get_backend

from conductor import instances
from conductor.clients import Clients
from conductor.context import Context
from conductor.errors import RecordError
from conductor.instances import Instance
from conductor.launching import code_archive
from conductor.record import CA_REVOKED, CA_SERVER, STATUS, TERMINATED, Record
from conductor.roles import CA_CLASS
from conductor.settings import Settings
from conductor.store import Store
from tests.cloud.support import ACCOUNT, CA_PEM

BUILD = code_archive.build
SSH_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA alice"


@dataclass
class Site:
    """``clients`` are the hosts' own. What is in ``broken`` (roles) never gets anywhere."""

    clients: Clients
    bucket: str
    broken: set[str] = field(default_factory=set)
    revokes: bool = True
    _left: object = None

    @property
    def store(self) -> Store:
        return Store(self.clients, self.bucket)

    def pass_time(self) -> None:
        """What hosts do in a few seconds: nothing, when all is as they left it."""
        if self._world() == self._left:
            return
        for each in self.running() if self.store.exists() else []:
            record = self._record(each)
            if record is None or each.role in self.broken:
                continue
            if CA_CLASS in record.classes:
                self._be_ca(each)
            self._run(each)
        self._left = self._world()

    def living(self) -> list[Instance]:
        """What costs money."""
        found = instances.find(self.clients.ec2, bucket=self.bucket)
        return [each for each in found if each.state != "terminated"]

    def running(self) -> list[Instance]:
        return [each for each in self.living() if each.state == "running"]

    def roles(self) -> Counter[str]:
        """How many of each role run, have a record and belong to a launch that came to its end."""
        store = self.store
        done: set[str] = set()
        for body in store.get_all(store.keys("batches/")).values():
            if b"\nstate: launched\n" in body:
                done.add(body.split(b"\n", 1)[0].removeprefix(b"batch: ").decode())
        return Counter(each.role for each in self.living() if store.has(each.certname) and each.batch in done)

    def _world(self) -> object:
        """All that hosts look at, without the APIs, which take long."""
        bucket = get_backend("s3")[ACCOUNT]["aws"].buckets.get(self.bucket)
        objects = {key: body.etag for key, body in bucket.keys.items()} if bucket else None
        ec2 = get_backend("ec2")[ACCOUNT][self.clients.ec2.meta.region_name]
        hosts = {
            each.id: each.state for reservation in ec2.reservations.values() for each in reservation.instances
        }
        return objects, hosts, sorted(self.broken), self.revokes

    def _record(self, each: Instance) -> Record | None:
        body = self.store.get(each.certname)
        try:
            return None if body is None else Record.parse(each.certname, body)
        except RecordError:
            return None

    def _be_ca(self, host: Instance) -> None:
        names = {"server": host.private_name, "ca_server": host.private_name, "ca_port": 8141, "port": 8140}
        if self.store.get(CA_SERVER) != json.dumps(names).encode():
            self.store.put("ca/ca_crt.pem", CA_PEM.replace("first", host.id).encode())
            self.store.put(CA_SERVER, json.dumps(names).encode())
        marked = [key.removeprefix(TERMINATED) for key in self.store.keys(TERMINATED)]
        if marked and self.revokes:
            self.store.put(CA_REVOKED, json.dumps(sorted(marked)).encode())

    def _run(self, each: Instance) -> None:
        if self.store.has(STATUS + each.certname):
            return
        status = {
            "certname": each.certname,
            "enrolled": "2026-11-24T06:03:00Z",
            "last_run": {"status": "changed", "at": "2026-11-24T06:04:00Z", "noop": False},
            "health": "ok",
        }
        self.store.put(STATUS + each.certname, json.dumps(status).encode())


def with_site(context: Context, site: Site, **settings: object) -> Context:
    """The context with time that passes for the site as well, and these settings."""
    before = context.sleep

    def sleep(seconds: float) -> None:
        before(seconds)
        site.pass_time()

    configured = Settings.model_validate(
        {**context.settings.model_dump(exclude_unset=True), "ssh_public_key": SSH_KEY, **settings}
    )
    return dataclasses.replace(context, settings=configured, sleep=sleep)


def silent(*_: object) -> None:
    """Progress that nobody looks at."""


def without_git(patch: pytest.MonkeyPatch) -> None:
    """The archive of this tree takes longer to make than everything else about a launch."""
    archive = code_archive.CodeArchive(b"this tree", [])
    patch.setattr(code_archive, "build", lambda: archive)


def with_git(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(code_archive, "build", BUILD)
