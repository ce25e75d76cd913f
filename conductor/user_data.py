"""User data for cloud-init: a jinja template, so that one text serves all nodes of a batch."""

from __future__ import annotations

import gzip
import re
import shlex
from pathlib import Path
from typing import Any

import yaml

from conductor.errors import ConfigError
from conductor.merge import deep_merge
from conductor.record import Batch, UserData
from conductor.settings import CLOUD_INIT_LISTS

LIMIT = 16384  # bytes that EC2 takes, before base64
CHALLENGE_PASSWORD = "1.2.840.113549.1.9.7"  # noqa: S105 - the attribute's OID
SCRIPTS = Path(__file__).parent / "bootstrap"
HOST_FOLDER = "/var/lib/puppet-bootstrap"
HOST_RECORD = "/etc/puppet/record.yaml"
DEFAULT_PORT = 8140
MODULES = ("stdlib", "apache", "apt", "concat", "inifile", "postgresql")
JINJA_OPENING = re.compile(r"\{[{%#]")

CloudConfig = dict[str, Any]


class Readable(yaml.SafeDumper):
    """Texts of several lines as such, which is also shorter."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: Readable, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


Readable.add_representer(str, _text)


def render(batch: Batch, inputs: UserData, secret: str) -> bytes:
    """The same batch and secret give the same bytes, compressed only if they are too many.

    Raises ConfigError when even compressed they exceed EC2's limit.
    """
    config = _cloud_config(batch, inputs, secret)
    text = yaml.dump(config, Dumper=Readable, sort_keys=False, allow_unicode=True, width=10**6)
    text = _escape(text)
    text = text.replace(_index(batch), "{{ ds.meta_data.ami_launch_index }}")
    text = text.replace(_hostname(batch), "{{ ds.meta_data.local_hostname }}")
    plain = f"## template: jinja\n#cloud-config\n{text}".encode()
    if len(plain) <= LIMIT:
        return plain
    packed = gzip.compress(plain, mtime=0)
    if len(packed) > LIMIT:
        raise ConfigError(
            [f"cloud_init: the user data has {len(packed)} bytes compressed, the limit is {LIMIT}"],
            advice="move long texts out of cloud_init, for instance into a Puppet module",
        )
    return packed


def _escape(text: str) -> str:
    """Make jinja print the text as it is: nothing of the operator's is taken for a template."""
    return JINJA_OPENING.sub(lambda found: "{{ '" + found[0] + "' }}", text)


# Stand-ins for jinja expressions while the text is built and escaped; the random batch makes them unique.
def _index(batch: Batch) -> str:
    return f"@{batch.batch}:index@"


def _hostname(batch: Batch) -> str:
    return f"@{batch.batch}:hostname@"


def _certname(batch: Batch) -> str:
    return batch.batch if batch.count == 1 else f"{batch.batch}-{_index(batch)}"


def _cloud_config(batch: Batch, inputs: UserData, secret: str) -> CloudConfig:
    ours: CloudConfig = {"ssh_authorized_keys": [inputs.ssh_public_key]}
    if inputs.code:
        ours |= _ca_host(batch, inputs)
    else:
        ours |= _agent_host(batch, inputs)
    ours["puppet"]["csr_attributes"] = {"custom_attributes": {CHALLENGE_PASSWORD: secret}}
    merged = deep_merge(ours, inputs.cloud_init)
    for key in CLOUD_INIT_LISTS:
        if key in ours and key in inputs.cloud_init:
            merged[key] = [*inputs.cloud_init[key], *ours[key]]
    return merged


def _agent_host(batch: Batch, inputs: UserData) -> CloudConfig:
    agent = inputs.agent
    assert agent is not None  # noqa: S101 - launch.prepare gives every batch one or the other
    conf = {
        "server": agent.server,
        "ca_server": agent.ca_server,
        "ca_port": str(agent.ca_port),
        "waitforcert": "15s",
        "http_connect_timeout": "10s",
    }
    if agent.port != DEFAULT_PORT:
        conf["serverport"] = str(agent.port)
    names = {"main": {"certname": _certname(batch)}}
    script = f"{HOST_FOLDER}/bootstrap"
    return {
        "puppet": {**_install(), "conf": {"ca_cert": agent.ca_cert, **names, "agent": conf}},
        "write_files": [_file(script, _script("agent.sh"), mode="0700")],
        "runcmd": [["/bin/sh", script, _certname(batch)]],
    }


def _ca_host(batch: Batch, inputs: UserData) -> CloudConfig:
    code = inputs.code
    assert code is not None  # noqa: S101 - see _agent_host
    settings = {
        "certname": batch.batch,
        "environment": batch.record.environment,
        "code_url": code.url,
        "code_sha256": code.sha256,
        "packages": " ".join(f"puppet-module-puppetlabs-{name}" for name in MODULES),
    }
    agent = {
        "server": _hostname(batch),
        "ca_server": _hostname(batch),
        "ca_port": "8141",
        "waitforcert": "15s",
        "http_connect_timeout": "10s",
    }
    script = f"{HOST_FOLDER}/bootstrap"
    return {
        "puppet": {**_install(), "conf": {"main": {"certname": batch.batch}, "agent": agent}},
        "write_files": [
            _file(script, _script("puppetmaster.sh"), mode="0700"),
            _file(
                f"{HOST_FOLDER}/settings",
                "".join(f"{name}={shlex.quote(value)}\n" for name, value in settings.items()),
                mode="0600",
            ),
            _file(HOST_RECORD, batch.record.for_host().decode(), mode="0600"),
        ],
        "runcmd": [["/bin/sh", script]],
    }


def _install() -> CloudConfig:
    return {
        "install": True,
        "install_type": "packages",
        "package_name": "puppet-agent",
        # cc_puppet reports a failed run as success: the service is started by our last step.
        "exec": False,
        "start_service": False,
    }


def _file(path: str, content: str, *, mode: str) -> dict[str, str]:
    return {"path": path, "owner": "root:root", "permissions": mode, "content": content}


def _script(name: str) -> str:
    return (SCRIPTS / name).read_text(encoding="utf-8")
