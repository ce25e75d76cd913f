"""A simulated agent: it asks a master for what a real agent's run asks, in the same order.

Compared with the access log of Puppet 8.10's agent in the lab. It differs in that it changes nothing on its
host, which does not exist.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from bench.agents import documents
from bench.agents.catalog import Source, files, inlined, message, sources
from bench.agents.enrolment import Identity
from bench.agents.http import Connection, Response
from bench.agents.measure import Journal, Sample
from bench.errors import BenchError, RequestFailed

USER_AGENT = "Puppet/8.10.0 Ruby/3.3.8-p144 (x86_64-linux)"
CONNECT_TIMEOUT = 10.0  # what puppet::agent sets
REQUEST_TIMEOUT = 600.0  # Puppet's default http_read_timeout
KEPT = 4.0  # seconds that Puppet keeps an idle connection
JSON = "application/vnd.puppet.rich+json, application/json"
PLAIN_JSON = "application/json"
PLUGINS_IGNORED = (".svn", "CVS", ".git", ".hg")
OK, NOT_FOUND, FORBIDDEN = 200, 404, 403

Server = tuple[str, int]


@dataclass(frozen=True)
class World:
    """What all agents share."""

    journal: Journal
    clock: Callable[[], float]  # seconds since the beginning
    on_catalog: Callable[[str, str, float, dict[str, Any]], None]  # agent, server, when asked, catalog
    recorded_report: Mapping[str, Any]
    apply_seconds: float
    environment: str = "production"


@dataclass
class Agent:
    """One node. It remembers between runs what a real one has on its disk."""

    identity: Identity
    servers: list[Server]
    facts: Mapping[str, Any]
    world: World
    known: dict[str, str] = field(default_factory=dict)  # content's path -> checksum
    has_run: bool = False

    async def run(self) -> bool:
        """One whole run, which never raises for what a server does; says whether it went well."""
        session = Session(self)
        try:
            await session.run()
        except RequestFailed:  # is in the journal
            return False
        finally:
            await session.close()
        self.has_run = True
        return True


class Session:
    """One run's connections: to one master, chosen at the beginning."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._world = agent.world
        self._connection: Connection | None = None
        self._used = 0.0
        self._server: Server = agent.servers[0]
        self._name = quote(agent.identity.certname)
        self._environment = agent.world.environment

    async def run(self) -> None:
        transaction = str(uuid.uuid4())
        await self._choose()
        if not self._agent.has_run:  # later the agent takes the environment from its last run's summary
            await self._node(transaction)
        await self._plugins()
        catalog = await self._catalog(transaction)
        for source in sources(catalog):
            await self._source(source)
        for path, checksum in inlined(catalog).items():
            await self._content(path, checksum, code_id=catalog.get("code_id"))
        await asyncio.sleep(self._world.apply_seconds)
        await self._report(catalog, transaction)

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _choose(self) -> None:
        """The first master of the list that answers, as Puppet's server_list works."""
        for position, server in enumerate(self._agent.servers):
            self._server = server
            last = position == len(self._agent.servers) - 1
            try:
                await self._get("status", "/status/v1/simple/server", accept="*/*")
            except RequestFailed:
                await self.close()
                if last:
                    raise
            else:
                return

    async def _node(self, transaction: str) -> None:
        query = urlencode(
            {
                "environment": self._environment,
                "configured_environment": self._environment,
                "transaction_uuid": transaction,
            }
        )
        await self._get("node", f"/puppet/v3/node/{self._name}?{query}")

    async def _plugins(self) -> None:
        once = [("recurse", "false"), *_terms("manage", "ignore")]
        await self._get("plugins: there?", files("file_metadatas", "plugins", once, self._environment))
        for mount, permissions in (("pluginfacts", "use"), ("plugins", "ignore")):
            query = [
                ("recurse", "true"),
                ("max_files", "-1"),
                *(("ignore", name) for name in PLUGINS_IGNORED),
                *_terms("follow", permissions),
            ]
            target = files("file_metadatas", mount, query, self._environment)
            answer = await self._get(f"{mount}: list", target)
            for path, checksum in listed(answer.body, mount):
                await self._content(path, checksum)

    async def _catalog(self, transaction: str) -> dict[str, Any]:
        document = documents.facts(self._agent.facts, self._agent.identity.certname, self._environment)
        asked = self._world.clock()
        answer = await self._ask(
            "catalog",
            "POST",
            f"/puppet/v3/catalog/{self._name}?{urlencode({'environment': self._environment})}",
            headers={"Accept": JSON, "Content-Type": "application/x-www-form-urlencoded"},
            body=documents.catalog_form(document, self._environment, transaction),
            check=_whole_catalog,
        )
        catalog: dict[str, Any] = json.loads(answer.body)
        self._world.on_catalog(self._agent.identity.certname, self._server[0], asked, catalog)
        return catalog

    async def _source(self, source: Source) -> None:
        kind = "folder metadata" if source.recurse else "file metadata"
        answer = await self._get(kind, source.target(self._environment))
        for path, checksum in listed(answer.body, source.path):
            await self._content(path, checksum)

    async def _content(self, path: str, checksum: str, *, code_id: str | None = None) -> None:
        """Fetch a file, unless the node has it in this version."""
        if self._agent.known.get(path) == checksum:
            return
        if code_id:
            target = files("static_file_content", path, [("code_id", code_id)], self._environment)
        else:
            target = files("file_content", path, [], self._environment)
        await self._get("file content", target, accept="application/octet-stream")
        self._agent.known[path] = checksum

    async def _report(self, catalog: Mapping[str, Any], transaction: str) -> None:
        host, port = self._server
        document = documents.report(
            self._world.recorded_report,
            certname=self._agent.identity.certname,
            catalog=catalog,
            transaction=transaction,
            server=f"{host}:{port}",
        )
        await self._ask(
            "report",
            "PUT",
            f"/puppet/v3/report/{self._name}?{urlencode({'environment': self._environment})}",
            headers={"Accept": PLAIN_JSON, "Content-Type": PLAIN_JSON},
            body=json.dumps(document).encode(),
        )

    async def _get(self, kind: str, target: str, *, accept: str = PLAIN_JSON) -> Response:
        return await self._ask(kind, "GET", target, headers={"Accept": accept})

    async def _ask(
        self,
        kind: str,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        check: Callable[[Response], str] | None = None,
    ) -> Response:
        """One request, into the journal; raises RequestFailed unless it is answered as the agent needs it."""
        connection = await self._connected()
        began = time.monotonic()
        try:
            answer = await connection.request(
                method,
                target,
                headers={"Accept-Encoding": "identity", "User-Agent": USER_AGENT, **headers},
                body=body,
                timeout=REQUEST_TIMEOUT,
            )
        except (OSError, TimeoutError, BenchError) as error:
            self._note(kind, began, error=f"{method} {target}: {error!r}")
            raise RequestFailed(kind) from error
        self._used = time.monotonic()
        wrong = "" if answer.status == OK else answer.body.decode(errors="replace")[:300]
        if answer.status == OK and check is not None:
            wrong = check(answer)
        failed = answer.status != OK or bool(wrong)
        error_text = f"{method} {target}: {wrong}" if failed else ""
        self._note(kind, began, status=answer.status, failed=failed, error=error_text)
        if failed:
            raise RequestFailed(kind)
        return answer

    async def _connected(self) -> Connection:
        """The connection that is open, unless it idled for so long that Puppet would not use it again."""
        idle = time.monotonic() - self._used
        if self._connection is not None and self._connection.reusable and idle < KEPT:
            return self._connection
        await self.close()
        began = time.monotonic()
        host, port = self._server
        try:
            tls = self._agent.identity.tls
            self._connection = await Connection.open(host, port, tls, timeout=CONNECT_TIMEOUT)
        except (OSError, TimeoutError) as error:
            self._note("connect", began, error=repr(error))
            raise RequestFailed("connect") from error
        self._note("connect", began, status=OK)
        return self._connection

    def _note(
        self, kind: str, began: float, *, status: int = 0, failed: bool | None = None, error: str = ""
    ) -> None:
        now = time.monotonic()
        self._world.journal.add(
            Sample(
                at=self._world.clock() - (now - began),
                agent=self._agent.identity.certname,
                server=self._server[0],
                kind=kind,
                status=status,
                seconds=now - began,
                failed=status == 0 if failed is None else failed,
                error=error,
            )
        )


def _terms(links: str, permissions: str) -> list[tuple[str, str]]:
    return [("links", links), ("checksum_type", "sha256"), ("source_permissions", permissions)]


def listed(body: bytes, root: str) -> list[tuple[str, str]]:
    """Path and checksum of each file in a metadata answer: of one file, or of a folder and all in it."""
    answer = json.loads(body)
    entries = answer if isinstance(answer, list) else [answer]
    found = []
    for entry in entries:
        if entry.get("type") == "file":
            below = entry.get("relative_path")
            path = f"{root}/{below}" if below and below != "." else root
            found.append((path, entry["checksum"]["value"]))
    return found


def _whole_catalog(answer: Response) -> str:
    try:
        catalog = json.loads(answer.body)
    except ValueError:
        return "the catalog is not JSON"
    return "" if catalog.get("resources") else "a catalog without resources"


__all__ = ["Agent", "Server", "World", "listed", "message"]
