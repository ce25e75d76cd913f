"""The bucket's object ``cluster/servers``: who serves the cluster, the CA apart.

::

    {"masters": [{"certname": NAME, "name": HOST, "port": 8140}, ...], "databases": [...]}

The conductor writes it. What is not exactly this is refused: agents are sent to these names.
"""

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from enrolment.names import is_certname

from servers.errors import DocumentError

KEY = "cluster/servers"
MAX_SERVERS = 1000  # of each kind
_MAX_NAME = 253
_MAX_PORT = 65535
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Server:
    """One host that serves others."""

    certname: str
    name: str
    port: int

    @property
    def address(self) -> str:
        """As in puppet.conf's ``server_list``."""
        return f"{self.name}:{self.port}"


@dataclass(frozen=True)
class Servers:
    """All of them, each kind sorted by certname."""

    masters: tuple[Server, ...] = ()
    databases: tuple[Server, ...] = ()

    def body(self) -> bytes:
        """The document again, with what was understood of it and nothing else."""
        return json.dumps(asdict(self), indent=2).encode() + b"\n"


def parse(source: str, body: bytes) -> Servers:
    """Return what ``body`` says; raise DocumentError, which names ``source``."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{source}: not JSON: {error}") from error
    if not isinstance(document, dict):
        raise DocumentError(f"{source}: not a JSON object")
    return Servers(
        masters=_servers(source, "masters", document.get("masters")),
        databases=_servers(source, "databases", document.get("databases")),
    )


def _servers(source: str, kind: str, entries: Any) -> tuple[Server, ...]:
    if not isinstance(entries, list) or len(entries) > MAX_SERVERS:
        raise DocumentError(f"{source}: {kind} is not a list of at most {MAX_SERVERS} servers")
    return tuple(sorted({_server(f"{source}: {kind}", entry) for entry in entries}))


def _server(where: str, entry: Any) -> Server:
    if not isinstance(entry, dict):
        raise DocumentError(f"{where}: {entry!r} is no server")
    certname, name, port = (entry.get(key) for key in ("certname", "name", "port"))
    if not isinstance(certname, str) or not is_certname(certname):
        raise DocumentError(f"{where}: {certname!r} is no certname")
    if not isinstance(name, str) or len(name) > _MAX_NAME or not _HOST.fullmatch(name):
        raise DocumentError(f"{where}: {name!r} is no host's name")
    if type(port) is not int or not 0 < port <= _MAX_PORT:
        raise DocumentError(f"{where}: {port!r} is no port")
    return Server(certname, name, port)
