"""node_classifier's helper, as systemd runs it on a master."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

# As systemd does it: the socket is descriptor 3, and the variables name the process.
START = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@" 3<&{}'


@contextmanager
def serving(argv: Sequence[str], environment: Mapping[str, str], path: Path) -> Iterator[int]:
    """Run ``argv``, which serves on the socket ``path``; gives its process id."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        started = ["/bin/bash", "-c", START.format(listening.fileno()), "bash", *argv]
        with subprocess.Popen(
            started, pass_fds=[listening.fileno()], env={**os.environ, **environment}
        ) as process:
            try:
                yield process.pid
            finally:
                process.terminate()


def memory(pid: int) -> int:
    """Bytes: the process's own, and its share of what it has in common with others (PSS)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
