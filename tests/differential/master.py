"""A client of one master. Both have certificates of our CA, so that an identity is the same to both."""

import json
from dataclasses import dataclass
from typing import Any

from tests.differential import wire
from tests.differential.ca import Ca
from tests.differential.sides import Server
from tests.differential.wire import Answer, Endpoint

RICH_JSON = "application/vnd.puppet.rich+json, application/json"
ENVIRONMENT = "differential"
RACK_LAYER_DEADLINE = 300.0


@dataclass(frozen=True)
class Request:
    """One request to a master."""

    method: str
    path: str
    query: str = f"environment={ENVIRONMENT}"
    headers: tuple[tuple[str, str], ...] = (("Accept", RICH_JSON),)
    body: str = ""

    @property
    def target(self) -> str:
        """Path and query as they are sent."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True)
class Master:
    """One master, and the CA whose certificates its callers show."""

    server: Server
    ca: Ca

    def send(self, request: Request, identity: str) -> Answer:
        """Send a request as one of the CA's identities."""
        endpoint = Endpoint(self.server.address, self.server.master_port, self.server.name, self.ca.authority)
        has_body = request.body or request.method in {"PUT", "POST", "PATCH"}
        return wire.send(
            endpoint,
            request.method,
            request.target,
            identity=self.ca.identities[identity],
            headers=dict(request.headers),
            body=request.body.encode() if has_body else None,
        )

    def plain(self, value: Any) -> Any:
        """A JSON value without what must differ: the masters' own names and addresses."""
        text = json.dumps(value)
        return json.loads(text.replace(self.server.name, "SERVER").replace(self.server.address, "ADDRESS"))

    def rack_statuses(self, requests: list[Request], script: str) -> dict[Request, str]:
        """What our Rack application itself answers to requests without a certificate."""
        path = "/var/tmp/differential-rack-layer.rb"
        self.server.write(path, script)
        sent = [
            [request.method, request.path, request.query, dict(request.headers), request.body, None]
            for request in requests
        ]
        printed = self.server.run(
            f"cd / && runuser -u puppet -- ruby {path}", stdin=json.dumps(sent), deadline=RACK_LAYER_DEADLINE
        )
        statuses = json.loads(printed.splitlines()[-1])
        return dict(zip(requests, map(str, statuses), strict=True))
