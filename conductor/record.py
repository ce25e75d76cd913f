"""The documents in the bucket: a node's record, and what a launch asked for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from conductor.errors import RecordError
from conductor.yaml_marks import FastDumper, FastStringTimes

BATCHES = "batches/"
TERMINATED = "terminated/"
STATUS = "status/"
CA_CERTIFICATE = "ca/ca_crt.pem"
CA_SERVER = "ca/server"
# Of the terminated nodes, those that the CA has revoked: it writes their names here.
CA_REVOKED = "ca/issued/terminated.json"
CLUSTER_SERVERS = "cluster/servers"


def timestamp(moment: datetime) -> str:
    """UTC to the second, as the records have it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime | None:
    """What such a text means; None if it is none, or does not say its time zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _yaml(data: dict[str, Any]) -> bytes:
    return yaml.dump(data, Dumper=FastDumper, sort_keys=False, allow_unicode=True).encode()


class Document(BaseModel):
    """YAML in, YAML out. Keys that we do not know are kept: others write records too."""

    model_config = ConfigDict(extra="allow")

    @classmethod
    def parse(cls, key: str, body: bytes) -> Self:
        """Raises RecordError naming the object."""
        try:
            return cls.model_validate(yaml.load(body, Loader=FastStringTimes))  # noqa: S506 - a SafeLoader
        except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
            raise RecordError(f"{key}: not a {cls.__name__.lower()} that can be read: {error}") from error

    def body(self) -> bytes:
        return _yaml(self.model_dump())


class Enrolment(Document):
    """How the CA knows the node, and until when."""

    batch: str
    secret_sha256: str
    expires: str
    role: str
    launched_by: str
    dns_alt_names: list[str] | None = []


class Record(Document):
    """What a node is. The key is its certname."""

    classes: dict[str, dict[str, Any]] = {}
    parameters: dict[str, Any] = {}
    environment: str = "production"
    enrolment: Enrolment | None = None
    # What of `parameters.data` the conductor has derived from other nodes, so that it may change that again.
    derived: dict[str, Any] = {}
    # Since when a worker's blocks and containers are being taken elsewhere, so that it may end.
    draining: str | None = None

    @field_validator("classes", mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        if isinstance(value, list):
            value = dict.fromkeys(value)
        return {k: v or {} for k, v in value.items()} if isinstance(value, dict) else value

    @field_validator("draining")
    @classmethod
    def _a_moment(cls, value: str | None) -> str | None:
        if value is not None and moment(value) is None:
            raise ValueError("not a time such as 2026-11-24T06:00:00Z")
        return value

    @property
    def data(self) -> dict[str, Any]:
        """The node's own Hiera data."""
        found = self.parameters.get("data")
        return found if isinstance(found, dict) else {}

    def parameter(self, class_name: str, name: str, default: Any = None) -> Any:
        """A class' parameter as far as the record says: of the class itself, else by data; null says nothing,
        as to Puppet."""
        for value in (self.classes.get(class_name, {}).get(name), self.data.get(f"{class_name}::{name}")):
            if value is not None:
                return value
        return default

    def body(self) -> bytes:
        unused = {name for name in ("derived", "draining") if not getattr(self, name)}
        return _yaml(self.model_dump(exclude=unused))

    def for_host(self) -> bytes:
        """The record without what concerns only the CA and the conductor."""
        data = self.model_dump(exclude={"enrolment", "derived", "draining"})
        # It is part of the user data, which must be the same bytes wherever a launch is repeated.
        return yaml.safe_dump(data, sort_keys=False, allow_unicode=True).encode()


class AgentSettings(Document):
    """What a node's agent needs to reach the CA and a master."""

    ca_server: str
    ca_port: int
    ca_cert: str
    # One name for all masters, or the first of `server_list`; None: no master is known yet.
    server: str | None = None
    port: int | None = None
    # "NAME:PORT" of each master, where they have no name in common.
    server_list: list[str] = []


class Server(Document):
    """One host that serves others."""

    certname: str
    name: str
    port: int

    @property
    def address(self) -> str:
        return f"{self.name}:{self.port}"


class Servers(Document):
    """cluster/servers: who serves the cluster at present, the CA apart."""

    masters: list[Server] = []
    databases: list[Server] = []

    def body(self) -> bytes:
        return json.dumps(self.model_dump(), indent=2).encode() + b"\n"


class Code(Document):
    """The code archive that an infrastructure host is built from."""

    url: str
    sha256: str


class UserData(Document):
    """What the user data is made of, apart from the secret."""

    cloud_init: dict[str, Any] = {}
    ssh_public_key: str
    agent: AgentSettings | None = None
    code: Code | None = None


def certnames(batch: str, count: int) -> list[str]:
    """The names of a launch's nodes, known before it: the launch index makes them differ."""
    return [batch] if count == 1 else [f"{batch}-{index}" for index in range(count)]


class Start(Document):
    """What an operator asked for at once, which may take several batches: each of them has it."""

    name: str
    asked: int
    # Zones, tried in turn; empty: the cloud's choice.
    subnets: list[str] = []
    # Whether fewer than asked for may stay.
    keep_partial: bool = False


class Batch(Document):
    """One launch: written before RunInstances, so that it can be repeated as it was."""

    batch: str
    state: Literal["prepared", "launched", "rolled-back"] = "prepared"
    role: str
    count: int
    created: str
    # What each node's record was at the launch.
    record: Record
    # What RunInstances was asked for, apart from what the batch's own fields say.
    request: dict[str, Any]
    # Names for the certificate besides the private name, which the launch tells.
    dns_alt_names: list[str] = []
    # Removed once the instances are there: it may hold the operator's own text.
    user_data: UserData | None
    instances: list[str] = []
    start: Start | None = None
    # The batch in whose place this one is, with others: that one was refused, and nothing of it runs.
    replaces: str | None = None
    # Of its nodes those that ended before they were of any use.
    lost: list[str] = []
    # No other is to be started in its place.
    given_up: bool = False

    @property
    def certnames(self) -> list[str]:
        """The names of its nodes."""
        return certnames(self.batch, self.count)

    @property
    def key(self) -> str:
        return BATCHES + self.batch
