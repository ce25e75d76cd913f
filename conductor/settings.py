"""start_instance.yaml: what it may hold, where it is looked for, and all mistakes in it at once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationError

from conductor import yaml_marks
from conductor.errors import ConfigError

FILE_NAME = "start_instance.yaml"
CHECKOUT = Path(__file__).resolve().parent.parent

CLASS_NAME = re.compile(r"[a-z][a-z0-9_-]*(::[a-z][a-z0-9_]*)*")
BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
IMAGE_ID = re.compile(r"[ae]mi-[0-9a-fA-F]{8,17}")
DNS_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
DURATION = re.compile(r"(\d+)\s*([smhd]?)")
# What cloud-init does in the order given: the operator's entries come first, then ours.
CLOUD_INIT_LISTS = ("bootcmd", "runcmd", "write_files", "packages", "ssh_authorized_keys")
LOGIN_KEYS = "login_allowed::keys"  # Hiera
SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def duration(value: Any) -> Any:
    """Seconds from a text such as 15m; what is no text is left to be judged as it is. Raises ValueError."""
    match = DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if isinstance(value, str) and match is None:
        raise ValueError("not a duration such as 90, 90s, 15m, 1h or 2d")
    return int(match[1]) * SECONDS[match[2]] if match else value


def _image(value: Any) -> Any:
    if isinstance(value, str) and not IMAGE_ID.fullmatch(value):
        raise ValueError("not an image id such as ami-0123456789abcdef0")
    return value


def _bucket(value: Any) -> Any:
    if isinstance(value, str) and not BUCKET_NAME.fullmatch(value):
        raise ValueError("not a bucket name: 3 to 63 of a-z, 0-9, '.' and '-'")
    return value


def _classes(value: Any) -> Any:
    """A list of names and ``name:`` without parameters mean the same as ``name: {}``."""
    if value is None:
        return {}
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        value = dict.fromkeys(value)
    if not isinstance(value, dict):
        raise ValueError("neither a list of class names nor a hash of class name to parameters")
    wrong = [str(name) for name in value if not CLASS_NAME.fullmatch(str(name))]
    if wrong:
        raise ValueError("not a class name: " + ", ".join(wrong))
    return {name: {} if parameters is None else parameters for name, parameters in value.items()}


def _pem(value: Any) -> Any:
    if isinstance(value, str) and "-----BEGIN CERTIFICATE-----" not in value:
        raise ValueError("not a certificate in PEM form (-----BEGIN CERTIFICATE-----)")
    return value


def _dns_name(value: Any) -> Any:
    if isinstance(value, str) and not DNS_NAME.fullmatch(value):
        raise ValueError("not a DNS name in lower case")
    return value


def _empty(value: Any) -> Any:
    """A key with nothing after it is an empty hash, as people expect of YAML."""
    return {} if value is None else value


def _hash_in(outer: dict[str, Any], key: str, name: str) -> dict[str, Any]:
    inner = _empty(outer.get(key))
    if not isinstance(inner, dict):
        raise ValueError(f"{name} must be a hash")
    return inner


def _parameters(value: Any) -> Any:
    """What the conductor itself adds to must have the form to add to."""
    if not isinstance(value, dict):
        return _empty(value)
    data = _empty(value.get("data"))
    if not isinstance(data, dict):
        raise ValueError("data must be a hash of Hiera keys")
    keys = data.get(LOGIN_KEYS) or []
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise ValueError(f"data.{LOGIN_KEYS} must be a list of public keys")
    return value


def _cloud_init(value: Any) -> Any:
    """Passed through unchanged, but for what the conductor itself must say."""
    if not isinstance(value, dict):
        return _empty(value)
    for key in CLOUD_INIT_LISTS:
        if not isinstance(value.get(key, []), list):
            raise ValueError(f"{key} must be a list")
    puppet = _hash_in(value, "puppet", "puppet")
    conf = _hash_in(puppet, "conf", "puppet.conf")
    sections = {name: _hash_in(conf, name, f"puppet.conf.{name}") for name in conf if name != "ca_cert"}
    taken = [f"puppet.conf.{name}.certname" for name, body in sections.items() if "certname" in body]
    taken += ["puppet.conf.ca_cert"] * ("ca_cert" in conf)
    taken += [f"puppet.{key}" for key in ("csr_attributes", "exec") if key in puppet]
    if taken:
        raise ValueError(
            f"{', '.join(taken)}: the conductor sets this itself (CA certificate: agent.ca_cert)"
        )
    return value


Seconds = Annotated[int, BeforeValidator(duration), Field(gt=0)]
ImageId = Annotated[str, BeforeValidator(_image)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Model(BaseModel):
    """Strict: a misspelt key is a mistake, not a setting that silently does nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Node(Model):
    """Classification: what the ENC will print."""

    classes: Annotated[dict[str, dict[str, Any]], BeforeValidator(_classes)] = {}
    parameters: Annotated[dict[str, Any], BeforeValidator(_parameters)] = {}
    environment: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")] | None = None

    @property
    def data(self) -> dict[str, Any]:
        """Hiera data of the nodes themselves."""
        return self.parameters.get("data") or {}


class Agent(Model):
    """What agents must know of the CA and the master; what is absent comes from the bucket."""

    server: str | None = None
    ca_server: str | None = None
    ca_cert: Annotated[str, BeforeValidator(_pem)] | None = None
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


class Launch(Model):
    """What may be said for all roles at the top of the file, and for one role under ``roles:``."""

    ami_id: ImageId | None = None
    instance_type: str | None = None
    instance_profile: str | None = None
    key_name: str | None = None
    subnet_id: str | None = None
    security_group_ids: list[str] = []
    tags: dict[str, str] = {}
    cloud_init: Annotated[dict[str, Any], BeforeValidator(_cloud_init)] = {}
    node: Annotated[Node, BeforeValidator(_empty)] = Node()


class RoleSettings(Launch):
    """One role's own settings."""

    count: Annotated[int, Field(ge=1, le=100)] = 1
    # Names besides the private one under which an infrastructure host serves: its certificate gets them.
    dns_alt_names: list[Annotated[str, BeforeValidator(_dns_name)]] = []


class Settings(Launch):
    """The whole file."""

    s3_bucket_name: Annotated[str, BeforeValidator(_bucket)]
    agent: Annotated[Agent, BeforeValidator(_empty)] = Agent()
    roles: Annotated[
        dict[str, Annotated[RoleSettings, BeforeValidator(_empty)]], BeforeValidator(_empty)
    ] = {}
    enrolment_ttl: Seconds = 3600
    operator_key: str | None = None
    ssh_public_key: str | None = None
    wait: Annotated[Wait, BeforeValidator(_empty)] = Wait()
    drain: Annotated[Drain, BeforeValidator(_empty)] = Drain()
    _source: Path = PrivateAttr(Path(FILE_NAME))

    @property
    def source(self) -> Path:
        """The file that this was read from, for messages."""
        return self._source


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
        raise ConfigError(list(_problems(document, error))) from error
    settings._source = path
    return settings


def _problems(document: yaml_marks.Document, error: ValidationError) -> Iterable[str]:
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
