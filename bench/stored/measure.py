"""What a worker's catalog and the queries in it take, at each size of PuppetDB."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from bench.agents import documents
from bench.agents.agent import JSON, REQUEST_TIMEOUT, USER_AGENT
from bench.agents.enrolment import Identity
from bench.agents.http import Connection
from bench.agents.measure import percentile
from bench.agents.site import Host
from bench.errors import BenchError
from bench.spread import Spread
from bench.stored import module
from bench.stored.database import Database
from conductor.servers import MASTER_PORT

OK = 200
OWN, ALL, ALONE = "query: own cluster", "query: all", ", PuppetDB alone"
CLUSTER = "hadoop"  # the workers', by module hadoop's default
Json = dict[str, Any]


@dataclass(frozen=True)
class Worker:
    """A simulated worker: it asks for catalogs, and nothing else."""

    identity: Identity
    facts: Mapping[str, Any]
    master: Host

    async def catalog(self) -> tuple[float, Json]:
        """Seconds and the catalog, over a new connection, whose making is not in them. Raises BenchError."""
        name, environment = self.identity.certname, "production"
        facts = documents.facts(self.facts, name, environment)
        body = documents.catalog_form(facts, environment, str(uuid.uuid4()))
        headers = {
            "Accept": JSON,
            "Accept-Encoding": "identity",
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": USER_AGENT,
        }
        target = f"/puppet/v3/catalog/{quote(name)}?{urlencode({'environment': environment})}"
        connection = await Connection.open(
            self.master.name, MASTER_PORT, self.identity.tls, timeout=REQUEST_TIMEOUT
        )
        try:
            began = time.monotonic()
            answer = await connection.request(
                "POST", target, headers=headers, body=body, timeout=REQUEST_TIMEOUT
            )
            seconds = time.monotonic() - began
        finally:
            await connection.close()
        if answer.status != OK:
            said = answer.body.decode(errors="replace")[:300]
            raise BenchError(
                f"{self.master.name} answers {answer.status} to a worker's catalog request: {said}"
            )
        catalog: Json = json.loads(answer.body)
        return seconds, catalog


@dataclass
class Size:
    """One size, and what was measured at it. Times in seconds."""

    nodes: int  # that PuppetDB has besides the site's
    exporting: int  # how many of them export to the workers
    fill_seconds: float
    again: bool = False  # the least size once more, at the end
    seconds: dict[str, list[float]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)  # rows of queries, resources of catalogs
    known: Json = field(default_factory=dict)

    def add(self, name: str, seconds: Sequence[float], count: int) -> None:
        self.seconds.setdefault(name, []).extend(seconds)
        self.counts[name] = count

    def document(self) -> Json:
        """For JSON."""
        return {
            "nodes": self.nodes,
            "exporting": self.exporting,
            "again": self.again,
            "fill_seconds": self.fill_seconds,
            "known": self.known,
            "seconds": {name: figures(values) for name, values in self.seconds.items()},
            "counts": self.counts,
        }


def figures(values: Sequence[float]) -> Json:
    """A Spread as a document, and its p95."""
    return {"spread": Spread.of(values).document(), "p95": percentile(sorted(values), 95)}


def queries(certname: str) -> dict[str, Any]:
    """What PuppetDB's terminus asks for the collectors of the two catalogs."""
    every: list[Any] = ["and", ["=", "exported", True], ["not", ["=", "certname", certname]]]
    own = ["=", ["parameter", "cluster"], CLUSTER]
    return {
        OWN: [*every, ["=", "type", "Hadoop::Endpoint"], own],
        ALL: [*every, ["=", "type", module.TYPE]],
    }


async def at(size: Size, workers: Mapping[str, Worker], database: Database, times: int) -> None:
    """Measure: queries in turn, then catalogs in turn, one at a time."""
    name = next(iter(workers.values())).identity.certname
    for query, answers in database.ask(queries(name), times).items():
        size.add(query, answers.far, answers.rows)
        size.add(query + ALONE, answers.near, answers.rows)
    await warm(workers)
    for _ in range(times):
        for kind, worker in workers.items():
            seconds, catalog = await worker.catalog()
            size.add(kind, [seconds], len(catalog["resources"]))
            size.counts[f"{kind}: collected"] = module.collects(catalog)
    size.known = database.look()


async def warm(workers: Mapping[str, Worker], times: int = 2) -> None:
    """Each of the master's processes has compiled it before."""
    for worker in workers.values():
        for _ in range(times):
            await worker.catalog()
