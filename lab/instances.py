"""One instance: a systemd-nspawn container on an overlay of its image."""

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab import cgroups
from lab.network import Network
from lab.run import run

# --keep-unit makes the instance's groups below the group that nspawn starts in, so that comes first. The
# fresh sysfs shows the network cards of the lab's namespace, where nspawn looks for the one to hand over;
# read-only it tells nspawn not to wait for a udev that never sees this namespace.
PREPARE = """\
echo $$ > "$0/cgroup.procs"
mount -t sysfs -o ro sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
exec "$@"
"""


@dataclass(frozen=True)
class Place:
    """The files of an instance, kept from its launch to its termination."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def console(self) -> Path:
        return self.folder / "console.log"

    def make(self) -> None:
        for name in ("upper", "root"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def mount(self, image: Path) -> None:
        """Put the overlay together. `volatile`: what the instance writes need not survive the machine."""
        shutil.rmtree(self.folder / "work", ignore_errors=True)  # its mark would forbid a second mount
        (self.folder / "work").mkdir()
        options = f"lowerdir={image},upperdir={self.folder}/upper,workdir={self.folder}/work,volatile"
        run(["mount", "-t", "overlay", "overlay", "-o", options, self.root])

    def unmount(self) -> None:
        run(["umount", "--lazy", self.root], expect=(0, 1, 32))

    def remove(self) -> None:
        """Remove all but the console, which EC2 too keeps of a terminated instance."""
        if not (self.folder / "upper").exists():
            return
        self.unmount()
        for folder in self.folder.iterdir():
            if folder.is_dir():
                shutil.rmtree(folder)


@dataclass
class Container:
    """A booted instance; its processes are the members of a control group of its own."""

    instance_id: str
    place: Place
    process: subprocess.Popen[bytes]
    # How many of the API's reboots it has been told of.
    reboots: int = 0

    @classmethod
    def boot(cls, instance_id: str, place: Place, network: Network, mac: str) -> "Container":
        """Start the container in the lab's network; returns at once, the console goes to a file."""
        interface = f"e{instance_id[-10:]}"  # 15 characters at most, with the `p` of the other end
        network.unplug(interface)
        network.plug(interface, mac)
        nspawn = [
            "systemd-nspawn",
            "--quiet",
            "--boot",
            "--register=no",
            "--keep-unit",
            "--settings=no",
            f"--directory={place.root}",
            f"--machine={instance_id}",
            f"--network-interface={interface}",
            "--resolv-conf=off",
            "--timezone=off",
            "--link-journal=no",
            "--console=read-only",
        ]
        group = cgroups.group(instance_id)
        group.mkdir(parents=True, exist_ok=True)
        prepared = ["unshare", "--mount", "sh", "-ec", PREPARE, str(group), *nspawn]
        with place.console.open("ab") as console:
            process = subprocess.Popen(
                network.inside(prepared), stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT
            )
        return cls(instance_id, place, process)

    @property
    def leader(self) -> int | None:
        """The host's process id of the instance's own process 1, once there is one."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        try:
            pids = children.read_text().split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return int(pids[0]) if pids else None

    @property
    def ended(self) -> int | None:
        """The exit code of a container that is no longer there."""
        return self.process.poll()

    def power_off(self) -> None:
        """Ask for an orderly shutdown, as EC2 does for StopInstances; nspawn passes it on."""
        self.process.send_signal(signal.SIGTERM)

    def reboot(self, reboots: int) -> None:
        """Ask for an orderly reboot, as EC2 does; to be called again while there is no process 1."""
        if self.leader is not None:
            os.kill(self.leader, signal.SIGINT)  # to a guest's systemd this is Ctrl-Alt-Del
            self.reboots = reboots

    def destroy(self) -> None:
        cgroups.destroy(self.instance_id)
        self.process.wait()
