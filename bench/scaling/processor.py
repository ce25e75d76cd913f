"""Processor time and memory of a host in the lab by who used it, from outside: from its control groups."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
SYSTEM = Path("payload/system.slice")

WORKERS = "master's workers"
COMMAND = "ENC: command"
HELPER = "ENC: helper"
APACHE = "Apache, Passenger"
PUPPETDB = "PuppetDB"
POSTGRESQL = "PostgreSQL"
RESIDENTS = "residents"  # node_status, revocation lists, the CA's sweep, ...
REST = "all else"
OF_RUNS = (WORKERS, COMMAND, HELPER, APACHE, PUPPETDB, POSTGRESQL, RESIDENTS, REST)
# At their own times, whatever nodes do: each may fall into any measurement.
OWN_AGENT = "its own agent"
TIMERS = "timers, systemd"  # what timers have started, and has ended
BY_ITSELF = (OWN_AGENT, TIMERS)
PARTS = (*OF_RUNS, *BY_ITSELF)

APACHE_UNIT = "apache2.service"
HELPER_UNIT = "puppet-node-classifier.service"
UNITS = {
    APACHE_UNIT: APACHE,
    HELPER_UNIT: HELPER,
    "puppetdb.service": PUPPETDB,
    "system-postgresql.slice": POSTGRESQL,
    "puppet.service": OWN_AGENT,
}
RESIDENT = re.compile(r"puppet-.*\.service")
WORKER = b"Passenger RubyApp: /usr/share/puppet-master"


@dataclass(frozen=True)
class Machine:
    """One instance, by its control group."""

    group: Path
    proc: Path = PROC

    def pids(self, below: str = "") -> Iterator[int]:
        """Of all its processes, or of those of a unit."""
        for procs in (self.group / below).rglob("cgroup.procs"):
            try:
                yield from (int(pid) for pid in procs.read_text().split())
            except OSError:
                continue  # the unit has ended

    def processor(self) -> dict[str, float]:
        """Seconds so far, by part. Of workers that have ended, the time counts as Apache's."""
        found = dict.fromkeys(PARTS, 0.0)
        for path in self._units():
            found[_part(path.name)] += usage(path)
        workers, commands = self._workers()
        found[APACHE] = max(0.0, found[APACHE] - workers - commands)
        found |= {WORKERS: workers, COMMAND: commands}
        return {**found, TIMERS: max(0.0, usage(self.group) - sum(found.values()))}

    def memory(self) -> dict[str, float]:
        """MB by part (PSS), now."""
        found = dict.fromkeys(PARTS, 0.0)
        workers = set(self._worker_pids())
        seen: set[int] = set()
        for path in self._units():
            part = _part(path.name)
            for pid in self.pids(str(path.relative_to(self.group))):
                found[WORKERS if pid in workers else part] += self._pss(pid)
                seen.add(pid)
        found[TIMERS] += sum(self._pss(pid) for pid in self.pids() if pid not in seen)
        return found

    def _units(self) -> Iterator[Path]:
        for pattern in ("*.service", "system-postgresql.slice"):
            yield from (self.group / SYSTEM).glob(pattern)

    def _worker_pids(self) -> Iterator[int]:
        for pid in self.pids(str(SYSTEM / APACHE_UNIT)):
            try:
                if (self.proc / str(pid) / "cmdline").read_bytes().startswith(WORKER):
                    yield pid
            except OSError:
                continue

    def _workers(self) -> tuple[float, float]:
        """Seconds of the workers, and of the commands that they have waited for."""
        own = children = 0
        for pid in self._worker_pids():
            try:
                # After the name, which may have anything in it, comes field 3.
                fields = (self.proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            own += int(fields[11]) + int(fields[12])
            children += int(fields[13]) + int(fields[14])
        return own / TICKS, children / TICKS

    def _pss(self, pid: int) -> float:
        try:
            text = (self.proc / str(pid) / "smaps_rollup").read_text()
        except OSError:
            return 0.0
        found = re.search(r"^Pss: *(\d+) kB", text, re.MULTILINE)
        return int(found[1]) / 1024 if found else 0.0


def _part(unit: str) -> str:
    return UNITS.get(unit) or (RESIDENTS if RESIDENT.fullmatch(unit) else REST)


def usage(group: Path) -> float:
    """Seconds of a control group with all below it; 0 once it is gone."""
    try:
        fields = dict(line.split() for line in (group / "cpu.stat").read_text().splitlines())
    except OSError:
        return 0.0
    return int(fields["usage_usec"]) / 1e6


def between(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Of each part what it used; a unit that was started anew has used what it has."""
    return {part: max(0.0, after[part] - before[part]) for part in after}
