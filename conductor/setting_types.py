"""The types of start_instance.yaml's values: what each may be, and what is said of one that may not."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

CLASS_NAME = re.compile(r"[a-z][a-z0-9_-]*(::[a-z][a-z0-9_]*)*")
BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
IMAGE_ID = re.compile(r"[ae]mi-[0-9a-fA-F]{8,17}")
DNS_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
DEVICE = re.compile(r"/dev/(sd[a-z]\d{0,2}|xvd[a-z]{1,2}\d{0,2})")
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


def _device(value: Any) -> Any:
    if isinstance(value, str) and not DEVICE.fullmatch(value):
        raise ValueError("not a block device such as /dev/xvda or /dev/sdf")
    return value


def _cloud(value: Any) -> Any:
    """A name alone is the kind of cloud."""
    return {"type": value} if isinstance(value, str) else _empty(value)


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


def _network(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return str(ipaddress.ip_network(value))
        except ValueError as error:
            raise ValueError(f"not a range of addresses such as 192.0.2.0/24: {error}") from error
    return value


EMPTY = BeforeValidator(_empty)
Seconds = Annotated[int, BeforeValidator(duration), Field(gt=0)]
ImageId = Annotated[str, BeforeValidator(_image)]
BucketName = Annotated[str, BeforeValidator(_bucket)]
Network = Annotated[str, BeforeValidator(_network)]
VpcId = Annotated[str, Field(pattern=r"^vpc-[0-9a-fA-F]{8,17}$")]
# What IAM allows in a name; the longest is a prefix and "puppetmaster", of 64.
NamePrefix = Annotated[str, Field(pattern=r"^[A-Za-z0-9+=,.@_-]{0,52}$")]
DnsName = Annotated[str, BeforeValidator(_dns_name)]
Certificate = Annotated[str, BeforeValidator(_pem)]
Classes = Annotated[dict[str, dict[str, Any]], BeforeValidator(_classes)]
Parameters = Annotated[dict[str, Any], BeforeValidator(_parameters)]
CloudInit = Annotated[dict[str, Any], BeforeValidator(_cloud_init)]
Port = Annotated[int, Field(ge=1, le=65535)]
# A queue of SQS; the one for what nobody could act on is called three characters more.
QueueName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,77}$")]
CLOUD = BeforeValidator(_cloud)
Device = Annotated[str, BeforeValidator(_device)]
Market = Literal["on-demand", "spot"]
VolumeType = Literal["gp2", "gp3", "st1", "sc1", "standard"]
