"""A host with a bucket in a folder, a puppet.conf, and an agent's service that notes its restarts."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from enrolment.log import Log
from enrolment.store import Store, open_store
from servers.document import KEY
from servers.errors import RestartError
from servers.keeper import Config, Keeper

Entry = dict[str, Any]


def entry(name: str, port: int = 8140) -> Entry:
    return {"certname": name, "name": f"{name}.ec2.internal", "port": port}


@dataclass
class Host:
    """What the command works on."""

    root: Path
    restarts: list[str] = field(default_factory=list)
    restart_fails: bool = False
    masters_answer: bool = True
    open_store: Callable[[str], Store] = open_store

    @property
    def bucket(self) -> Path:
        return self.root / "bucket"

    @property
    def config(self) -> Config:
        return Config(
            node_bucket=f"file://{self.bucket}",
            servers=self.root / "servers.json",
            state=self.root / "state.json",
            puppet_conf=self.root / "puppet.conf",
            service="puppet",
        )

    @property
    def conf(self) -> str:
        return (self.root / "puppet.conf").read_text()

    def configure(self, text: str) -> None:
        (self.root / "puppet.conf").write_text(text)

    def publish(self, *masters: Entry, databases: tuple[Entry, ...] = ()) -> None:
        self.put(json.dumps({"masters": masters, "databases": databases}).encode())

    def put(self, body: bytes) -> None:
        path = self.bucket / KEY
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)

    def keeper(self) -> Keeper:
        return Keeper(self.config, Log("test"), self.open_store, self._restart, lambda _: self.masters_answer)

    def run(self) -> None:
        keeper = self.keeper()
        keeper.fetch()
        keeper.point_agent()

    def _restart(self, service: str) -> None:
        if self.restart_fails:
            raise RestartError("no")
        self.restarts.append(service)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    (tmp_path / "bucket").mkdir()
    host = Host(tmp_path)
    host.configure("[main]\ncertname = ca\n\n[agent]\nca_server = ca.ec2.internal\n")
    return host
