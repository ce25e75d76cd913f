"""The lab by itself: instances follow the API, and nothing is left behind, whatever ended it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import access, cgroups, lifecycle
from lab.errors import Busy, CommandFailed, NoSuchInstance, NotRunning
from lab.network import BRIDGE, Network
from lab.run import run, wait_for
from lab.state import CHECKOUT, State, read_json
from tests.e2e.support import Refused, await_boot, ec2, launch, shell

LAB = str(CHECKOUT / "lab" / "lab")


def quiet(_line: str) -> None:
    """Progress is of no interest here."""


def remains(state: State) -> dict[str, list[str]]:
    """What a lab could leave on the machine: processes, mounts, namespaces, control groups."""
    tag = str(state.root)
    processes = [
        path.parent.name
        for path in Path("/proc").glob("[0-9]*/cgroup")
        if cgroups.NAME in _read(path) and "\nState:\tZ" not in _read(path.with_name("status"))
    ]  # fmt: skip
    return {
        "processes": processes,
        "mounts": [line for line in _read(Path("/proc/self/mounts")).splitlines() if tag in line],
        "namespaces": [path.name for path in Path("/run/netns").glob("*")],
        "groups": [str(path) for path in cgroups.unified_mount().glob(f"{cgroups.NAME}*")],
        "machines": [path.name for path in Path("/run/systemd/nspawn").rglob("i-*")],
        "files": [path.name for path in state.root.iterdir() if path.name in ("run", "instances")],
    }


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


@pytest.fixture(scope="module")
def before(state: State) -> dict[str, list[str]]:
    lifecycle.down(state, quiet)
    return remains(state)


@pytest.fixture
def lab(state: State, before: dict[str, list[str]]) -> Iterator[State]:
    lifecycle.up(state, quiet)
    yield state
    lifecycle.down(state, quiet)


def state_of(state: State, name: str) -> str:
    reservations = ec2(state, "describe_instances", InstanceIds=[name])["Reservations"]
    return str(reservations[0]["Instances"][0]["State"]["Name"])


def test_an_instance_boots_with_its_address_name_card_and_user_data(lab: State) -> None:
    user_data = (
        "## template: jinja\n#cloud-config\nruncmd:\n"
        "- [sh, -c, 'echo {{ ds.meta_data.ami_launch_index }} {{ v1.instance_id }} > /root/told']\n"
    )
    options = {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
    instance = launch(lab, user_data, MetadataOptions=options)
    name = instance["InstanceId"]
    await_boot(lab, name)
    assert shell(lab, name, "cat /root/told").split() == ["0", name]
    assert shell(lab, name, "hostname -f").strip() == instance["PrivateDnsName"]
    card = instance["NetworkInterfaces"][0]["MacAddress"]
    assert card in shell(lab, name, "ip link show")
    assert instance["PrivateIpAddress"] in shell(lab, name, f"getent hosts {instance['PrivateDnsName']}")
    assert instance["PrivateDnsName"] in shell(lab, name, f"getent hosts {instance['PrivateIpAddress']}")
    assert shell(lab, name, "systemctl is-system-running --wait").strip() == "running"


def test_an_instance_has_no_way_out_but_the_mirror(lab: State) -> None:
    name = launch(lab)["InstanceId"]
    await_boot(lab, name)
    assert "Reading package lists" in shell(lab, name, "apt-get update")
    with pytest.raises(CommandFailed):
        shell(lab, name, "timeout 5 bash -c 'exec 3<>/dev/tcp/192.0.2.1/80'")
    with pytest.raises(CommandFailed):
        shell(lab, name, "getent hosts example.com")


def test_the_gateway_keeps_its_hardware_address_while_instances_come_and_go() -> None:
    network, holder = Network.create()
    try:
        show = network.inside(["ip", "-json", "link", "show", BRIDGE])
        seen = []
        for card in ("e1", "e2"):
            network.plug(card, f"02:00:00:00:00:0{card[1]}")
            seen.append(json.loads(run(show).stdout)[0]["address"])
        for card in ("e1", "e2"):
            network.unplug(card)
            seen.append(json.loads(run(show).stdout)[0]["address"])
        assert len(set(seen)) == 1, seen
    finally:
        holder.kill()
        holder.wait()


def test_instances_follow_the_api_and_the_api_follows_instances(lab: State) -> None:
    name = launch(lab)["InstanceId"]
    await_boot(lab, name)
    shell(lab, name, "touch /root/kept; systemctl --no-block poweroff")
    wait_for(lambda: state_of(lab, name) == "stopped", deadline=60, what="the API does not see the poweroff")
    ec2(lab, "start_instances", InstanceIds=[name])
    wait_for(lambda: bool(access.find(lab, name)["leader"]), deadline=30, what="no second boot")
    await_boot(lab, name)
    assert shell(lab, name, "ls /root/kept").strip() == "/root/kept"
    ec2(lab, "terminate_instances", InstanceIds=[name])
    wait_for(
        lambda: not cgroups.group(name).exists() and not (lab.instances / name / "upper").exists(),
        deadline=30,
        what="the terminated instance is still there",
    )
    with pytest.raises(NoSuchInstance):
        access.find(lab, name)


def test_an_instance_reboots_when_the_api_is_asked_to_or_it_wants_to(lab: State) -> None:
    name = launch(lab)["InstanceId"]
    await_boot(lab, name)
    for reboot in (
        lambda: ec2(lab, "reboot_instances", InstanceIds=[name]),
        lambda: shell(lab, name, "systemctl --no-block reboot"),
    ):
        leader = access.find(lab, name)["leader"]
        reboot()
        wait_for(
            lambda: access.find(lab, name)["leader"] not in (None, leader),  # noqa: B023 - asked within the loop
            deadline=60,
            what="no second boot",
        )
        await_boot(lab, name)
        assert state_of(lab, name) == "running"
        assert access.find(lab, name)["failure"] is None


def test_a_crashed_instance_shows_in_the_status_with_exit_code_1(lab: State) -> None:
    name = launch(lab)["InstanceId"]
    wait_for(lambda: bool(access.find(lab, name)["leader"]), deadline=30, what="no boot")
    cgroups.destroy(name)
    wait_for(lambda: bool(access.find(lab, name)["failure"]), deadline=30, what="the crash goes unseen")
    done = subprocess.run([LAB, "status"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "crashed" in done.stdout
    assert name in done.stderr


def test_an_unknown_image_is_refused_as_ec2_does(lab: State) -> None:
    with pytest.raises(Refused, match=r"InvalidAMIID\.NotFound"):
        ec2(lab, "run_instances", ImageId="ami-00000000000000000", MinCount=1, MaxCount=1)


def test_a_second_up_changes_nothing(lab: State) -> None:
    daemon = read_json(lab.report_file)["pid"]
    lifecycle.up(lab, quiet)
    assert read_json(lab.report_file)["pid"] == daemon


def test_a_second_up_while_one_is_at_work_is_refused(lab: State) -> None:
    with lab.exclusive(), pytest.raises(Busy, match=f"pid {os.getpid()}"):
        lifecycle.up(lab, quiet)


def test_ssh_exits_as_the_command_did(lab: State) -> None:
    name = launch(lab)["InstanceId"]
    await_boot(lab, name)
    assert subprocess.run([LAB, "ssh", name, "exit 7"], check=False).returncode == 7


def test_commands_say_so_when_the_lab_is_down(state: State, before: dict[str, list[str]]) -> None:
    with pytest.raises(NotRunning):
        access.report(state)
    for command in (["status"], ["exec", "--", "true"], ["ssh", "namenode"]):
        assert subprocess.run([LAB, *command], capture_output=True, check=False).returncode == 3


def test_down_leaves_nothing_behind(state: State, before: dict[str, list[str]]) -> None:
    lifecycle.up(state, quiet)
    await_boot(state, launch(state)["InstanceId"])
    lifecycle.down(state, quiet)
    assert remains(state) == before


def test_down_leaves_nothing_behind_after_the_daemon_was_killed(
    state: State, before: dict[str, list[str]]
) -> None:
    lifecycle.up(state, quiet)
    name = launch(state)["InstanceId"]
    wait_for(lambda: bool(access.find(state, name)["leader"]), deadline=30, what="no boot")
    os.kill(read_json(state.report_file)["pid"], signal.SIGKILL)
    wait_for(lambda: not lifecycle.is_running(state), deadline=10, what="the killed daemon is said to run")
    lifecycle.down(state, quiet)
    assert remains(state) == before


def test_a_service_that_cannot_start_is_named_at_once(
    state: State, before: dict[str, list[str]], tmp_path: Path
) -> None:
    broken = tmp_path / "dnsmasq"
    broken.write_text("#!/bin/sh\nexit 5\n")
    broken.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        [LAB, "up"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert "names ended with exit code 5" in done.stderr
    assert remains(state) == before


def test_an_interrupted_up_leaves_nothing_running(state: State, before: dict[str, list[str]]) -> None:
    starting = subprocess.Popen([LAB, "up"], stderr=subprocess.DEVNULL)
    wait_for(lambda: cgroups.group("daemon").exists(), deadline=60, every=0.01, what="no daemon is started")
    starting.send_signal(signal.SIGINT)
    assert starting.wait(timeout=30) in (130, 0)
    lifecycle.down(state, quiet)
    assert remains(state) == before


# Builds an image where it cannot be built, and tells what is left of it.
BUILD = """
import sys
from pathlib import Path
from lab import certs, host
from lab.errors import LabError
from lab.image import build
from lab.releases import DEFAULT
host.FREE_BYTES_FOR_BUILDS = 0
cache = Path(sys.argv[1])
authority = certs.authority(cache / "ca")
try:
    build.ensure(cache, DEFAULT, authority, cache / "log")
