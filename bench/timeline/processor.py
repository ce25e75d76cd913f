"""Processor time by instance and service, as the lab's control groups count it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from lab import cgroups

REST = "first boot"  # cloud-init's steps, and others that have ended
# What a service is for, by the beginning of its name; all others count as the system's.
GROUPS = {
    "puppetdb": "PuppetDB",
    "postgresql": "PostgreSQL",
    "apache2": "Apache (CA, master)",
    "puppet.": "Puppet's agent",
    "puppet-agent-assembly": "Puppet's agent",
    "hadoop-": "Hadoop's daemons",
    "cloud-": REST,
}
SYSTEM = "system"


def of(instance: str) -> dict[str, float]:
    """Seconds of an instance so far, by what used them; sums up to the whole instance's."""
    root = cgroups.group(instance)
    services = {
        path.parent.name: used(path.parent)
        for path in sorted(root.glob("payload/system.slice/**/*.service/cpu.stat"))
    }
    services["init.scope"] = used(root / "payload/init.scope")
    return grouped(used(root), services.items())


def used(group: Path) -> float:
    """Seconds, user's and system's."""
    for line in (group / "cpu.stat").read_text().splitlines():
        if line.startswith("usage_usec "):
            return int(line.split()[1]) / 1e6
    return 0.0


def grouped(total: float, services: Iterable[tuple[str, float]]) -> dict[str, float]:
    """What no service that is still there has used is the first boot's."""
    found: dict[str, float] = defaultdict(float)
    for name, seconds in services:
        found[next((group for start, group in GROUPS.items() if name.startswith(start)), SYSTEM)] += seconds
    found[REST] += total - sum(found.values())
    return dict(found)
