"""The hosts under attack, seen from inside."""

import re
import shlex
import subprocess
import time
import uuid

DEADLINE = 120.0


class Remote:
    """A shell of root's on a host, kept open, so that a look takes no time."""

    def __init__(self, command: str) -> None:
        self._shell = subprocess.Popen(
            [*shlex.split(command), "sh"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, line: str, *, expect: tuple[int, ...] = (0,)) -> str:
        """Output of a command line, standard error included; the exit code must be an expected one."""
        assert self._shell.stdin is not None and self._shell.stdout is not None
        mark = uuid.uuid4().hex
        self._shell.stdin.write(f"( {line}\n) < /dev/null 2>&1; echo; echo {mark} $?\n")
        self._shell.stdin.flush()
        lines: list[str] = []
        for text in self._shell.stdout:
            if text.startswith(mark):
                output, code = "".join(lines).removesuffix("\n"), int(text.split()[1])
                assert code in expect, f"{line}: exit {code}: {output}"
                return output
            lines.append(text)
        raise AssertionError(f"{line}: the shell ended: {''.join(lines)}")

    def close(self) -> None:
        assert self._shell.stdin is not None
        self._shell.stdin.close()
        self._shell.wait(timeout=10)


class Workers:
    """Passenger's processes on a host: those of which none may end, from the first look on."""

    # Watchdog, core and preloader are in it as well: when one of them ends, all workers do.
    PATTERN = "Passenger (watchdog|core|AppPreloader|RubyApp)|wsgi-loader[.]py"

    def __init__(self, host: Remote) -> None:
        self._host = host
        self._pids: set[str] = set()

    def look(self) -> None:
        """Note those that have run for some seconds: while one starts, there are others that help it."""
        running = f"ps -eo pid=,etimes=,args= | awk '$2 > 3 && /{self.PATTERN}/ && !/awk/ {{print $1}}'"
        self._pids = set(self._host.run(running).split())
        assert self._pids, "Passenger does not run there"

    def ended(self) -> set[str]:
        """Those that have ended since the last look."""
        if not self._host.run(f"kill -0 {' '.join(self._pids)} || echo ended"):
            return set()
        before = self._pids
        self.look()
        return before - self._pids

    def crashes(self) -> int:
        """How often a process of Apache's was ended by a signal, as its log says."""
        count = "cat /var/log/apache2/error.log | grep -c 'exit signal'"
        return int(self._host.run(count, expect=(0, 1)))

    def await_rest(self, deadline: float) -> None:
        """Wait until no request is under way or queued."""
        limit = time.monotonic() + deadline
        while True:
            status = self._host.run("passenger-status")
            busy = sum(
                map(int, re.findall(r"(?:Sessions|Requests in (?:top-level )?queue)\s*: (\d+)", status))
            )
            if not busy:
                return
            assert time.monotonic() < limit, f"workers are still busy after {deadline:.0f} s:\n{status}"
            time.sleep(0.5)