except LabError as failed:
    print(failed)
print("left:", *sorted(path.name for path in cache.iterdir()))
"""


@pytest.mark.parametrize(
    "handicap",
    [
        pytest.param(["unshare", "--net"], id="no network"),
        pytest.param(
            ["unshare", "--mount", "sh", "-ec", 'mount -t tmpfs -o size=80m tmpfs "$0"; exec "$@"', "CACHE"],
            id="full disk",
        ),
    ],
)
def test_an_image_that_cannot_be_built_is_told_and_not_kept(tmp_path: Path, handicap: list[str]) -> None:
    words = [str(tmp_path) if word == "CACHE" else word for word in handicap]
    done = run(
        [*words, sys.executable, "-c", BUILD, tmp_path], deadline=300, env={"PYTHONPATH": str(CHECKOUT)}
    )
    assert "the trixie image could not be built" in done.stdout
    assert done.stdout.splitlines()[-1] == "left: ca log"


def test_ctrl_c_while_the_image_builds_leaves_no_half_image(tmp_path: Path) -> None:
    environment = {**os.environ, "LAB_STATE_DIR": str(tmp_path)}
    building = subprocess.Popen(
        [LAB, "up"], env=environment, start_new_session=True, stderr=subprocess.PIPE, text=True
    )
    root = tmp_path / "cache" / "building-trixie"
    wait_for((root / "usr").exists, deadline=120, what="no image is being built")
    os.killpg(building.pid, signal.SIGINT)
    _, told = building.communicate(timeout=60)
    assert building.returncode == 130
    assert "interrupted" in told
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["ca"]
    assert not cgroups.members()
