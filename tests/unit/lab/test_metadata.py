"""The metadata service, over HTTP on loopback, with the instance that the API would give."""

import base64
import http.client
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from lab import metadata
from lab.errors import LabError
from lab.state import State

INSTANCE: dict[str, Any] = {
    "id": "i-0123456789abcdef0",
    "image": "ami-1",
    "type": "t3.small",
    "state": "running",
    "launch_index": 3,
    "launch_time": "2026-11-24T05:49:53Z",
    "address": "127.0.0.1",
    "name": "ip-172-31-0-4.ec2.internal",
    "mac": "02:00:00:e2:94:7b",
    "zone": "us-east-1a",
    "subnet": "subnet-1",
    "groups": ["default"],
    "tags": {},
    "profile": "puppetmaster",
    "profile_arn": "arn:aws:iam::123456789012:instance-profile/puppetmaster",
    "profile_id": "AIPA1",
    "tokens_required": True,
    "hop_limit": 1,
    "metadata_enabled": True,
    "user_data": base64.b64encode(b"#cloud-config\n\x00\xff").decode(),
}
CREDENTIALS = {"LastUpdated": "2026-11-24T05:49:53Z", "AccessKeyId": "ASIA1"}


class Service:
    """A running metadata service and a client of it."""

    def __init__(self, port: int, tokens: dict[str, metadata.Token]) -> None:
        self._port = port
        self.tokens = tokens

    def ask(self, method: str, path: str, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        connection.request(method, path, headers={name.replace("_", "-"): v for name, v in headers.items()})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, body

    def token(self) -> str:
        _, body = self.ask("PUT", "/latest/api/token", X_aws_ec2_metadata_token_ttl_seconds="60")
        return body.decode()

    def get(self, path: str) -> tuple[int, str]:
        status, body = self.ask("GET", path, X_aws_ec2_metadata_token=self.token())
        return status, body.decode()


@pytest.fixture
def instance() -> dict[str, Any]:
    return dict(INSTANCE)


@pytest.fixture
def service(instance: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    def ask(_socket: Path, path: str) -> Any:
        return instance if path == "/addresses/127.0.0.1" else CREDENTIALS

    monkeypatch.setattr(metadata, "ask", ask)
    tokens: dict[str, metadata.Token] = {}
    handler = type("Handler", (metadata.Handler,), {"state": State(Path("/nonexistent")), "tokens": tokens})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Service(server.server_address[1], tokens)
    server.shutdown()
    server.server_close()


def test_without_a_token_nothing_is_told_when_tokens_are_required(service: Service) -> None:
    assert service.ask("GET", "/latest/meta-data/instance-id")[0] == 401


def test_without_a_token_data_is_told_when_tokens_are_optional(
    service: Service, instance: dict[str, Any]
) -> None:
    instance["tokens_required"] = False
    assert service.ask("GET", "/latest/meta-data/instance-id") == (200, INSTANCE["id"].encode())


def test_an_invented_token_is_refused(service: Service) -> None:
    assert service.ask("GET", "/latest/user-data", X_aws_ec2_metadata_token="invented")[0] == 401


def test_a_token_of_another_address_is_refused(service: Service) -> None:
    service.tokens["stolen"] = metadata.Token("172.31.0.9", expires=float("inf"))
    service.tokens["own"] = metadata.Token("127.0.0.1", expires=float("inf"))
    assert service.ask("GET", "/latest/meta-data/", X_aws_ec2_metadata_token="stolen")[0] == 401
    assert service.ask("GET", "/latest/meta-data/", X_aws_ec2_metadata_token="own")[0] == 200


def test_a_token_that_has_expired_is_refused(service: Service) -> None:
    service.tokens["old"] = metadata.Token("127.0.0.1", expires=0)
    assert service.ask("GET", "/latest/meta-data/", X_aws_ec2_metadata_token="old")[0] == 401


@pytest.mark.parametrize("lifetime", ["", "0", "21601", "soon", "-1"])
def test_a_token_needs_a_lifetime_of_at_most_six_hours(service: Service, lifetime: str) -> None:
    status, _ = service.ask("PUT", "/latest/api/token", X_aws_ec2_metadata_token_ttl_seconds=lifetime)
    assert status == 400


def test_a_request_that_came_through_a_proxy_gets_no_token(service: Service) -> None:
    status, _ = service.ask(
        "PUT", "/latest/api/token", X_aws_ec2_metadata_token_ttl_seconds="60", X_Forwarded_For="10.0.0.1"
    )
    assert status == 403


def test_an_address_that_is_no_instance_gets_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metadata, "ask", lambda *_: None)
    assert service.ask("GET", "/latest/meta-data/")[0] == 404


def test_an_api_that_does_not_answer_is_an_outage_and_not_an_absence(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LabError("down")

    monkeypatch.setattr(metadata, "ask", fail)
    assert service.ask("GET", "/latest/meta-data/")[0] == 503


def test_a_switched_off_service_refuses(service: Service, instance: dict[str, Any]) -> None:
    instance["metadata_enabled"] = False
    assert service.ask("GET", "/latest/meta-data/")[0] == 403


def test_user_data_is_given_byte_for_byte(service: Service) -> None:
    _, body = service.ask("GET", "/latest/user-data", X_aws_ec2_metadata_token=service.token())
    assert body == b"#cloud-config\n\x00\xff"


def test_an_instance_without_user_data_has_none(service: Service, instance: dict[str, Any]) -> None:
    instance["user_data"] = ""
    assert service.get("/latest/user-data")[0] == 404


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("ami-launch-index", "3"),
        ("local-hostname", INSTANCE["name"]),
        ("placement/availability-zone", "us-east-1a"),
        (f"network/interfaces/macs/{INSTANCE['mac']}/local-ipv4s", "127.0.0.1"),
    ],
)
def test_metadata_has_its_values_where_ec2_has_them(service: Service, path: str, value: str) -> None:
    assert service.get(f"/latest/meta-data/{path}") == (200, value)


def test_folders_are_listed_with_a_slash_behind_those_that_are_folders(service: Service) -> None:
    _, listing = service.get("/2021-03-23/meta-data/placement")
    assert listing.split("\n") == ["availability-zone", "region"]
    _, listing = service.get("/latest/meta-data/")
    assert {"instance-id", "placement/", "iam/"} <= set(listing.split("\n"))


def test_a_profile_gives_its_role_credentials(service: Service) -> None:
    _, text = service.get("/latest/meta-data/iam/security-credentials/puppetmaster")
    assert '"ASIA1"' in text


def test_an_instance_without_a_profile_has_no_credentials(service: Service, instance: dict[str, Any]) -> None:
    instance["profile"] = None
    assert service.get("/latest/meta-data/iam/security-credentials/")[0] == 404


@pytest.mark.parametrize("path", ["/tomorrow/meta-data/", "/latest/meta-data/nothing", "/latest/../x"])
def test_paths_that_ec2_does_not_have_are_not_found(service: Service, path: str) -> None:
    assert service.get(path)[0] == 404
