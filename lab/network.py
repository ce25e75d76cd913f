"""The lab's network: a bridge in a namespace of its own, addressed like a VPC of EC2."""

import ipaddress
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab.run import run, wait_for

VPC = ipaddress.ip_network("172.31.0.0/16")
GATEWAY = VPC[1]
RESOLVER = VPC[2]  # EC2's convention: the base of the VPC plus two
METADATA = "169.254.169.254"
BRIDGE = "vpc0"
# Given none, a bridge takes the lowest address of its ports: it changes as instances come and go, and the
# others lose their resolver for ten seconds, until they ask for the new one.
BRIDGE_MAC = "06:00:00:00:00:01"
DOMAIN = "ec2.internal"
REGION = "us-east-1"
MIRROR_NAME = "mirror.lab.internal"
PACKAGES_NAME = "packages.lab.internal"


@dataclass(frozen=True)
class Network:
    """The network namespace, named by the process that holds it open.

    It has no name under /run/netns: when the last process in it ends, nothing is left to clean up.
    """

    anchor: int

    @classmethod
    def create(cls) -> tuple["Network", subprocess.Popen[bytes]]:
        """Make the namespace with its bridge and addresses; the process returned keeps it alive."""
        holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        ours = Path("/proc/self/ns/net").readlink()
        wait_for(
            lambda: Path(f"/proc/{holder.pid}/ns/net").readlink() != ours,
            deadline=10,
            what="no network namespace",
        )
        network = cls(holder.pid)
        prefix = VPC.prefixlen
        for words in (
            f"link add {BRIDGE} address {BRIDGE_MAC} type bridge",
            "link set lo up",
            f"addr add {GATEWAY}/{prefix} dev {BRIDGE}",
            f"addr add {RESOLVER}/{prefix} dev {BRIDGE}",
            f"addr add {METADATA}/32 dev {BRIDGE}",
            f"link set {BRIDGE} up",
        ):
            network.ip(words)
        return network, holder

    @property
    def path(self) -> Path:
        return Path(f"/proc/{self.anchor}/ns/net")

    def inside(self, argv: list[str]) -> list[str]:
        """The command line that runs `argv` in the namespace."""
        return ["nsenter", f"--net={self.path}", "--", *argv]

    def ip(self, words: str) -> None:
        run(self.inside(["ip", *words.split()]))

    def plug(self, interface: str, mac: str) -> None:
        """Make an instance's network card: `interface` with this MAC, its other end on the bridge."""
        other = f"p{interface}"
        self.ip(f"link add {other} type veth peer name {interface} address {mac}")
        self.ip(f"link set {other} master {BRIDGE} up")

    def unplug(self, interface: str) -> None:
        """Remove the card; the kernel does it by itself when the instance's own namespace is gone."""
        run(self.inside(["ip", "link", "del", f"p{interface}"]), expect=(0, 1))
