"""Runs on a host, as root: prints the memory of some units' processes in bytes (PSS), as JSON.

Arguments: units. Answer: {"what a process calls itself": bytes}.
"""

import json
import re
import sys
from pathlib import Path

SLICE = Path("/sys/fs/cgroup/system.slice")
SHOWN = 60  # characters of a command line that tell what it is


def main() -> None:
    found: dict[str, int] = {}
    for unit in sys.argv[1:]:
        for members in (SLICE / unit).rglob("cgroup.procs"):
            for pid in members.read_text().split():
                try:
                    words = (
                        Path(f"/proc/{pid}/cmdline")
                        .read_bytes()
                        .replace(b"\0", b" ")
                        .decode("utf-8", "replace")
                    )
                    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
                except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
                    continue
                size = re.search(r"^Pss: *(\d+) kB", text, re.MULTILINE)
                name = words[:SHOWN].strip()
                found[name] = found.get(name, 0) + (int(size[1]) * 1024 if size else 0)
    print(json.dumps(found))


main()
