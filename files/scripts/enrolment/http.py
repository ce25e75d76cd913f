"""Requests and answers of the CA's web application: taken apart, checked in form, put together."""

import email.utils
import ipaddress
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_to_bytes

from .identity import Identity

MAX_BODY = 1024 * 1024  # bytes; a list of names, or of revoked certificates
MAX_DIGITS = 20  # of a length in bytes

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]

REASONS = {
    200: "OK", 204: "No Content", 304: "Not Modified", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
    409: "Conflict", 411: "Length Required", 413: "Content Too Large", 422: "Unprocessable Content",
    415: "Unsupported Media Type", 429: "Too Many Requests", 500: "Internal Server Error",
    503: "Service Unavailable",
}  # fmt: skip


@dataclass(frozen=True)
class Response:
    """What is sent back."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain"
    last_modified: datetime | None = None
    retry_after: int | None = None  # seconds


class HttpError(Exception):
    """Ends the handling of a request with a status and a text."""

    def __init__(self, status: int, text: str, *, retry_after: int | None = None) -> None:
        """``retry_after`` is in seconds."""
        super().__init__(text)
        self.response = Response(status, text.encode("utf-8"), retry_after=retry_after)


@dataclass(frozen=True)
class Call:
    """One request, taken apart and checked in form."""

    method: str
    path: str
    name: str  # the last segment of the path where it is a name
    query: dict[str, list[str]]
    headers: Environ
    identity: Identity

    @property
    def source(self) -> str:
        """Where the connection came from as Apache saw it, whatever a header says; "" if it does not say.

        Of IPv6 it is the /64, which one host has whole to itself.
        """
        try:
            address = ipaddress.ip_address(str(self.headers.get("REMOTE_ADDR", "")).partition("%")[0])
        except ValueError:
            return ""
        if isinstance(address, ipaddress.IPv4Address):
            return str(address)
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(address), 64), strict=False).network_address)

    def body(self, limit: int) -> bytes:
        """Return the body, which must say its length and keep within ``limit`` bytes.

        Passenger says no length of an empty one.
        """
        text = self.headers.get("CONTENT_LENGTH") or ("" if "HTTP_TRANSFER_ENCODING" in self.headers else "0")
        if not (text.isascii() and text.isdigit()):
            raise HttpError(411, "The request must say its Content-Length.")
        # Python refuses to read numbers of thousands of digits.
        if len(text) > MAX_DIGITS or (length := int(text)) > limit:
            raise HttpError(413, f"The request's body is larger than {limit} bytes.")
        body: bytes = self.headers["wsgi.input"].read(length)
        if len(body) != length:
            raise HttpError(400, "The request's body was cut short.")
        return body

    def json(self) -> Any:
        """Return the body's JSON, or raise as puppetserver answers."""
        try:
            document = json.loads(self.body(MAX_BODY))
        except (ValueError, RecursionError):
            raise HttpError(400, "Request body is not JSON.") from None
        if not isinstance(document, dict):
            raise HttpError(400, "Request body is not JSON.")
        return document

    def unchanged_since(self, modified: datetime) -> bool:
        """Whether If-Modified-Since says that the caller has this version."""
        text = self.headers.get("HTTP_IF_MODIFIED_SINCE")
        if not text:
            return False
        try:
            since = email.utils.parsedate_to_datetime(text)
            return modified <= (since if since.tzinfo else since.replace(tzinfo=UTC))
        except (TypeError, ValueError, IndexError, OverflowError):
            return False


def decode_path(raw: str) -> str:
    """Return the path of a request, percent-decoded exactly once; raise HttpError 400 if it is malformed.

    A decoded slash, dot segment, control or non-ASCII character has no place in any path of this API.
    """
    if not raw.isascii() or not raw.startswith("/"):
        raise HttpError(400, "The request's path is malformed.")
    segments = []
    for segment in raw.split("/")[1:]:
        if re.search(r"%(?![0-9A-Fa-f]{2})", segment):
            raise HttpError(400, "The request's path is malformed.")
        decoded = unquote_to_bytes(segment)
        if decoded in (b"", b".", b"..") or not re.fullmatch(rb"[!-.0-~]+", decoded):
            raise HttpError(400, "The request's path is malformed.")
        segments.append(decoded.decode("ascii"))
    return "/" + "/".join(segments)


def raw_path(environ: Environ) -> str:
    """Return the path as the client sent it (Apache and Passenger give it), or what the server decoded."""
    uri = environ.get("REQUEST_URI")
    if uri:
        return str(uri).partition("?")[0]
    return str(environ.get("SCRIPT_NAME", "")) + str(environ.get("PATH_INFO", ""))


def start(response: Response, environ: Environ, start_response: StartResponse) -> list[bytes]:
    """Send the status and the headers; return the body for WSGI."""
    headers = [("Content-Type", response.content_type), ("X-Content-Type-Options", "nosniff")]
    if response.status not in (204, 304):
        headers.append(("Content-Length", str(len(response.body))))
    if response.last_modified is not None:
        headers.append(("Last-Modified", email.utils.format_datetime(response.last_modified, usegmt=True)))
    if response.retry_after is not None:
        headers.append(("Retry-After", str(response.retry_after)))
    start_response(f"{response.status} {REASONS[response.status]}", headers)
    return [response.body] if response.body and environ.get("REQUEST_METHOD") != "HEAD" else []
