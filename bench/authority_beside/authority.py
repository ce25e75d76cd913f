"""One of both CAs: how it is started, asked, and looked at."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.authority_beside import probe
from bench.authority_beside.load import Node, Place, await_answer, enrol
from bench.errors import BenchError
from tests.differential.ca import Ca
from tests.differential.records import NODE_BUCKET
from tests.differential.sides import Server

EVERY = 0.02  # seconds between two questions to a CA that starts
START_DEADLINE = 600.0
OURS, REFERENCE = "ours", "puppetserver"
SIDES = (OURS, REFERENCE)


@dataclass(frozen=True)
class Usage:
    """Bytes (PSS) and seconds of processor time so far, of all processes."""

    memory: int
    processor: float


@dataclass(frozen=True)
class Service:
    """What a CA is on its host."""

    unit: str
    counted: tuple[str, ...]  # units by the beginnings of their names
    excluded: str = ""


SERVICES = {
    # The host has a master too, whose workers are no part of the CA; but of its Apache all the rest is.
    OURS: Service("apache2.service", ("apache2.service", "puppet-ca"), "/usr/share/puppet-master"),
    REFERENCE: Service("puppetserver.service", ("puppetserver.service",)),
}


class Authority:
    """A CA under measurement; it signs at once what is ``allow``-ed."""

    def __init__(self, side: str, server: Server, run: str, folder: Path) -> None:
        self.side = side
        self._server = server
        self._service = SERVICES[side]
        self._ca = Ca(server, run, folder)
        self.place = Place(server.address, server.ca_port, server.name, self._ca.authority)

    def allow(self, names: Sequence[str]) -> None:
        """Have them signed as soon as they ask: by a record each, or by their names alone."""
        self._ca.allow(list(names))

    def forget(self, prefix: str) -> None:
        """Take the records away whose names begin with ``prefix``."""
        if self._ca.is_ours:
            self._server.run(f"find {NODE_BUCKET} -maxdepth 1 -name '{prefix}*' -delete")

    def restart(self, node: Node) -> tuple[float, float]:
        """Seconds from the service's start to its first answer, and to the first certificate."""
        self._server.run(f"systemctl stop {self._service.unit}", deadline=START_DEADLINE)
        begin = time.perf_counter()
        argv = [*self._server.shell, f"systemctl start {self._service.unit}"]
        with subprocess.Popen(argv, stdin=subprocess.DEVNULL) as starting:

            def alive() -> None:
                if starting.poll():
                    raise BenchError(
                        f"{self.place.name}: {self._service.unit} does not start; see its journal"
                    )

            await_answer(self.place, every=EVERY, deadline=START_DEADLINE, alive=alive)
            answered = time.perf_counter() - begin
            enrol(self.place, self.place.context(), node)
            certified = time.perf_counter() - begin
        return answered, certified

    def usage(self) -> Usage:
        """Of its processes, now."""
        words = f"{','.join(self._service.counted)} '{self._service.excluded}'"
        text = self._server.run(f"python3 - {words}", stdin=Path(probe.__file__).read_text(encoding="utf-8"))
        found = json.loads(text)
        if not found["processes"]:
            raise BenchError(f"{self.place.name}: {self._service.unit} has no processes")
        return Usage(found["pss"], found["processor"])

    def versions(self) -> dict[str, str]:
        """Of its software, as its distribution names it; of puppetserver the heap too."""
        packages = {
            OURS: ("apache2", "passenger", "python3-cryptography"),
            REFERENCE: ("puppetserver", "openjdk-21-jre-headless"),
        }
        listed = self._server.run(
            f"dpkg-query -W -f '${{Package}} ${{Version}}\\n' {' '.join(packages[self.side])}"
        )
        found = dict(line.split(" ", 1) for line in listed.splitlines())
        if self.side == REFERENCE:
            arguments = self._server.run(
                f"tr '\\0' ' ' < /proc/$(systemctl show -P MainPID {self._service.unit})/cmdline"
            ).split()
            found["heap"] = next((word for word in arguments if word.startswith("-Xmx")), "")
        return found
