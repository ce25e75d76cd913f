"""The cloud: moto's server in a process of its own, behind AWS's limits. Counts what it is asked.

``python -m bench.launching.cloud PORT-FILE`` serves on a free port of the loopback address, until killed.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from werkzeug.serving import make_server

from bench.launching.limits import Limits
from lab.cloud import moto_server
from lab.cloud.moto_server import Application

COUNTS = "/-/counts"
RESET = "/-/reset"
Environ = dict[str, Any]
EC2_REFUSAL = (
    "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message>"
    "</Error></Errors><RequestID>bench</RequestID></Response>"
)
S3_REFUSAL = "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"


class Limited:
    """WSGI around moto: refuses as AWS would, and answers ``COUNTS`` and ``RESET`` itself."""

    def __init__(self, moto: Application) -> None:
        self._moto = moto
        self._lock = threading.Lock()
        self._fresh()

    def _fresh(self) -> None:
        self._limits = Limits()
        self._calls: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._writing = self._most_writing = 0

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == RESET:
            self._fresh()
        if path in {COUNTS, RESET}:
            document = {"calls": self._calls, "refused": self._refused, "writing": self._most_writing}
            return _answer(start_response, "200 OK", json.dumps(document))
        action, instances = _action(environ)
        if action:
            allowed, refusal = self._limits.ec2(action, instances), EC2_REFUSAL
        elif path.strip("/") and "/sts/" not in environ.get("HTTP_AUTHORIZATION", ""):
            write = environ["REQUEST_METHOD"] in {"PUT", "POST", "DELETE"}
            action = f"S3 {environ['REQUEST_METHOD']}"
            allowed, refusal = self._limits.s3(path, write=write), S3_REFUSAL
        else:
            return self._moto(environ, start_response)
        with self._lock:
            self._calls[action] += 1
            self._refused[action] += not allowed
        if not allowed:
            return _answer(start_response, "503 Service Unavailable", refusal)
        return self._counted(environ, start_response, writes=action == "S3 PUT")

    def _counted(
        self, environ: Environ, start_response: Callable[..., Any], *, writes: bool
    ) -> Iterable[bytes]:
        with self._lock:
            self._writing += writes
            self._most_writing = max(self._most_writing, self._writing)
        try:
            return list(self._moto(environ, start_response))
        finally:
            with self._lock:
                self._writing -= writes


def _action(environ: Environ) -> tuple[str, int]:
    """EC2's action and how many instances it is about; "" if this is another API."""
    if environ["REQUEST_METHOD"] != "POST" or "/ec2/" not in environ.get("HTTP_AUTHORIZATION", ""):
        return "", 0
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    form = parse_qs(body.decode())
    named = sum(name.startswith("InstanceId.") for name in form)
    return form.get("Action", [""])[0], int(form.get("MaxCount", [str(named)])[0])


def _answer(start_response: Callable[..., Any], status: str, text: str) -> list[bytes]:
    body = text.encode()
    start_response(status, [("Content-Type", "text/xml"), ("Content-Length", str(len(body)))])
    return [body]


def main(port_file: Path) -> None:
    """Serve; the port's number is written when it can be used."""
    moto, handler = moto_server.load()
    server = make_server("127.0.0.1", 0, Limited(moto), True, request_handler=handler)
    port_file.with_suffix(".new").write_text(str(server.port))
    port_file.with_suffix(".new").replace(port_file)
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
