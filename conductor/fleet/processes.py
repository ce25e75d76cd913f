"""Whether the process that holds a lock still lives, where that can be known."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
ZOMBIE = "Z"


def machine() -> str:
    """Where process numbers mean the same: this boot of this kernel, and the namespace of its processes."""
    with suppress(OSError):
        boot = (PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {(PROC / 'self/ns/pid').readlink()}"
    return socket.gethostname()


def started(pid: int) -> str:
    """When a process began, so that a later one with its number is not taken for it; "" where nobody says."""
    return _stat(pid)[1]


def lives(pid: int, began: str) -> bool:
    """Whether the process with this number that began then is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        pass
    state, start = _stat(pid)
    return state != ZOMBIE and (not began or not start or start == began)


def _stat(pid: int) -> tuple[str, str]:
    """State and start of a process, as the kernel has them; its name, in brackets, may hold anything."""
    with suppress(OSError, IndexError):
        fields = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
        return fields[0], fields[19]
    return "", ""
