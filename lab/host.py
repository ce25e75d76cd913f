"""Is this machine fit for the lab? One message that names all that is missing."""

import os
import shutil
from pathlib import Path

from lab import cgroups
from lab.errors import CommandFailed, HostUnfit
from lab.run import run

COMMANDS = {
    "apt-get": "apt",
    "dnsmasq": "dnsmasq-base",
    "ip": "iproute2",
    "mmdebstrap": "mmdebstrap",
    "mvn": "maven",
    "nginx": "nginx-light",
    "nsenter": "util-linux",
    "systemd-nspawn": "systemd-container",
}
FREE_BYTES_FOR_BUILDS = 8 * 1024**3
# Every systemd holds several; the kernel's 128 a user are used up by a dozen instances, of whichever lab.
INOTIFY_LIMIT = Path("/proc/sys/fs/inotify/max_user_instances")
INOTIFY_INSTANCES = 1024


def require_root() -> None:
    if os.geteuid() != 0:
        raise HostUnfit("the lab makes namespaces and mounts and needs root: run it with sudo")


def require_fit() -> None:
    """Raise HostUnfit with everything that is missing."""
    require_root()
    lacks = _missing_commands() + _missing_features()
    if lacks:
        raise HostUnfit(
            "this machine lacks what the lab needs:\n" + "\n".join(f"  - {lack}" for lack in lacks)
        )


def _missing_commands() -> list[str]:
    search = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    absent = {package for command, package in COMMANDS.items() if not shutil.which(command, path=search)}
    return [f"Debian packages: apt-get install {' '.join(sorted(absent))}"] if absent else []


def _missing_features() -> list[str]:
    lacks = []
    if "overlay" not in Path("/proc/filesystems").read_text():
        try:
            run(["modprobe", "overlay"])
        except CommandFailed:
            lacks.append("overlay file systems (kernel option CONFIG_OVERLAY_FS, module overlay)")
    for kind, option in (("bridge", "CONFIG_BRIDGE"), ("veth", "CONFIG_VETH")):
        probe = ["unshare", "--net", "ip", "link", "add", "probe0", "type", kind]
        try:
            run(probe)
        except CommandFailed as failed:
            lacks.append(f"network namespaces with a {kind} device ({option}): {failed.output.strip()}")
    try:
        cgroups.unified_mount()
    except HostUnfit as unfit:
        lacks.append(str(unfit))
    return lacks


def make_room_for_instances() -> str | None:
    """Raise the kernel's limit of inotify instances where it is too low; says what was done.

    It stays raised until the next boot of the machine: another lab may need it by then.
    """
    limit = int(INOTIFY_LIMIT.read_text())
    if limit >= INOTIFY_INSTANCES:
        return None
    INOTIFY_LIMIT.write_text(str(INOTIFY_INSTANCES))
    return f"fs.inotify.max_user_instances: raised from {limit} to {INOTIFY_INSTANCES} until the next boot"


def require_space(folder: Path) -> None:
    """Raise HostUnfit unless the file system of `folder` has room for an image and the packages."""
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES_FOR_BUILDS:
        raise HostUnfit(
            f"{folder} has {free / 1024**3:.1f} GiB free, the lab's images and packages need "
            f"{FREE_BYTES_FOR_BUILDS / 1024**3:.0f}; free some, or set LAB_STATE_DIR to another disk"
        )


def archive() -> tuple[str, str]:
    """URLs of the Debian archive and of its security archive, as this machine's own apt has them.

    Raises HostUnfit where apt knows no Debian archive.
    """
    wanted = "$(CREATED_BY) $(ORIGIN) $(RELEASE) $(COMPONENT) $(REPO_URI)"
    try:
        listing = run(["apt-get", "indextargets", "--format", wanted]).stdout
    except CommandFailed as failed:
        raise HostUnfit(f"apt does not tell its package sources: {failed}") from failed
    main, security = "", ""
    for line in listing.splitlines():
        match line.split(" "):
            case ["Packages", "Debian", release, "main", uri] if release.endswith("-security"):
                security = security or uri.rstrip("/")
            case ["Packages", "Debian", _, "main", uri]:
                main = main or uri.rstrip("/")
    if not main:
        raise HostUnfit("apt has no Debian archive among its sources: check /etc/apt, run apt-get update")
    return main, security or main + "-security"
