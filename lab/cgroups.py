"""One control group holds all that the lab starts, so that all of it can be ended, whoever died first."""

import hashlib
import os
import signal
from pathlib import Path

from lab.errors import HostUnfit
from lab.run import wait_for
from lab.state import State

# Every state directory has a lab of its own: none ends another's processes.
NAME = f"ec2-lab-{hashlib.sha256(str(State.default().root).encode()).hexdigest()[:8]}"


def unified_mount() -> Path:
    """Where the cgroup2 hierarchy is mounted: /sys/fs/cgroup, or beside version 1 on a hybrid host."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    found = [Path(fields[1]) for fields in mounts if fields[2] == "cgroup2"]
    if not found:
        raise HostUnfit("no cgroup2 hierarchy is mounted; mount one: mount -t cgroup2 cgroup2 /sys/fs/cgroup")
    return found[-1]


def group(name: str = "") -> Path:
    """The lab's control group, or the one below it that `name` names."""
    return unified_mount() / NAME / name


def members(name: str = "") -> list[int]:
    """Process ids in the group and in all below it."""
    pids: list[int] = []
    for procs in group(name).rglob("cgroup.procs"):
        try:
            pids += [int(pid) for pid in procs.read_text().split()]
        except FileNotFoundError:
            continue  # the group went away while we looked
    return pids


def destroy(name: str = "", *, deadline: float = 30) -> None:
    """Kill every process in the group and below, then remove the groups."""
    folder = group(name)
    if not folder.exists():
        return
    wait_for(
        lambda: _killed(folder, name), deadline=deadline, every=0.05, what=f"processes in {folder} do not end"
    )
    for below in sorted(folder.rglob("*"), reverse=True):
        if below.is_dir():
            below.rmdir()
    folder.rmdir()


def _killed(folder: Path, name: str) -> bool:
    kill = folder / "cgroup.kill"  # Linux 5.14 and later: whole subtree at once, no race with forks
    if kill.exists():
        kill.write_text("1")
    else:
        for pid in members(name):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
    return "populated 0" in (folder / "cgroup.events").read_text()
