"""A host that runs some of Hadoop's daemons, as far as their web servers tell."""

import importlib.util
import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import pytest

FILES = Path(__file__).parents[3] / "modules" / "hadoop" / "files"


def load(command: str) -> ModuleType:
    """Import a command of the module hadoop, which has no suffix."""
    loader = SourceFileLoader(command, str(FILES / command))
    spec = importlib.util.spec_from_loader(command, loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


class Daemon:
    """A web server that answers `path?query` by a table, everything else with 404."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = unquote(self.path)
                outer.asked.append(path)
                answer = outer.answers.get(path)
                status = answer if isinstance(answer, int) else 200 if path in outer.answers else 404
                body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.address = f"127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Host:
    """The configuration folder and the daemons of one host."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.daemons: list[Daemon] = []

    def daemon(self, answers: dict[str, Any]) -> Daemon:
        self.daemons.append(Daemon(answers))
        return self.daemons[-1]

    def configure(self, file: str, properties: Mapping[str, object]) -> None:
        rows = "".join(
            f"<property><name>{name}</name><value>{value}</value></property>"
            for name, value in properties.items()
        )
        (self.folder / f"{file}.xml").write_text(f"<configuration>{rows}</configuration>")


@pytest.fixture
def hadoop_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setenv("HADOOP_CONF_DIR", str(tmp_path))
    host = Host(tmp_path)
    yield host
    for daemon in host.daemons:
        daemon.stop()
