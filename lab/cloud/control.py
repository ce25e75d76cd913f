"""The lab's own view of the cloud, for the reconciler and the metadata service."""

import http.client
import json
import socket
from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.errors import LabError

if TYPE_CHECKING:
    from lab.cloud.account import Account


class Control:
    """WSGI application; no instance can reach its socket.

    GET /instances, GET /addresses/ADDRESS, GET /credentials/PROFILE, POST /instances/ID/stop,
    POST /images (there are new ones in the settings: `load_images` registers them)
    """

    def __init__(self, account: "Account", load_images: Callable[[], None]) -> None:
        self._account = account
        self._load_images = load_images

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        status, result = self._answer(environ["REQUEST_METHOD"], environ["PATH_INFO"].strip("/").split("/"))
        body = json.dumps(result).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]

    def _answer(self, method: str, path: list[str]) -> tuple[HTTPStatus, object]:
        match method, path:
            case "GET", ["instances"]:
                return HTTPStatus.OK, self._account.instances()
            case "GET", ["addresses", address]:
                found = self._account.at_address(address)
                return (HTTPStatus.OK if found else HTTPStatus.NOT_FOUND), found
            case "GET", ["credentials", profile]:
                return HTTPStatus.OK, self._account.credentials(profile)
            case "POST", ["instances", instance_id, "stop"]:
                self._account.stop(instance_id)
                return HTTPStatus.OK, None
            case "POST", ["images"]:
                self._load_images()
                return HTTPStatus.OK, None
        return HTTPStatus.NOT_FOUND, None


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=30)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def ask(control_socket: Path, path: str, method: str = "GET") -> Any:
    """Ask the control application; None where it answers 404. Raises LabError when it does not answer."""
    connection = _UnixConnection(control_socket)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException) as failed:
        raise LabError(f"the lab's API process does not answer at {control_socket}: {failed}") from failed
    finally:
        connection.close()
    if response.status == HTTPStatus.NOT_FOUND:
        return None
    if response.status != HTTPStatus.OK:
        raise LabError(f"the lab's API process answered {response.status} to {method} {path}: {body[:300]!r}")
    return json.loads(body)
