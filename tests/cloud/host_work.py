"""What each kind of host does in the bucket, done by the code that runs on the hosts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enrolment import ledger
from enrolment.acknowledging import Acknowledger
from enrolment.authority import Authority
from enrolment.classifier import Classifier, Settings, read_all
from enrolment.config import CaConfig
from enrolment.enrol import Enroller
from enrolment.node_status import StatusWriter
from enrolment.publish import documents, write_outdated
from enrolment.request import parse_request
from enrolment.store_s3 import S3Store
from enrolment.sweep import marked_names, revoke_terminated, sweep
from packages.keeper import Config as PackagesConfig
from packages.keeper import Keeper as PackagesKeeper
from servers.keeper import Config as ServersConfig
from servers.keeper import Keeper as ServersKeeper

from tests.cloud.support import BUCKET
from tests.unit.enrolment.support import NOW, RecordingLog, csr, record

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

URL = f"s3://{BUCKET}"
NODE = "node-1"  # has a record
ENDED = "node-0"  # has none any more, and is marked as terminated
STATUS_ROW = {"certname": NODE, "facts_timestamp": "2026-11-24T06:00:01.123Z"}


def fill(s3: S3Client) -> None:
    """The bucket as the conductor leaves it."""
    servers = {"masters": [{"certname": "m", "name": "m.internal", "port": 8140}], "databases": []}
    for key, body in {
        NODE: record(),
        f"terminated/{ENDED}": record(),
        "cluster/servers": json.dumps(servers).encode(),
        "batches/b": b"user_data: ...",
        "locks/conductor": b"{}",
        "code/c.tar.gz": b"...",
    }.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)


class Host:
    """One host, with the S3 client that it has."""

    def __init__(self, s3: S3Client, folder: Path) -> None:
        self.store = S3Store(URL, timeout=5, client=s3)
        self.folder = folder
        self.log = RecordingLog()
        self._authority: Authority | None = None

    @property
    def authority(self) -> Authority:
        """Its CA, with a certificate of the node that has ended."""
        if self._authority is None:
            cadir = self.folder / "ca"
            cadir.mkdir()
            config = CaConfig(
                cadir=str(cadir), user="", node_bucket=URL, ca_name="CA: test", key_type="ec", key_bits=256
            )
            self._authority = Authority(config, clock=lambda: NOW)
            with self._authority.transaction() as transaction:
                transaction.create()
                transaction.sign(parse_request(csr(ENDED)), ENDED)
                transaction.save_request(parse_request(csr(NODE)), NODE)
        return self._authority

    def enrol(self) -> None:
        summary = sweep(self.authority, Enroller(self.authority, self.store, self.log), self.log)
        assert summary is not None
        assert summary.ok, self.log.text
        assert NODE in self.authority.signed_names()

    def revoke(self) -> None:
        assert revoke_terminated(self.authority, self.store, self.log, force=False) == [ENDED]

    def publish(self) -> None:
        wanted = documents(self.authority, server=None, port=8140, ca_server="ca.internal", ca_port=8141)
        write_outdated(self.store, wanted)
        assert write_outdated(self.store, wanted) == []

    def tell_issued(self) -> None:
        """For a CA that is restored from a backup, and for whoever takes the cluster away."""
        assert ledger.tell(self.authority, self.store) > 0
        assert ledger.learn(self.authority.issuer(), self.store).entries
        assert Acknowledger().tell(self.authority, self.store, marked_names(self.store))

    def classify(self) -> None:
        settings = Settings(URL, str(self.folder), max_age=0, max_stale=0, empty_if_unknown=False)
        classifier = Classifier(settings, self.store, self.log)
        assert classifier.answer(NODE) == classifier.answer(NODE)
        assert read_all(self.store).keys() == {NODE}

    def follow_servers(self) -> None:
        config = ServersConfig(
            URL, self.folder / "servers.json", self.folder / "state.json", puppet_conf=None, service="puppet"
        )
        ServersKeeper(config, self.log, lambda _: self.store, lambda _: None, lambda _: True).fetch()
        assert "m.internal" in config.servers.read_text()

    def serve_packages(self) -> None:
        folder = self.folder / "packages"
        folder.mkdir()
        PackagesKeeper(PackagesConfig(URL, folder), self.log, lambda _: self.store).fetch()
        assert (folder / "hadoop/pool/main/hadoop_1_all.deb").read_bytes() == b"hadoop 1"

    def tell_status(self) -> None:
        writer = StatusWriter(_Puppetdb(), lambda: self.store, self.folder / "status.json", self.log)  # type: ignore[arg-type]
        assert writer.update() == [NODE]


class _Puppetdb:
    """Knows one node."""

    def query(self, of: str, *_: Any) -> list[dict[str, Any]]:
        return [STATUS_ROW] if of == "nodes" else []


Work = Callable[[Host], None]
OF_MASTER: list[Work] = [Host.classify, Host.follow_servers]
OF_CA: list[Work] = [
    Host.enrol,
    Host.revoke,
    Host.tell_issued,
    Host.publish,
    Host.follow_servers,
    Host.serve_packages,
]
OF_DATABASE: list[Work] = [Host.tell_status, Host.follow_servers]
WORK: dict[str, list[Work]] = {
    "master": OF_MASTER,
    "ca": OF_CA,
    "database": OF_DATABASE,
    "ca-database": [*OF_CA, Host.tell_status],
    "puppetmaster": [*OF_CA, Host.tell_status, Host.classify],
}
