"""The CA's list by HTTPS, with a conditional request."""

import http.client
import ssl
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from crl.errors import UnreachableError

TIMEOUT = 10.0  # seconds, for each step of the connection
MAX_BYTES = 64 * 1024 * 1024
SAME_SECOND = 2.0  # seconds


@dataclass(frozen=True)
class Answer:
    """``body`` is None where the list has not changed; ``last_modified`` is for the next request."""

    body: bytes | None
    last_modified: str | None


def fetch(url: str, *, ca_cert: Path, if_modified_since: str | None) -> Answer:
    """Ask the CA; raise UnreachableError unless it sends a list or says that it has not changed."""
    parts = urlsplit(url)
    headers = {"Accept": "text/plain"}
    if if_modified_since:
        headers["If-Modified-Since"] = if_modified_since
    connection = http.client.HTTPSConnection(
        parts.hostname or "", parts.port or 443, timeout=TIMEOUT, context=_context(ca_cert)
    )
    try:
        connection.request("GET", parts.path, headers=headers)
        response = connection.getresponse()
        body = response.read(MAX_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(f"{url}: {error}") from error
    finally:
        connection.close()
    if response.status == HTTPStatus.NOT_MODIFIED:
        return Answer(None, if_modified_since)
    if response.status != HTTPStatus.OK:
        raise UnreachableError(f"{url}: status {response.status}: {body[:200].decode(errors='replace')}")
    if len(body) > MAX_BYTES:
        raise UnreachableError(f"{url}: more than {MAX_BYTES} bytes")
    return Answer(body, _settled(response.headers.get("Last-Modified"), response.headers.get("Date")))


def _settled(modified: str | None, date: str | None) -> str | None:
    """``modified``, unless it is of this very second: another list may follow that has the same time."""
    if modified is None or date is None:
        return None
    try:
        age = (parsedate_to_datetime(date) - parsedate_to_datetime(modified)).total_seconds()
    except (TypeError, ValueError):
        return None
    return modified if age >= SAME_SECOND else None


def _context(ca_cert: Path) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(ca_cert))
    except OSError as error:
        raise UnreachableError(f"{ca_cert}: {error}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Python 3.13 asks more of a CA certificate's form than agents do; a CA that was imported may be old.
    context.verify_flags &= ~ssl.VerifyFlags.VERIFY_X509_STRICT
    return context
