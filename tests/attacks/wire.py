"""HTTP as bytes over TLS: what a well-behaved client would mend or refuse to send arrives as written."""

import contextlib
import re
import socket
import ssl
import time
import urllib.parse
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DEADLINE = 60.0  # seconds for anything that the other side has to do; a master gives PuppetDB 30
REFUSAL = 60.0  # seconds from a revocation until every master refuses
PIECE = 65536


class Refused(Exception):
    """The server ended the connection without an answer: in the handshake, or in place of one."""


class Silent(Exception):
    """The server neither answered nor ended the connection within the deadline."""


@dataclass(frozen=True)
class Server:
    """A listener under attack."""

    host: str
    port: int
    tls: bool

    @classmethod
    def at(cls, url: str) -> "Server":
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or not parts.port:
            raise ValueError(f"{url}: not http(s)://HOST:PORT")
        return cls(parts.hostname, parts.port, parts.scheme == "https")

    @property
    def address(self) -> bytes:
        return f"{self.host}:{self.port}".encode()


@dataclass(frozen=True)
class Identity:
    """Who shows which certificate; nobody has none."""

    name: str
    certname: str = ""
    folder: Path | None = None
    canary: str = ""

    @property
    def pair(self) -> tuple[Path, Path] | None:
        return (
            None
            if self.folder is None
            else (self.folder / f"{self.name}.pem", self.folder / f"{self.name}.key")
        )


NOBODY = Identity("nobody")


@dataclass
class Answer:
    """One HTTP answer. Status 0 stands for bytes that are none (HTTP/0.9)."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) < 2, f"the answer has {name} twice: {found}"
        return found[0] if found else None

    @property
    def is_success(self) -> bool:
        return self.status == 0 or 200 <= self.status < 400


@dataclass
class Recorder:
    """Every byte that each identity was sent, to find in it what is another's."""

    received: list[tuple[str, bytes]] = field(default_factory=list)

    def holders_of(self, text: str) -> set[str]:
        sent: dict[str, bytes] = {}
        for name, data in self.received:
            sent[name] = sent.get(name, b"") + data
        return {name for name, data in sent.items() if text.encode() in data}


