"""The differential test in the lab: `make differential`. Launches both sides and the clients, runs the suite.

A lab that is up is used, and left up; else one is started and taken down again. Exit code: pytest's.
"""

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from lab import access, lifecycle
from lab.errors import CommandFailed
from lab.releases import DEFAULT, RELEASES
from lab.run import wait_for
from lab.state import CHECKOUT, State
from tests.differential import setup
from tests.differential.sides import Server
from tests.e2e.support import AGENT, BOOT_DEADLINE, await_boot, ec2, shell

SUITE = CHECKOUT / "tests" / "differential"
REPORT = CHECKOUT / "docs" / "differential.md"
INSTALL_DEADLINE = 900.0
APPLY_DEADLINE = 900.0
SUITE_DEADLINE = 3600.0
CLIENTS = {"Puppet 7": "bookworm", "Puppet 8": "trixie", "OpenVox 9": "forky"}
CA_PORTS = {"reference": 8140, "ours": 8141}
SIDES = tuple(CA_PORTS)
SUITE_OF_SIDES, SIZE_OF_SIDES = "trixie", "t3.large"
# The suite writes puppetserver's configuration first, and starts it then.
REFERENCE = """\
#cloud-config
write_files:
  - {path: /usr/sbin/policy-rc.d, permissions: "0755", content: "#!/bin/sh\\nexit 101\\n"}
package_update: true
packages: [puppetserver]
runcmd:
  - rm /usr/sbin/policy-rc.d
"""
ENVIRONMENT = "/etc/puppet/code/environments/production"
MODULES = "puppet-module-puppetlabs-{stdlib,apache,apt,concat,inifile,postgresql}"
# As puppetserver renews, and without the limit for floods, which it has none of.
SETTINGS = (
    "puppet::ca::settings: {allow_auto_renewal: true, auto_renewal_cert_ttl: 90d, requests_per_minute: 0}"
)


def main() -> int:
    """Run everything; return pytest's exit code."""
    state = State.default()
    with _lab(state), instances(state, CLIENTS) as launched:
        site = state.run / "differential.yaml"
        site.write_text(yaml.safe_dump(description(state, launched)))
        return _suite(state, site)


@contextlib.contextmanager
def _lab(state: State) -> Iterator[None]:
    was_up = lifecycle.is_running(state)
    lifecycle.up(state, print, suites=set(CLIENTS.values()) - {DEFAULT.suite})
    try:
        yield
    finally:
        if not was_up:
            lifecycle.down(state, print)


@contextlib.contextmanager
def instances(state: State, clients: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Both sides and some clients (label -> suite), ready for use; gives label -> instance id.

    They are terminated at the end, unless the caller has taken their ids out.
    """
    launched: dict[str, str] = {}
    try:
        for label in SIDES:
            user_data = REFERENCE if label == "reference" else ""
            launched[label] = _launch(state, SUITE_OF_SIDES, SIZE_OF_SIDES, user_data)
        for label, suite in clients.items():
            launched[label] = _launch(state, suite, "t3.small", "")
        ready = {"reference": _await_reference, "ours": _apply_by_hand}
        with ThreadPoolExecutor() as pool:
            boots = [
                pool.submit(ready.get(label, await_boot), state, name) for label, name in launched.items()
            ]
        for boot in boots:
            boot.result()
        yield launched
    finally:
        if launched:
            ec2(state, "terminate_instances", InstanceIds=list(launched.values()))


def _launch(state: State, suite: str, size: str, user_data: str) -> str:
    image = access.images(state)[RELEASES[suite].image_name]
    [instance] = ec2(
        state,
        "run_instances",
        ImageId=image,
        InstanceType=size,
        MinCount=1,
        MaxCount=1,
        UserData=user_data,
    )["Instances"]
    return str(instance["InstanceId"])


def _await_reference(state: State, name: str) -> None:
    """Wait until puppetserver is installed, and start it as a CA: it has the time, ours takes longer."""
    _await_package(state, name)
    setup.prepare_reference(Server("reference", **_server(state, name, "reference")))


def _await_package(state: State, name: str) -> None:
    """Wait until cloud-init has installed puppetserver, in its last stage."""
    wait_for(
        lambda: bool(access.find(state, name)["leader"]),
        deadline=BOOT_DEADLINE,
        every=0.5,
        what=f"{name} does not boot",
    )
    wait_for(
        lambda: _has_package(state, name),
        deadline=INSTALL_DEADLINE,
        every=2,
        what=f"{name} has no puppetserver; see its /var/log/cloud-init-output.log",
    )


def _has_package(state: State, name: str) -> bool:
    try:
        return "yes" in shell(
            state, name, "test ! -e /usr/sbin/policy-rc.d && command -v puppetserver && echo yes"
        )
    except CommandFailed:
        return False


def _apply_by_hand(state: State, name: str) -> None:
    """All in one, as an administrator types it (README): the store is a folder, which the suite writes to."""
    await_boot(state, name)
    install = f"apt-get update && apt-get install -y puppet-agent {MODULES}"
    shell(state, name, install, deadline=INSTALL_DEADLINE)
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=CHECKOUT, capture_output=True, check=True).stdout
    unpack = f"mkdir -p {ENVIRONMENT} && tar -x -C {ENVIRONMENT}"
    subprocess.run(access.shell(state, name, [unpack]), input=archive, check=True, timeout=60)
    own_data = f"{ENVIRONMENT}/data/nodes/$(puppet config print certname).yaml"
    shell(state, name, f'mkdir -p {ENVIRONMENT}/data/nodes && echo "{SETTINGS}" > {own_data}')
    apply = (
        f"puppet apply --environment production --detailed-exitcodes {ENVIRONMENT}/manifests/puppetmaster.pp"
    )
    shell(state, name, f"{apply} 2>&1; test $? = 2", deadline=APPLY_DEADLINE)
    # The agent's first run may restart services: let it be over; none follows while the suite runs.
    agent = f"{AGENT}; test $? = 0 -o $? = 2"
    shell(state, name, f"({agent}) && puppet agent --disable 'differential test'", deadline=APPLY_DEADLINE)


def description(state: State, launched: Mapping[str, str]) -> dict[str, Any]:
    """What `sides.load` reads."""
    sides = {label: _server(state, launched[label], label) for label in SIDES}
    clients = [
        {"label": label, "shell": _shell(state, name)}
        for label, name in launched.items()
        if label not in SIDES
    ]
    return {**sides, "clients": clients}


def _server(state: State, name: str, side: str) -> dict[str, Any]:
    instance = access.find(state, name)
    return {
        "address": instance["address"],
        "name": instance["name"],
        "ca_port": CA_PORTS[side],
        "shell": _shell(state, name),
    }


def _shell(state: State, name: str) -> list[str]:
    """To which a command line is added."""
    return access.shell(state, name, ["COMMAND"])[:-1]


def _suite(state: State, site: Path) -> int:
    argv = [sys.executable, "-m", "pytest", str(SUITE), f"--site={site}", f"--report={REPORT}", "--quiet"]
    done = subprocess.run(
        access.inside(state, [*argv, "-p", "no:cacheprovider"]),
        cwd=CHECKOUT,
        env=access.environment(state),
        check=False,
        timeout=SUITE_DEADLINE,
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
