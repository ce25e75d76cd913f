"""User data for cloud-init: a jinja template, so that one text serves all nodes of a batch."""

from __future__ import annotations

import gzip
import re
import shlex
from pathlib import Path
from typing import Any

import yaml

from conductor.authority import CA_PORT
from conductor.errors import ConfigError
from conductor.merge import deep_merge
from conductor.record import AgentSettings, Batch, Code, UserData
from conductor.roles import MASTER_CLASS
from conductor.servers import MASTER_PORT, master_port
from conductor.setting_types import CLOUD_INIT_LISTS

LIMIT = 16384  # bytes that EC2 takes, before base64
CHALLENGE_PASSWORD = "1.2.840.113549.1.9.7"  # noqa: S105 - the attribute's OID
SCRIPTS = Path(__file__).parent.parent / "bootstrap"
HOST_FOLDER = "/var/lib/puppet-bootstrap"
HOST_RECORD = "/etc/puppet/record.yaml"
WAITING = {"waitforcert": "15s", "http_connect_timeout": "10s"}
# A first run that finds no master up is repeated soon; the first catalog sets the usual time.
FIRST_INTERVAL = "1m"
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
        ours |= _infrastructure_host(batch, inputs, inputs.code)
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
    assert agent is not None  # noqa: S101 - only the CA's host has none, see preparing.prepare
    script = f"{HOST_FOLDER}/bootstrap"
    main = {"certname": _certname(batch)}
    enrolment = batch.record.enrolment
    if enrolment and enrolment.dns_alt_names is None:
        main["dns_alt_names"] = _names(batch)
    conf = {**_ca(agent), **_masters(agent), "runinterval": FIRST_INTERVAL}
    return {
        "puppet": {**_install(), "conf": {"ca_cert": agent.ca_cert, "main": main, "agent": conf}},
        "write_files": [_file(script, _script("agent.sh"), mode="0700")],
        "runcmd": [["/bin/sh", script, _certname(batch)]],
    }


def _names(batch: Batch) -> str:
    """What the certificate is asked for besides the certname."""
    return ",".join([_hostname(batch), *batch.dns_alt_names])


def _infrastructure_host(batch: Batch, inputs: UserData, code: Code) -> CloudConfig:
    agent = inputs.agent  # None: this is the CA
    is_master = MASTER_CLASS in batch.record.classes
    main = {"certname": _certname(batch)}
    conf = _ca(agent) if agent else _own_ca(batch)
    if is_master:
        conf |= _itself_first(batch, agent)
    elif agent:
        conf |= _masters(agent)
    puppet: CloudConfig = {**_install(), "conf": {"main": main, "agent": conf}}
    enrolment = batch.record.enrolment
    if agent:
        puppet["conf"]["ca_cert"] = agent.ca_cert
        main["dns_alt_names"] = _names(batch)
    settings = {
        "certname": _certname(batch),
        "environment": batch.record.environment,
        "code_url": code.url,
        "code_sha256": code.sha256,
        "packages": " ".join(f"puppet-module-puppetlabs-{name}" for name in MODULES),
        "expires": enrolment.expires if enrolment and agent else "",
        "agent": "yes" if is_master or (agent and agent.server) else "later",
    }
    script = f"{HOST_FOLDER}/bootstrap"
    return {
        "puppet": puppet,
        "write_files": [
            _file(script, _script("infrastructure.sh"), mode="0700"),
            _file(
                f"{HOST_FOLDER}/settings",
                "".join(f"{name}={shlex.quote(value)}\n" for name, value in settings.items()),
                mode="0600",
            ),
            _file(HOST_RECORD, batch.record.for_host().decode(), mode="0600"),
        ],
        "runcmd": [["/bin/sh", script]],
    }


def _ca(agent: AgentSettings) -> dict[str, str]:
    """puppet.conf's section [agent]: the CA, and how to deal with one that does not answer."""
    return {"ca_server": agent.ca_server, "ca_port": str(agent.ca_port), **WAITING}


def _own_ca(batch: Batch) -> dict[str, str]:
    return {"ca_server": _hostname(batch), "ca_port": str(CA_PORT), **WAITING}


def _masters(agent: AgentSettings) -> dict[str, str]:
    """The masters to ask; nothing while there is none: the host finds them later by itself."""
    if not agent.server:
        return {}
    if agent.server_list:
        return {"server": agent.server, "server_list": ",".join(agent.server_list)}
    if agent.port not in {None, MASTER_PORT}:
        return {"server": agent.server, "serverport": str(agent.port)}
    return {"server": agent.server}


def _itself_first(batch: Batch, agent: AgentSettings | None) -> dict[str, str]:
    """A master asks itself, and the others while it does not answer."""
    own = f"{_hostname(batch)}:{master_port(batch.record)}"
    others = agent.server_list if agent else []
    return {"server": _hostname(batch), "server_list": ",".join([own, *others])}


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
