"""Ways in: commands inside the lab's network, and a root shell on an instance."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from lab.cloud.control import ask
from lab.errors import LabError, NoSuchInstance, NotRunning
from lab.lifecycle import is_running
from lab.network import REGION
from lab.state import CHECKOUT, State, read_json

SERVICES = {
    "EC2": f"https://ec2.{REGION}.amazonaws.com",
    "IAM": "https://iam.amazonaws.com",
    "S3": f"https://s3.{REGION}.amazonaws.com",
    "SQS": f"https://sqs.{REGION}.amazonaws.com",
    "STS": f"https://sts.{REGION}.amazonaws.com",
}
CA_VARIABLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


def report(state: State) -> dict[str, Any]:
    """What the daemon last saw of its services and containers; raises NotRunning when the lab is down."""
    if not is_running(state):
        raise NotRunning
    found: dict[str, Any] = read_json(state.report_file)
    return found


def instances(state: State) -> list[dict[str, Any]]:
    """The instances as the API has them now, each with its container's `leader` and `failure` (or None)."""
    containers = report(state)["containers"]
    unseen = {"leader": None, "failure": None}
    return [
        {**instance, **containers.get(instance["id"], unseen)}
        for instance in ask(state.control_socket, "/instances")
    ]


def images(state: State) -> dict[str, str]:
    """AMI ids by the images' names, such as lab-debian-13."""
    held = read_json(state.settings_file)["images"]
    return {image["name"]: ami_id for ami_id, image in held.items()}


def environment(state: State) -> dict[str, str]:
    """The environment that makes boto3, the aws tools and the conductor work on the lab, unchanged."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    ours = {
        **{f"AWS_ENDPOINT_URL_{name}": url for name, url in SERVICES.items()},
        **dict.fromkeys(CA_VARIABLES, str(state.run / "ca.pem")),
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",  # AWS's own example pair; moto takes any
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PUPPET_HADOOP_HOME": str(state.operator),
        "PUPPET_HADOOP_CONFIG": str(state.run / "start_instance.yaml"),
        "PATH": f"{CHECKOUT}/.venv/bin:{kept.get('PATH', os.defpath)}:/usr/sbin:/sbin",
    }
    return {**kept, **ours}


def inside(state: State, argv: Sequence[str]) -> list[str]:
    """The command line that runs `argv` in the lab's network, with the lab's resolver; the folder stays."""
    anchor = report(state)["network"]
    mount = (
        'mount --bind "$0" "$(readlink -f /etc/resolv.conf)" && '
        "mount --bind /dev/null /etc/hosts 2>/dev/null; "
        'exec "$@"'
    )
    return [
        "nsenter",
        f"--net=/proc/{anchor}/ns/net",
        "--",
        "unshare",
        "--mount",
        "--propagation",
        "private",
        "--",
        "sh",
        "-c",
        mount,
        str(state.run / "resolv.conf"),
        *argv,
    ]


def find(state: State, name: str) -> dict[str, Any]:
    """The instance that a role (the first node of it), an instance id or a private name means."""
    alive: list[dict[str, Any]] = [
        instance for instance in instances(state) if instance["state"] != "terminated"
    ]
    for instance in sorted(alive, key=lambda found: (found["launch_time"], found["launch_index"])):
        names = {instance["id"], instance["name"], instance["name"].partition(".")[0], instance["address"]}
        if name in names or name in (role_of(instance), instance["tags"].get("Name")):
            return instance
    known = ", ".join(f"{role_of(found) or '-'}={found['id']}" for found in alive) or "none"
    raise NoSuchInstance(f"no instance is called {name}; there are: {known}")


def role_of(instance: Mapping[str, Any]) -> str | None:
    """The role that the conductor tagged an instance with."""
    tag: str | None = instance["tags"].get("puppet-hadoop:role")
    return tag


def shell(state: State, name: str, argv: Sequence[str]) -> list[str]:
    """The command line of a root shell on an instance, or of one command (words are joined, as ssh does)."""
    command = ["bash", "-c", " ".join(argv)] if argv else ["bash", "--login"]
    return [*entering(state, name), *command]


def entering(state: State, name: str) -> list[str]:
    """The words before a command that root runs on an instance."""
    instance = find(state, name)
    if not instance["leader"]:
        raise LabError(f"{name} ({instance['id']}) is not booted: see lab console {name}, lab status")
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    clean = [
        "env",
        "--ignore-environment",
        "--chdir=/root",
        "HOME=/root",
        "USER=root",
        "LOGNAME=root",
        "LANG=C.UTF-8",
        path,
    ]
    terminal = os.environ.get("TERM")
    if terminal:
        clean.append(f"TERM={terminal}")
    return ["nsenter", "--target", str(instance["leader"]), "--all", "--root", "--", *clean]