@dataclass(frozen=True)
class Tls:
    """What a client insists on in the handshake."""

    versions: tuple[ssl.TLSVersion, ssl.TLSVersion] = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
    ciphers: str | None = None
    protocols: tuple[str, ...] = ()

    def context(self, identity: Identity) -> ssl.SSLContext:
        """The server is not verified: this side attacks."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_ciphers(self.ciphers or "DEFAULT:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = self.versions
        if self.protocols:
            context.set_alpn_protocols(list(self.protocols))
        if identity.pair is not None:
            context.load_cert_chain(*identity.pair)
        return context


class Connection:
    """A connection to a server, as one identity."""

    def __init__(
        self,
        server: Server,
        identity: Identity,
        recorder: Recorder,
        *,
        context: ssl.SSLContext | None = None,
        session: ssl.SSLSession | None = None,
        sni: str | None = None,
        plain: bool = False,
    ) -> None:
        self.identity = identity
        self._recorder = recorder
        self._buffer = b""
        self._ended = False
        bare = socket.create_connection((server.host, server.port), timeout=DEADLINE)
        bare.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket: Any = bare
        if server.tls and not plain:
            assert context is not None
            try:
                self.socket = context.wrap_socket(bare, server_hostname=sni or server.host, session=session)
            except (ssl.SSLError, ConnectionError) as error:
                bare.close()
                raise Refused(str(error)) from error

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # what was answered before tells why
            self.socket.sendall(data)

    def pour(self, pieces: Iterable[bytes]) -> int:
        """Send until the server answers or ends the connection; return how many bytes it let us send."""
        sent = 0
        for piece in pieces:
            if self._has_answer():
                break
            try:
                self.socket.sendall(piece)
            except OSError:
                break
            sent += len(piece)
        return sent

    def _has_answer(self) -> bool:
        """Whether something has come. What TLS itself sends (a new session) is none."""
        self.socket.settimeout(0)
        try:
            self._keep(self.socket.recv(PIECE))
        except (ssl.SSLWantReadError, BlockingIOError):
            return False
        except OSError:
            return True
        finally:
            self.socket.settimeout(DEADLINE)
        return True

    def answer(self, *, head: bool = False, deadline: float = DEADLINE) -> Answer:
        """The next answer, interim ones left out. Raises Refused or Silent."""
        limit = time.monotonic() + deadline
        while True:
            parsed = _take(self._buffer, head=head, ended=self._ended)
            if parsed is not None:
                answer, self._buffer = parsed
                if not 100 <= answer.status < 200 or answer.status == 101:
                    return answer
                continue
            if self._ended:
                raise Refused(f"the connection ended after {self._buffer[:200]!r}")
            self._receive(limit)

    def answers(self, *, quiet: float = 2.0) -> list[Answer]:
        """All answers until the server ends the connection, or says nothing more for `quiet` seconds."""
        found = []
        while True:
            try:
                found.append(self.answer(deadline=DEADLINE if not found else quiet))
            except Silent:
                if not found:
                    raise
                return found
            except Refused:
                return found

    def _receive(self, limit: float) -> None:
        left = limit - time.monotonic()
        if left <= 0:
            raise Silent(f"nothing more after {self._buffer[:200]!r}")
        self.socket.settimeout(left)
        try:
            data = self.socket.recv(PIECE)
        except TimeoutError as error:
            raise Silent(f"nothing more after {self._buffer[:200]!r}") from error
        except OSError as error:
            if not self._buffer:
                raise Refused(str(error)) from error
            data = b""
        self._keep(data)

    def _keep(self, data: bytes) -> None:
        self._ended = not data
        self._buffer += data
        self._recorder.received.append((self.identity.name, data))


def _take(data: bytes, *, head: bool, ended: bool) -> tuple[Answer, bytes] | None:
    """The first whole answer in `data` and the rest, or None if there is none yet."""
    if data and not data.startswith(b"HTTP/1."[: len(data)]):
        return (Answer(0, body=data), b"") if ended else None
    start, separator, rest = data.partition(b"\r\n\r\n")
    if not separator:
        return None
    status, *lines = start.decode("latin-1").split("\r\n")
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    answer = Answer(int(status.split(" ")[1]), headers)
    if head or answer.status in (204, 304) or 100 <= answer.status < 200:
        return answer, rest
    if (answer.header("Transfer-Encoding") or "").lower() == "chunked":
        return _chunks(answer, rest)
    length = answer.header("Content-Length")
    if length is None:
        answer.body = rest
        return (answer, b"") if ended else None
    if len(rest) < int(length):
        return None
    answer.body = rest[: int(length)]
    return answer, rest[int(length) :]


def _chunks(answer: Answer, rest: bytes) -> tuple[Answer, bytes] | None:
    while True:
        line, separator, rest = rest.partition(b"\r\n")
        if not separator:
            return None
        size = int(re.split(rb"[;\s]", line)[0], 16)
        if len(rest) < size + 2:
            return None
        answer.body += rest[:size]
        rest = rest[size + 2 :]
        if size == 0:
            return answer, rest


def request(
    method: str | bytes,
    path: str | bytes,
    *lines: str | bytes,
    body: bytes = b"",
    length: bool = True,
    accept: str | None = "application/json",
    host: bytes | None = b"localhost",
    close: bool = True,
    version: bytes = b"HTTP/1.1",
) -> bytes:
    """A request, byte for byte: `lines` are header lines as they stand; nothing is checked or escaped."""
    method, path = (word.encode() if isinstance(word, str) else word for word in (method, path))
    head = [method + b" " + path + b" " + version]
    if host is not None:
        head.append(b"Host: " + host)
    if accept is not None:
        head.append(b"Accept: " + accept.encode())
    if close:
        head.append(b"Connection: close")
    head += [line.encode() if isinstance(line, str) else line for line in lines]
    if body and length:
        head.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(head) + b"\r\n\r\n" + body
