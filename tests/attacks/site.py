"""The site under attack."""

import json
import ssl
import subprocess
import urllib.parse
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.attacks.remote import Remote
from tests.attacks.wire import (
    NOBODY,
    Answer,
    Connection,
    Identity,
    Recorder,
    Refused,
    Server,
    Tls,
    request,
)

ENVIRONMENT = "environment=production"


@dataclass
class Site:
    """Its listeners, the identities that were forged for it, and ways into its hosts."""

    servers: dict[str, Server]
    identities: dict[str, Identity]
    hosts: dict[str, Remote]
    recorder: Recorder = field(default_factory=Recorder)
    contexts: dict[tuple[str, Tls], ssl.SSLContext] = field(default_factory=dict)
    probes: dict[str, Connection] = field(default_factory=dict)

    def host(self, name: str) -> Remote:
        if name not in self.hosts:
            pytest.skip(f"needs --on-{name}")
        return self.hosts[name]

    def server(self, name: str) -> Server:
        if name not in self.servers:
            pytest.skip(f"needs --{name}")
        return self.servers[name]

    def identity(self, name: str) -> Identity:
        return NOBODY if name == "nobody" else self.identities[name]

    def fill(self, text: str) -> str:
        """`text` with the certnames of {good}, {victim}, ... in it."""
        for name in ("good", "victim", "plain", "admin", "revoked"):
            text = text.replace(f"{{{name}}}", self.identities[name].certname)
        return text

    def connect(
        self, who: str, server: str = "master", *, tls: Tls | None = None, **options: Any
    ) -> Connection:
        key = (who, tls or Tls())
        if "context" not in options:
            if key not in self.contexts:
                self.contexts[key] = key[1].context(self.identity(who))
            options["context"] = self.contexts[key]
        return Connection(self.server(server), self.identity(who), self.recorder, **options)

    def ask(self, who: str, data: bytes, server: str = "master", *, tls: Tls | None = None) -> Answer:
        """The answer to one request on a connection of its own. Raises Refused."""
        with self.connect(who, server, tls=tls) as connection:
            connection.send(data)
            return connection.answer(head=data.startswith(b"HEAD "))

    def get(self, who: str, path: str, *lines: str, server: str = "master", **options: Any) -> Answer:
        options = {"host": self.server(server).host.encode()} | options
        return self.ask(who, request("GET", self.fill(path), *map(self.fill, lines), **options), server)

    def send(self, who: str, data: bytes, server: str = "master", *, quiet: float = 2.0) -> list[Answer]:
        """All that is answered to these bytes."""
        with self.connect(who, server) as connection:
            connection.send(data)
            return connection.answers(quiet=quiet)

    def is_well(self, server: str) -> None:
        """A good node gets what it may have, on a connection that it keeps as long as the server does."""
        path = {"master": "/puppet/v3/environments", "ca": "/status/v1/simple"}[server]
        data = request("GET", path, close=False)
        try:
            answer = self._probe(server, data)
        except Refused:
            self.probes.pop(server).socket.close()
            answer = self._probe(server, data)
        assert answer.status == 200, f"the {server} answers a good node with {answer}"

    def _probe(self, server: str, data: bytes) -> Answer:
        if server not in self.probes:
            self.probes[server] = self.connect("good", server)
        self.probes[server].send(data)
        return self.probes[server].answer()

    @staticmethod
    def csr(subject: str) -> bytes:
        """A certificate request for a new key, with a subject in openssl's words."""
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/dev/null"]
        argv = ["openssl", "req", "-new", *key, "-subj", subject]
        return subprocess.run(argv, capture_output=True, check=True, timeout=30).stdout

    def catalog(self, who: str, facts: dict[str, Any] | None = None, *, of: str | None = None) -> Answer:
        """A catalog, compiled from the facts that are sent."""
        name = self.identity(of or who).certname
        return self.ask(who, self.catalog_request(name, json.dumps({"name": name, "values": facts or FACTS})))

    def catalog_request(
        self, name: str, facts: str, facts_format: str = "application/json", extra: str = ENVIRONMENT
    ) -> bytes:
        fields = {"facts_format": facts_format, "facts": urllib.parse.quote(facts, safe="")}
        body = f"{extra}&{urllib.parse.urlencode(fields)}".encode()
        return request(
            "POST",
            f"/puppet/v3/catalog/{name}?{ENVIRONMENT}",
            "Content-Type: application/x-www-form-urlencoded",
            body=body,
        )


# What login_allowed looks at.
FACTS: dict[str, Any] = {
    "os": {"name": "Debian", "family": "Debian", "release": {"full": "13.0", "major": "13"}},
    "clientversion": "8.10.0",
    "clientnoop": False,
}
