"""A command that stays, and looks again and again: as a service of systemd, in place of a timer whose every
start costs more than all the looking.

systemd is told before and after each look that this lives: one that hangs longer than the unit's WatchdogSec
is ended, and the service started anew. How the last look went stands in `systemctl status`. SIGTERM ends this
at once: nobody catches it, since all that is written here may be cut off anywhere.
"""

import contextlib
import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime

OK, USAGE = 0, 2


def stay(look: Callable[[], int], seconds: float, *, sleep: Callable[[float], None] = time.sleep) -> int:
    """Call ``look`` every ``seconds``, from one's beginning to the next's, whether it fails or not.

    ``look`` returns an exit code. Return it where that is USAGE: what is configured wrongly is read anew when
    systemd starts this again.
    """
    notify("READY=1")
    while True:
        begin = time.monotonic()
        notify("WATCHDOG=1")
        code = look()
        if code == USAGE:
            return code
        word = "ok" if code == OK else "failed"
        notify(f"WATCHDOG=1\nSTATUS={word} at {datetime.now(tz=UTC):%Y-%m-%dT%H:%M:%SZ}")
        sleep(max(0.0, begin + seconds - time.monotonic()))


def notify(state: str) -> None:
    """Tell systemd, if it has started this."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.settimeout(1)
        systemd.connect(address.replace("@", "\0", 1) if address.startswith("@") else address)
        systemd.sendall(state.encode())
