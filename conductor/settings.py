"""start_instance.yaml: what it may hold, where it is looked for, and all mistakes in it at once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from conductor import yaml_marks
from conductor.errors import ConfigError
from conductor.setting_types import (
    CLOUD,
    EMPTY,
    BucketName,
    Certificate,
    Classes,
    CloudInit,
    Device,
    DnsName,
    ImageId,
    Market,
    NamePrefix,
    Network,
    Parameters,
    Port,
    QueueName,
    Seconds,
    VolumeType,
    VpcId,
)

FILE_NAME = "start_instance.yaml"
MOST = 1000  # nodes of one start
CHECKOUT = Path(__file__).resolve().parent.parent


class Model(BaseModel):
    """Strict: a misspelt key is a mistake, not a setting that silently does nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Node(Model):
    """Classification: what the ENC will print."""

    classes: Classes = {}
    parameters: Parameters = {}
    environment: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")] | None = None

    @property
    def data(self) -> dict[str, Any]:
        """Hiera data of the nodes themselves."""
        return self.parameters.get("data") or {}


class Agent(Model):
    """What agents must know of the CA and the master; what is absent comes from the bucket."""

    server: str | None = None
    ca_server: str | None = None
    ca_cert: Certificate | None = None
    port: Port | None = None
    ca_port: Port | None = None


class Wait(Model):
    """Times of ``--wait``, in seconds."""

    deadline: Seconds = 1200
    interval: Seconds = 5


class Drain(Model):
    """Times of ``terminate --drain``, in seconds."""

    deadline: Seconds = 3600
    interval: Seconds = 10


class Login(Model):
    """How ``login`` and ``ssh-config`` reach a node."""

    user: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_-]*$")] = "admin"
    # Public: where the instance has such an address, else the private one.
    address: Literal["public", "private"] = "public"
    port: Port = 22
    # As ssh's ProxyJump: [USER@]HOST[:PORT], several by commas.
    jump: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.@:,-]*$")] | None = None


class Volume(Model):
    """The root volume; what is absent stays as the image has it."""

    device: Device | None = None
    size_gb: Annotated[int, Field(ge=1, le=65536)] | None = None
    type: VolumeType | None = None
    encrypted: bool | None = None


class DataVolume(Volume):
    """A further volume, empty at first. It goes with its instance, as the root volume does."""

    device: Device
    size_gb: Annotated[int, Field(ge=1, le=65536)]


class Cloud(Model):
    """What kind of cloud it is, as far as its APIs differ from AWS'; where it is, AWS' own files say."""

    type: Literal["aws", "eucalyptus"] = "aws"
    # Of requests: v2 is for clouds that know no other.
    signature: Literal["v2", "v4"] = "v4"


class Launch(Model):
    """What may be said for all roles at the top of the file, and for one role under ``roles:``."""

    ami_id: ImageId | None = None
    instance_type: str | None = None
    instance_profile: str | None = None
    key_name: str | None = None
    subnet_id: str | None = None
    # Zones, tried in turn where one has no room.
    subnet_ids: list[str] = []
    market: Market | None = None
    root_volume: Volume | None = None
    data_volumes: list[DataVolume] = []
    security_group_ids: list[str] = []
    tags: dict[str, str] = {}
    cloud_init: CloudInit = {}
    node: Annotated[Node, EMPTY] = Node()

    @field_validator("subnet_ids")
    @classmethod
    def _one_way(cls, value: list[str], info: ValidationInfo) -> list[str]:
        if value and info.data.get("subnet_id"):
            raise ValueError("give subnet_id or subnet_ids, not both")
        return value

    @field_validator("data_volumes")
    @classmethod
    def _devices_differ(cls, value: list[DataVolume]) -> list[DataVolume]:
        devices = [each.device for each in value]
        if twice := sorted({each for each in devices if devices.count(each) > 1}):
            raise ValueError(f"several volumes as {', '.join(twice)}")
        return value

    @property
    def subnets(self) -> list[str]:
        """The subnets, in the order in which they are tried."""
        return self.subnet_ids or ([self.subnet_id] if self.subnet_id else [])


class RoleSettings(Launch):
    """One role's own settings."""

    count: Annotated[int, Field(ge=1, le=MOST)] = 1
    # Names besides the private one under which an infrastructure host serves: its certificate gets them.
    dns_alt_names: list[DnsName] = []


