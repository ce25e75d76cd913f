"""Runs on a CA's host, with its own Python and nothing else: what a service's processes hold and have used.

``python3 - PREFIX EXCLUDED``: of the systemd units whose name begins with one of PREFIX (by commas), without
the processes whose command line has EXCLUDED in it ("": none). Prints JSON: ``pss`` in bytes, ``processor``
in seconds so far, ``processes``.
"""

import json
import os
import sys
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


def unit(process: Path) -> str:
    """The unit of a process, such as apache2.service."""
    for line in (process / "cgroup").read_text().splitlines():
        for segment in line.split(":", 2)[2].split("/"):
            if segment.endswith(".service"):
                return segment
    return ""


def pss(process: Path) -> int:
    """Bytes: its own, and its share of what it has in common with others."""
    lines = (process / "smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def processor(process: Path) -> float:
    """Seconds, user and system, of all threads, and of children that have ended."""
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    return sum(int(value) for value in fields[11:15]) / TICKS


def main(prefixes: list[str], excluded: str) -> None:
    """Print it."""
    found = {"pss": 0, "processor": 0.0, "processes": 0}
    for process in PROC.glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode(errors="replace")
            if not unit(process).startswith(tuple(prefixes)) or (excluded and excluded in command):
                continue
            held, used = pss(process), processor(process)
        except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            continue
        found["pss"] += held
        found["processor"] += used
        found["processes"] += 1
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1].split(","), sys.argv[2])
