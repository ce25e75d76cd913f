"""DHCP and DNS for the instances, by one dnsmasq that answers everything at once and asks nobody."""

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lab.network import BRIDGE, DOMAIN, GATEWAY, MIRROR_NAME, PACKAGES_NAME, RESOLVER, VPC
from lab.state import State, write_atomically

CONFIG = """\
keep-in-foreground
interface={bridge}
listen-address={resolver}
bind-interfaces
user=root
no-resolv
no-hosts
local-ttl=1
log-facility={log}/dnsmasq.log
pid-file=
# A name server that stays silent costs every puppet run ten seconds: what is unknown is NXDOMAIN at once.
address=/#/
bogus-priv
address=/amazonaws.com/{resolver}
host-record={mirror},{packages},{resolver}
domain={domain}
local=/{domain}/
# As EC2's resolver does: the name of an address is made of it, whether an instance has it or not.
synth-domain={domain},{vpc},ip-
dhcp-authoritative
dhcp-range={base},static,{netmask},1h
dhcp-hostsdir={leases}
dhcp-leasefile={run}/dns/leases
dhcp-option=option:router,{gateway}
dhcp-option=option:dns-server,{resolver}
dhcp-option=option:domain-name,{domain}
"""


def command(state: State) -> list[str]:
    """Write dnsmasq's configuration and return its command line."""
    path = state.run / "dns" / "dnsmasq.conf"
    write_atomically(
        path,
        CONFIG.format(
            bridge=BRIDGE,
            resolver=RESOLVER,
            log=state.log,
            mirror=MIRROR_NAME,
            packages=PACKAGES_NAME,
            domain=DOMAIN,
            vpc=VPC,
            base=VPC[0],
            netmask=VPC.netmask,
            leases=state.leases,
            run=state.run,
            gateway=GATEWAY,
        ),
    )
    return ["dnsmasq", f"--conf-file={path}"]


@dataclass(frozen=True)
class Leases:
    """The DHCP entries, one file an instance; dnsmasq takes new files up by itself (inotify)."""

    state: State
    server: subprocess.Popen[bytes]

    def add(self, instance_id: str, mac: str, address: str, name: str) -> None:
        short = name.partition(".")[0]
        write_atomically(self.state.leases / instance_id, f"{mac},{address},{short},infinite\n")

    def remove(self, instance_id: str) -> None:
        """Forget an instance; dnsmasq drops entries only when told to read everything again."""
        (self.state.leases / instance_id).unlink(missing_ok=True)
        if self.server.poll() is None:
            os.kill(self.server.pid, signal.SIGHUP)


def resolv_conf(folder: Path) -> Path:
    """The resolver configuration for commands that run inside the lab's network."""
    path = folder / "resolv.conf"
    write_atomically(path, f"nameserver {RESOLVER}\nsearch {DOMAIN}\noptions timeout:1 attempts:2\n")
    return path