class Settings(Launch):
    """The whole file."""

    s3_bucket_name: BucketName
    agent: Annotated[Agent, EMPTY] = Agent()
    roles: Annotated[dict[str, Annotated[RoleSettings, EMPTY]], EMPTY] = {}
    # What `up` makes: how many of each role; nothing said: fleet/wanting.py.
    cluster: Annotated[dict[str, Annotated[int, Field(ge=0, le=1000)]], EMPTY] = {}
    enrolment_ttl: Seconds = 3600
    # What `init` makes: who may ssh to nodes, in which VPC (else the subnets', else the account's default),
    # and what the names of the hosts' profiles begin with.
    ssh_from: list[Network] = []
    vpc_id: VpcId | None = None
    instance_profile_prefix: NamePrefix = ""
    operator_key: str | None = None
    ssh_public_key: str | None = None
    wait: Annotated[Wait, EMPTY] = Wait()
    drain: Annotated[Drain, EMPTY] = Drain()
    login: Annotated[Login, EMPTY] = Login()
    cloud: Annotated[Cloud, CLOUD] = Cloud()
    # Whether the CA is told by messages (SQS) of what was written, and by which queue, if not the bucket's.
    notify: bool | QueueName = False
    _source: Path = PrivateAttr(Path(FILE_NAME))

    @field_validator("cloud")
    @classmethod
    def _as_aws_signs(cls, value: Cloud) -> Cloud:
        if value.type == "aws" and value.signature != "v4":
            raise ValueError("AWS takes signature v4 only")
        return value

    @field_validator("notify")
    @classmethod
    def _where_there_are_queues(cls, value: bool | str, info: ValidationInfo) -> bool | str:
        cloud = info.data.get("cloud")
        if value and cloud and cloud.type == "eucalyptus":
            raise ValueError("cloud: eucalyptus has no queues (SQS)")
        return value

    @property
    def source(self) -> Path:
        """The file that this was read from, for messages."""
        return self._source

    def where(self, *keys: str) -> str:
        """``FILE:LINE: key``, for what is wrong only together with something else."""
        try:
            return yaml_marks.load(self._source).where(keys)
        except ConfigError:  # settings that were never in a file
            return f"{self._source}: {'.'.join(keys)}"


def candidates(environ: dict[str, str] | None = None) -> list[Path]:
    """Where the file is looked for when no ``-c`` is given, first found wins."""
    env = dict(os.environ) if environ is None else environ
    config_home = Path(env.get("XDG_CONFIG_HOME") or Path(env.get("HOME", "~")).expanduser() / ".config")
    return [Path(FILE_NAME), CHECKOUT / "conductor" / FILE_NAME, config_home / FILE_NAME]


def find(given: Path | None) -> Path:
    """The file to read: `-c`'s, else $PUPPET_HADOOP_CONFIG, else the first candidate.

    Raises ConfigError when there is none.
    """
    named = given or (
        Path(os.environ["PUPPET_HADOOP_CONFIG"]) if "PUPPET_HADOOP_CONFIG" in os.environ else None
    )
    if named is not None:
        if not _is_there(named):
            raise ConfigError([f"{named}: no such file"], advice="check -c or $PUPPET_HADOOP_CONFIG")
        return named
    places = candidates()
    for place in places:
        if _is_there(place):
            return place
    sample = CHECKOUT / "conductor" / f"{FILE_NAME}.sample"
    raise ConfigError(
        [f"no {FILE_NAME} in any of: " + ", ".join(str(place) for place in places)],
        advice=f"copy {sample} to one of these and fill it in, or give -c FILE",
    )


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # in a folder that may not be looked into
        return False


def load(path: Path) -> Settings:
    """Read and check the file. Raises ConfigError with every problem, each with file, line and key."""
    document = yaml_marks.load(path)
    data = document.data
    if not isinstance(data, dict):
        what = "is empty" if data is None else "does not hold keys with values"
        raise ConfigError([f"{document.where(())}: the file {what}"])
    # Keys that start with "x-" hold anchors for use elsewhere in the file.
    data = {key: value for key, value in data.items() if not str(key).startswith("x-")}
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        raise ConfigError(list(problems(document, error))) from error
    settings._source = path
    return settings


def problems(document: yaml_marks.Document, error: ValidationError) -> Iterable[str]:
    """What is wrong with a document, each with file, line and key."""
    for problem in error.errors(include_url=False):
        location = tuple(str(part) if not isinstance(part, int) else part for part in problem["loc"])
        match problem["type"]:
            case "missing":
                text = "this key is required"
            case "extra_forbidden":
                text = "unknown key"
            case _:
                text = problem["msg"].removeprefix("Value error, ")
                text = text[:1].lower() + text[1:]
        yield f"{document.where(location)}: {text}"
