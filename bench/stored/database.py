"""PuppetDB of the site that is measured, by the script that runs on its host."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.agents.site import Host, Site
from bench.errors import BenchError

SCRIPT = Path(__file__).with_name("on_host.py")
DATABASE_CLASS = "puppet::database"
SETTINGS = ("certname", "hostcert", "hostprivkey", "localcacert")
DEADLINE = 900.0
Json = dict[str, Any]


@dataclass(frozen=True)
class Answers:
    """Seconds of a query, by PuppetDB's own port and by Apache's as a master asks it; rows it gave."""

    near: Sequence[float]
    far: Sequence[float]
    rows: int


@dataclass(frozen=True)
class Database:
    """All methods raise LabError when the script fails: its message is PuppetDB's."""

    site: Site
    host: Host
    settings: Mapping[str, str]  # Puppet's, of the host

    @classmethod
    def of(cls, site: Site) -> Database:
        """Raises BenchError, LabError."""
        for host in site.hosts:
            if DATABASE_CLASS in host.classes:
                lines = site.shell(host, f"puppet config print --section agent {' '.join(SETTINGS)}")
                pairs = (line.partition(" = ") for line in lines.splitlines())
                return cls(site, host, {name: value for name, _, value in pairs if name in SETTINGS})
        raise BenchError(f"no running instance has {DATABASE_CLASS}: start a puppetmaster, or a ca-database")

    def fill(self, nodes: Sequence[Mapping[str, str]], documents: Sequence[Json]) -> Json:
        """Send each document (see `wire.command`) once a node, and wait until PuppetDB has done all.

        ``nodes``: the words in the documents. Raises BenchError.
        """
        before = self.look()["discarded"]
        done = self._do({"do": "fill", "nodes": [dict(node) for node in nodes], "documents": documents})
        lost = self.look()["discarded"] - before
        if lost:
            raise BenchError(f"PuppetDB has discarded {lost} commands; see its log on {self.host.name}")
        return done

    def remove(self, names: Sequence[str]) -> Json:
        """Nodes are gone for good."""
        return self._do({"do": "remove", "names": list(names)})

    def ask(self, queries: Mapping[str, Any], times: int) -> dict[str, Answers]:
        """Queries of resources, each in turn so many times."""
        found = self._do({"do": "ask", "queries": dict(queries), "times": times})
        return {name: Answers(**each) for name, each in found.items()}

    def depth(self) -> int:
        """How many commands it has yet to do."""
        return int(self._do({"do": "depth"})["depth"])

    def look(self) -> Json:
        """What it knows: nodes, resources, exported, discarded (commands), version."""
        return self._do({"do": "look"})

    def node(self, certname: str) -> Json:
        """``catalog`` and ``facts``, as queried."""
        return self._do({"do": "node", "certname": certname})

    def _do(self, job: Json) -> Json:
        text = SCRIPT.read_text(encoding="utf-8")  # as an argument: standard input has the job
        command = f"python3 -c {shlex.quote(text)}"
        answer = self.site.shell(
            self.host, command, stdin=json.dumps({**job, "settings": dict(self.settings)}), deadline=DEADLINE
        )
        found: Json = json.loads(answer)
        return found
