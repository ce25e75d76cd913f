"""Runs on a host, by its own Python: what its logs say of the time since its boot, as JSON.

Sources: the journal, cloud-init's log, files of Puppet's agent, and the daemons' logs. All times are seconds
since 1970; the lab's hosts share one clock.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

SSL = Path("/var/lib/puppet/ssl")
CLOUD_INIT = Path("/var/log/cloud-init.log")
FLOOR_MARKS = Path("/var/log/floor-marks")
# Both daemons that workers report to; in Hadoop's own words.
REGISTRATIONS = {
    "/var/log/hadoop-hdfs": re.compile(r"^(\S+ \S+) .*registerDatanode: from DatanodeRegistration\(([^:]+):"),
    "/var/log/hadoop-yarn": re.compile(r"^(\S+ \S+) .*NodeManager from node ([^(:\s]+)\(.*registered"),
}
PLUGINS = "/var/cache/puppet/lib"
CLOUD_INIT_STEP = re.compile(r"^(\S+ \S+) - handlers.py\[DEBUG\]: (start|finish): ([\w/-]+):")
STARTED = re.compile(r"^Started (\S+)\.(?:service|timer)\b")


def seconds(stamp: str) -> float:
    """Of a log's local time, which is UTC on the lab's hosts: ``2026-11-30 20:16:20,445``."""
    return datetime.fromisoformat(stamp.replace(",", ".")).replace(tzinfo=UTC).timestamp()


def journal(lines: Iterable[str]) -> tuple[list[tuple[float, str]], dict[str, float], int]:
    """Of journalctl's JSON: what the agent says, each unit's first start, how many plugins were fetched."""
    said: list[tuple[float, str]] = []
    started: dict[str, float] = {}
    plugins = 0
    for line in lines:
        entry = json.loads(line)
        message = entry.get("MESSAGE")
        if not isinstance(message, str):
            continue
        at = int(entry["__REALTIME_TIMESTAMP"]) / 1e6
        if entry.get("SYSLOG_IDENTIFIER") == "systemd":
            found = STARTED.match(message)
            if found:
                started.setdefault(found[1], at)
        elif PLUGINS in message:
            plugins += 1
        else:
            said.append((at, message[:300]))
    return said, started, plugins


def cloud_init(lines: Iterable[str]) -> dict[str, list[float]]:
    """Start and end of each step of cloud-init; the last one may not have ended."""
    steps: dict[str, list[float]] = {}
    for line in lines:
        found = CLOUD_INIT_STEP.match(line)
        if found:
            steps.setdefault(found[3].rpartition("/")[2], []).append(seconds(found[1]))
    return steps


def registrations(pattern: re.Pattern[str], lines: Iterable[str]) -> dict[str, float]:
    """Worker (address or name) to the first time that a daemon registered it."""
    found: dict[str, float] = {}
    for line in lines:
        match = pattern.match(line)
        if match:
            found.setdefault(match[2], seconds(match[1]))
    return found


def marks(lines: Iterable[str]) -> dict[str, float]:
    """What the floor's script notes: ``NAME SECONDS``."""
    return {name: float(at) for name, at in (line.split() for line in lines)}


def modified(folder: Path) -> float | None:
    """Of the youngest file of this host's own; the CA's is older."""
    times = [path.stat().st_mtime for path in folder.glob("*.pem") if path.name != "ca.pem"]
    return max(times, default=None)


def _lines(path: Path) -> list[str]:
    return path.read_text(errors="replace").splitlines() if path.exists() else []


def main() -> None:
    command = ["journalctl", "-o", "json", "--no-pager", "-t", "puppet-agent", "-t", "systemd"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    said, started, plugins = journal(output.splitlines())
    registered = {
        folder: registrations(
            pattern, (line for log in sorted(Path(folder).glob("*.log")) for line in _lines(log))
        )
        for folder, pattern in REGISTRATIONS.items()
    }
    document = {
        "said": said,
        "started": started,
        "plugins": plugins,
        "cloud_init": cloud_init(_lines(CLOUD_INIT)),
        "requested": modified(SSL / "private_keys"),
        "certified": modified(SSL / "certs"),
        "datanodes": registered["/var/log/hadoop-hdfs"],
        "nodemanagers": registered["/var/log/hadoop-yarn"],
        "marks": marks(_lines(FLOOR_MARKS)),
    }
    print(json.dumps(document))


if __name__ == "__main__":
    main()
