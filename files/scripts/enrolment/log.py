"""Log lines for people and for syslog, in the words that DESIGN.md fixes, one line each.

Written without ``logging``, whose import costs more than a whole answer of ``node_classifier`` from its
cache.
"""

import sys
import syslog

LEVELS = {"debug": 7, "info": 6, "warning": 4, "error": 3}  # syslog's own numbers
MAX_LENGTH = 2000


def one_line(text: str) -> str:
    """Make ``text`` safe to log: whatever is not printable is escaped, and the length is bounded."""
    if len(text) > MAX_LENGTH:
        text = text[:MAX_LENGTH] + " [cut]"
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
    )


class Log:
    """Writes to syslog, and to standard error when asked to or when a person is watching."""

    def __init__(self, ident: str, *, level: str | None = None, stderr: bool | None = None) -> None:
        """``level`` None means info. ``stderr`` None means: if a level is given, or on a terminal."""
        self.ident = ident
        self._threshold = LEVELS[level or "info"]
        self._stderr = (level is not None or sys.stderr.isatty()) if stderr is None else stderr
        syslog.openlog(ident, syslog.LOG_PID, syslog.LOG_DAEMON)

    def debug(self, message: str) -> None:
        """Say what is being done, step by step."""
        self._write("debug", message)

    def info(self, message: str) -> None:
        """Say what has changed."""
        self._write("info", message)

    def warning(self, message: str) -> None:
        """Say what is not as it should be but was dealt with."""
        self._write("warning", message)

    def error(self, message: str) -> None:
        """Say what failed."""
        self._write("error", message)

    def _write(self, level: str, message: str) -> None:
        priority = LEVELS[level]
        if priority > self._threshold:
            return
        line = f"{level.upper()}: {one_line(message)}"
        syslog.syslog(priority, line)
        if self._stderr:
            # A closed or full standard error must not stop the CA.
            try:
                print(f"{self.ident}: {line}", file=sys.stderr, flush=True)
            except (OSError, ValueError):
                self._stderr = False
