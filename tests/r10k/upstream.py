"""What a site's r10k fetches from, without a network: git over HTTP, and a Forge (its API, version 3).

    python -m tests.r10k.upstream --repositories DIR --modules DIR [--listen ADDRESS:PORT]

`git` itself serves the repositories, at /git/. The Forge's releases are the modules in a folder, as Debian's
packages install them, each in its one version. It writes its URL, then one line a request.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[2] / "packaging"))

from module_archives.archive import Module, load, pack

GIT_DEADLINE = 60


@dataclass(frozen=True)
class Release:
    """A module in the one version that there is."""

    module: Module

    @cached_property
    def archive(self) -> bytes:
        return pack(self.module)

    @property
    def name(self) -> str:
        return str(self.module.metadata["name"]).replace("/", "-")

    @property
    def version(self) -> str:
        return str(self.module.metadata["version"])

    def document(self) -> dict[str, Any]:
        """What the API says of it."""
        owner, _, name = self.name.partition("-")
        return {
            "uri": f"/v3/releases/{self.module.slug}",
            "slug": self.module.slug,
            "module": {
                "uri": f"/v3/modules/{self.name}",
                "slug": self.name,
                "name": name,
                "owner": {"uri": f"/v3/users/{owner}", "slug": owner, "username": owner},
            },
            "version": self.version,
            "metadata": self.module.metadata,
            "file_uri": f"/v3/files/{self.module.slug}.tar.gz",
            "file_size": len(self.archive),
            "file_md5": hashlib.md5(self.archive, usedforsecurity=False).hexdigest(),
            "file_sha256": hashlib.sha256(self.archive).hexdigest(),
            "deleted_at": None,
        }


@dataclass(frozen=True)
class Forge:
    """The releases, by the names of their modules."""

    releases: dict[str, Release]

    @classmethod
    def of(cls, folder: Path) -> "Forge":
        """The modules in a folder, or none where there is none."""
        found = [Release(load(path.parent)) for path in sorted(folder.glob("*/metadata.json"))]
        return cls({release.name: release for release in found})

    def versions(self) -> dict[str, str]:
        """The version of each module."""
        return {name: release.version for name, release in self.releases.items()}

    def answer(self, path: str) -> bytes | None:
        """The body for a path below /v3/; None: there is nothing."""
        kind, _, slug = path.partition("/")
        if kind == "modules" and slug in self.releases:
            return json.dumps(self._module(self.releases[slug])).encode()
        for release in self.releases.values():
            if kind == "releases" and slug == release.module.slug:
                return json.dumps(release.document()).encode()
            if kind == "files" and slug == f"{release.module.slug}.tar.gz":
                return release.archive
        return None

    @staticmethod
    def _module(release: Release) -> dict[str, Any]:
        document = release.document()
        return {
            **document["module"],
            "deprecated_at": None,
            "current_release": document,
            "releases": [
                {key: document[key] for key in ("uri", "slug", "version", "file_uri", "deleted_at")}
            ],
        }


class Upstream(ThreadingHTTPServer):
    """Both, on one port."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], *, repositories: Path, forge: Forge) -> None:
        super().__init__(address, Handler)
        self.repositories = repositories
        self.forge = forge

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """/v3/ is the Forge's, /git/ is git's."""

    server: Upstream

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/git/"):
            self._git(path.removeprefix("/git"))
            return
        body = self.server.forge.answer(path.removeprefix("/v3/")) if path.startswith("/v3/") else None
        if body is None:
            self._reply(
                HTTPStatus.NOT_FOUND, "application/json", b'{"message": "404 Not Found", "errors": []}'
            )
        else:
            kind = "application/octet-stream" if path.startswith("/v3/files/") else "application/json"
            self._reply(HTTPStatus.OK, kind, body)

    do_POST = do_GET  # noqa: N815 - the name that http.server looks for

    def _reply(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _git(self, path: str) -> None:
        """Let git answer by its own protocol, as a CGI program."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.server.repositories),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": urlsplit(self.path).query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "REMOTE_ADDR": self.client_address[0],
        }
        argv = ["git", "http-backend"]
        done = subprocess.run(
            argv, env=environment, input=body, stdout=subprocess.PIPE, timeout=GIT_DEADLINE, check=False
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        status = int(headers.get("Status", "200").split()[0]) if headers else HTTPStatus.INTERNAL_SERVER_ERROR
        self._reply(status, headers.get("Content-Type", "text/plain"), content)


@contextmanager
def serving(repositories: Path, modules: Path) -> Iterator[Upstream]:
    """Serve on this machine's loopback for a while."""
    with Upstream(("127.0.0.1", 0), repositories=repositories, forge=Forge.of(modules)) as upstream:
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        try:
            yield upstream
        finally:
            upstream.shutdown()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.r10k.upstream", description=__doc__)
    parser.add_argument("--repositories", type=Path, required=True)
    parser.add_argument("--modules", type=Path, required=True)
    parser.add_argument("--listen", default="127.0.0.1:0", metavar="ADDRESS:PORT")
    arguments = parser.parse_args()
    address, _, port = arguments.listen.rpartition(":")
    forge = Forge.of(arguments.modules)
    with Upstream((address, int(port)), repositories=arguments.repositories, forge=forge) as upstream:
        print(upstream.url, flush=True)
        upstream.serve_forever()


if __name__ == "__main__":
    main()
