"""Runs on a master, as root, with that host's own Python: prints the memory of what serves agents, as JSON.

Memory is PSS in kB, by /proc/PID/smaps_rollup.
"""

import json
from pathlib import Path

CRL_FOLDER = Path("/var/lib/puppet-crl/apache")
CPU = Path("/sys/fs/cgroup/cpu.stat")
# What a process's command line begins with, and what it counts as.
GROUPS = (
    ("Passenger RubyApp: /usr/share/puppet-master", "workers"),
    ("Passenger AppPreloader: /usr/share/puppet-master", "preloader"),
    ("Passenger core", "passenger"),
    ("Passenger watchdog", "passenger"),
    ("/usr/sbin/apache2", "apache"),
)


def pss(process: Path) -> int:
    for line in (process / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


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
                used = pss(process)
                groups[name] = groups.get(name, 0) + used
                if name == "workers":
                    workers[process.name] = used
        except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
            continue
    names = list(CRL_FOLDER.iterdir())
    cpu = dict(line.split() for line in CPU.read_text().splitlines())
    answer = {
        "groups": groups,
        "workers": workers,
        "crl_names": len(names),
        "crl_files": sum(not path.is_symlink() for path in names),
        "cpu_seconds": int(cpu["usage_usec"]) / 1e6,
    }
    print(json.dumps(answer))


main()
