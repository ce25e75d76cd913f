"""What a side's own processes use: processor time by their units' cgroups, memory by their PSS."""

from __future__ import annotations

import json
import time
from pathlib import Path

from bench.catalogs_beside.prepared import Side
from tests.differential.sides import Server

PROBE = Path(__file__).with_name("memory_probe.py")
GROUPS = "/sys/fs/cgroup/system.slice"
DATABASE = ("puppetdb.service", "system-postgresql.slice")
# PuppetDB works on after a catalog was answered: what one side gave it is not to be the other's burden.
QUIET, LOOK, PATIENCE = 0.1, 0.2, 3.0  # cores, seconds, seconds


def processor_seconds(side: Side) -> float:
    """Of all its units, with their children, also those that have ended."""
    return _seconds(side.server, side.units)


def memory(side: Side) -> dict[str, int]:
    """Bytes by what its processes call themselves."""
    found: dict[str, int] = json.loads(
        side.server.run(f"python3 - {' '.join(side.units)}", stdin=PROBE.read_text(encoding="utf-8"))
    )
    return found


def settle(ours: Side) -> bool:
    """Wait until the database that serves both sides is idle, for a while; says whether it is."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        begin, used = time.monotonic(), _seconds(ours.server, DATABASE)
        time.sleep(LOOK)
        used = _seconds(ours.server, DATABASE) - used
        if used / (time.monotonic() - begin) < QUIET:
            return True
    return False


def _seconds(server: Server, units: tuple[str, ...]) -> float:
    files = " ".join(f"{GROUPS}/{unit}/cpu.stat" for unit in units)
    lines = server.run(f"grep -h ^usage_usec {files}").splitlines()
    return sum(int(line.split()[1]) for line in lines) / 1e6
