"""Runs on a master, as root, with that host's own Python: prints the memory of what serves agents, as JSON.

Memory in kB: PSS by /proc/PID/smaps_rollup, and for workers what is resident, which their limit is about.
"""

import json
import re
from pathlib import Path

CRL_FOLDER = Path("/var/lib/puppet-crl/apache")
CPU = Path("/sys/fs/cgroup/cpu.stat")
SETTINGS = Path("/etc/puppet/master.yaml")  # of puppet_master
# What a process's command line begins with, and what it counts as.
GROUPS = (
    ("Passenger RubyApp: /usr/share/puppet-master", "workers"),
    ("Passenger AppPreloader: /usr/share/puppet-master", "preloader"),
    ("Passenger core", "passenger"),
    ("Passenger watchdog", "passenger"),
    ("/usr/sbin/apache2", "apache"),
)


def memory(process: Path, measure: str) -> int:
    text = (process / "smaps_rollup").read_text()
    found = re.search(rf"^{measure}: *(\d+) kB", text, re.MULTILINE)
    return int(found[1]) if found else 0


def limit() -> int | None:
    """MB for one worker; None where this master has no limit."""
    if not SETTINGS.exists():
        return None
    found = re.search(r"^memory_limit: *(\d+)", SETTINGS.read_text(), re.MULTILINE)
    return int(found[1]) if found else None


def group(process: Path) -> str | None:
    words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
    return next((name for start, name in GROUPS if words.startswith(start)), None)


def main() -> None:
    groups: dict[str, int] = {}
    workers: dict[str, int] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            name = group(process)
            if name:
                groups[name] = groups.get(name, 0) + memory(process, "Pss")
                if name == "workers":
                    workers[process.name] = memory(process, "Rss")
        except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
            continue
    names = list(CRL_FOLDER.iterdir())
    cpu = dict(line.split() for line in CPU.read_text().splitlines())
    answer = {
        "groups": groups,
        "workers": workers,
        "limit_mb": limit(),
        "crl_names": len(names),
        "crl_files": sum(not path.is_symlink() for path in names),
        "cpu_seconds": int(cpu["usage_usec"]) / 1e6,
    }
    print(json.dumps(answer))


main()
