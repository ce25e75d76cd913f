"""The health listener's WSGI application, for load balancers: plain HTTP, no certificate, nothing else.

GET /status/v1/simple   "running" (200), or "error" (503)
GET /health             the same as JSON: status, reasons, crl_number and crl_age (seconds since the CA last
                        confirmed the list; null: never) of the nodes' own CA, every list, and the workers

A master is in error while its revocation list has ended or is missing, for then TLS refuses everybody, and
while it has lately answered itself that it cannot serve. A CA that is down is no error: the list stays in
force, and its age is told.

A process of its own, without Puppet's code and rights: it answers while all workers compile.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from crl.summary import Summary, read_summary

from master.config import PATH, load_config
from master.state import State, read_state

SIMPLE = "/status/v1/simple"
FULL = "/health"
# What the timer saw longer ago says nothing: that timer may be what is broken.
STATE_COUNTS_FOR = timedelta(minutes=5)

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


@dataclass
class Health:
    """``config`` and ``now`` are passed in for tests."""

    config: Path = PATH
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        status, kind, body = self.answer(str(environ.get("REQUEST_METHOD")), str(environ.get("PATH_INFO")))
        start_response(
            f"{status.value} {status.phrase}",
            [
                ("Content-Type", f"{kind}; charset=utf-8"),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store"),
            ],
        )
        return [body]

    def answer(self, method: str, path: str) -> tuple[HTTPStatus, str, bytes]:
        """Return status, content type and body."""
        if path not in (SIMPLE, FULL):
            return HTTPStatus.NOT_FOUND, "text/plain", b"not found\n"
        if method != "GET":
            return HTTPStatus.METHOD_NOT_ALLOWED, "text/plain", b"method not allowed\n"
        health = self.health()
        status = HTTPStatus.SERVICE_UNAVAILABLE if health["reasons"] else HTTPStatus.OK
        if path == SIMPLE:
            return status, "text/plain", health["status"].encode()
        return status, "application/json", json.dumps(health).encode() + b"\n"

    def health(self) -> dict[str, Any]:
        """Return what /health says. A configuration that cannot be read is Passenger's to report."""
        config, now = load_config(self.config), self.now()
        summary = read_summary(Path(config.crl_state))
        state = _current(read_state(Path(config.state)), now)
        reasons = list(_reasons(summary, state, now))
        return {
            "status": "error" if reasons else "running",
            "reasons": reasons,
            "crl_number": summary.entries[0].number if summary.entries else None,
            "crl_age": None if summary.checked is None else round((now - summary.checked).total_seconds()),
            "crls": [entry.as_json() for entry in summary.entries],
            "workers": None if state is None else {"count": state.workers, "largest_mb": state.resident},
        }


def _reasons(summary: Summary, state: State | None, now: datetime) -> Iterator[str]:
    if not summary.entries:
        yield "there is no revocation list"
    for entry in summary.entries:
        if entry.missing:
            yield f"there is no revocation list by {entry.issuer}"
        elif entry.ended(now):
            yield f"the revocation list by {entry.issuer} has ended"
    if state is not None and state.error:
        yield "the master does not answer"


def _current(state: State | None, now: datetime) -> State | None:
    return state if state is not None and abs(now - state.checked) < STATE_COUNTS_FOR else None


application = Health()
