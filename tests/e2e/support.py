"""What the end-to-end tests share."""

import json
import subprocess
import sys
from typing import Any

from lab import access, inventory
from lab.errors import CommandFailed
from lab.releases import DEFAULT
from lab.run import run, wait_for
from lab.state import CHECKOUT, State

BOOT_DEADLINE = 180
# One run of an agent, after one that may be under way; exit code 0: nothing changed, 2: something did.
AGENT = "puppet agent --test --waitforlock 5 --maxwaitforlock 5m --detailed-exitcodes --no-show_diff 2>&1"

CALL = """
import boto3, json, sys
from botocore.exceptions import ClientError
try:
    client = boto3.client("ec2")
    print(json.dumps(getattr(client, sys.argv[1])(**json.loads(sys.argv[2])), default=str))
except ClientError as refused:
    sys.exit(refused.response["Error"]["Code"])
"""


class Refused(Exception):
    """The API's error code."""


def ec2(state: State, action: str, **parameters: Any) -> Any:
    """What boto3's EC2 client gives inside the lab; raises Refused with the API's error code."""
    argv = access.inside(state, ["python3", "-c", CALL, action, json.dumps(parameters)])
    done = subprocess.run(
        argv, env=access.environment(state), capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode != 0:
        raise Refused(done.stderr.strip().splitlines()[-1])
    return json.loads(done.stdout)


def launch(state: State, user_data: str = "", **parameters: Any) -> dict[str, Any]:
    """One instance of the default image, not yet booted."""
    image = access.images(state)[DEFAULT.image_name]
    wanted = {"ImageId": image, "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1}
    [instance] = ec2(state, "run_instances", **wanted, UserData=user_data, **parameters)["Instances"]
    return dict(instance)


def shell(state: State, name: str, command: str, *, deadline: float = 60) -> str:
    """Output of a root's command on an instance; raises CommandFailed."""
    return run(access.shell(state, name, [command]), deadline=deadline).stdout


def await_boot(state: State, name: str) -> None:
    """Wait until cloud-init is done on an instance."""

    def booted() -> bool:
        if not access.find(state, name)["leader"]:
            return False
        try:
            return "status: done" in shell(state, name, "cloud-init status || true")
        except CommandFailed:
            return False

    wait_for(booted, deadline=BOOT_DEADLINE, every=0.5, what=f"{name} does not finish cloud-init")


def check_hosts(state: State, *modules: str) -> None:
    """Run tests/hosts, or these modules of it, over ssh on every node; CalledProcessError: a check fails."""
    folder = CHECKOUT / "tests" / "hosts"
    hosts, ssh_config = inventory.write(state)
    checks = [
        sys.executable,
        "-m",
        "pytest",
        "-v",
        "-n",
        "4",
        *map(str, [folder / name for name in modules] or [folder]),
    ]
    options = ["--inventory", str(hosts), "--ssh-config", str(ssh_config), "-p", "no:cacheprovider"]
    argv = access.inside(state, [*checks, *options])
    subprocess.run(argv, env=access.environment(state), cwd=CHECKOUT, check=True, timeout=900)
