"""One HTTPS request, sent exactly as written: no client library tidies its path, headers or body."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEADLINE = 60.0
REFUSED_IN_TLS = 0


@dataclass(frozen=True)
class Identity:
    """A certificate and its key, as files; nobody if there is none."""

    label: str
    certificate: Path | None = None
    key: Path | None = None


NOBODY = Identity("none")


@dataclass(frozen=True)
class Answer:
    """What came back. Status 0: the connection was refused or ended in TLS."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str:
        """A header's value, empty if it is not there."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), "")


@dataclass(frozen=True)
class Endpoint:
    """Where a server is reached, and as what; ``authority`` None: it is not verified."""

    address: str
    port: int
    name: str
    authority: Path | None


class _Connection(http.client.HTTPSConnection):
    """Connects to an address, and checks the certificate for a name."""

    def __init__(self, endpoint: Endpoint, context: ssl.SSLContext) -> None:
        super().__init__(endpoint.name, endpoint.port, timeout=DEADLINE, context=context)
        self._address = endpoint.address
        self._tls = context

    def connect(self) -> None:
        """Connect without asking a name server."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def send(
    endpoint: Endpoint,
    method: str,
    target: str,
    *,
    identity: Identity = NOBODY,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """Send one request on a connection of its own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if endpoint.authority is None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        context.load_verify_locations(endpoint.authority)
    if identity.certificate is not None:
        context.load_cert_chain(identity.certificate, identity.key)
    connection = _Connection(endpoint, context)
    wanted = dict(headers or {})
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        if body is not None and not any(key.lower() == "content-length" for key in wanted):
            wanted["Content-Length"] = str(len(body))
        for key, value in wanted.items():
            connection.putheader(key, value)
        connection.endheaders(body)
        response = connection.getresponse()
        return Answer(response.status, response.read(), dict(response.getheaders()))
    except (ssl.SSLError, ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected):
        return Answer(REFUSED_IN_TLS)
    finally:
        connection.close()
