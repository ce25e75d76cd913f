"""EC2's instance metadata service (IMDSv2), told apart by the caller's source address.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
"""

import base64
import json
import re
import secrets
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lab.cloud.control import ask
from lab.errors import LabError
from lab.network import METADATA, REGION
from lab.state import State

VERSION = re.compile(r"/(latest|\d{4}-\d{2}-\d{2}|1\.0)(/.*)?")
VERSIONS = ["1.0", "2016-09-02", "2018-09-24", "2021-03-23", "latest"]
LONGEST_TOKEN = 21600  # seconds
ACCOUNT = "123456789012"

Tree = Mapping[str, "str | Tree"]


def tree(instance: Mapping[str, Any], credentials: Mapping[str, str] | None) -> Tree:
    """All that an instance can read under its `latest/`, as nested mappings of path segments."""
    card = {
        "device-number": "0",
        "interface-id": f"eni-{instance['id'][2:]}",
        "local-hostname": instance["name"],
        "local-ipv4s": instance["address"],
        "mac": instance["mac"],
        "owner-id": ACCOUNT,
        "subnet-id": instance["subnet"] or "",
        "subnet-ipv4-cidr-block": "172.31.0.0/16",
        "vpc-ipv4-cidr-block": "172.31.0.0/16",
    }
    data: dict[str, str | Tree] = {
        "ami-id": instance["image"],
        "ami-launch-index": str(instance["launch_index"]),
        "ami-manifest-path": "(unknown)",
        "hostname": instance["name"],
        "instance-action": "none",
        "instance-id": instance["id"],
        "instance-life-cycle": "on-demand",
        "instance-type": instance["type"],
        "local-hostname": instance["name"],
        "local-ipv4": instance["address"],
        "mac": instance["mac"],
        "network": {"interfaces": {"macs": {instance["mac"]: card}}},
        "placement": {"availability-zone": instance["zone"], "region": REGION},
        "reservation-id": f"r-{instance['id'][2:]}",
        "security-groups": "\n".join(instance["groups"]) or "default",
        "services": {"domain": "amazonaws.com", "partition": "aws"},
    }
    if credentials:
        profile = {
            "Code": "Success",
            "LastUpdated": credentials["LastUpdated"],
            "InstanceProfileArn": instance["profile_arn"],
            "InstanceProfileId": instance["profile_id"],
        }
        data["iam"] = {
            "info": json.dumps(profile),
            "security-credentials": {instance["profile"]: json.dumps(credentials)},
        }
    document = {
        "accountId": ACCOUNT,
        "architecture": "x86_64",
        "availabilityZone": instance["zone"],
        "imageId": instance["image"],
        "instanceId": instance["id"],
        "instanceType": instance["type"],
        "pendingTime": instance["launch_time"],
        "privateIp": instance["address"],
        "region": REGION,
        "version": "2017-09-30",
    }
    return {
        "meta-data": data,
        "dynamic": {"instance-identity": {"document": json.dumps(document, indent=1)}},
        **({"user-data": instance["user_data"]} if instance["user_data"] else {}),
    }


def look_up(root: Tree, path: str) -> str | None:
    """The value at a path, the listing of a folder (folders end in `/`), or None where there is nothing."""
    here: str | Tree = root
    for segment in (part for part in path.split("/") if part):
        if isinstance(here, str) or segment not in here:
            return None
        here = here[segment]
    if isinstance(here, str):
        return here
    return "\n".join(name if isinstance(value, str) else f"{name}/" for name, value in here.items())


@dataclass(frozen=True)
class Token:
    address: str
    expires: float


class Handler(BaseHTTPRequestHandler):
    """One request of one instance."""

    protocol_version = "HTTP/1.1"
    state: State
    tokens: dict[str, Token]

    def do_PUT(self) -> None:
        instance = self._instance()
        if instance is None:
            return None
        if self.path != "/latest/api/token":
            return self._answer(HTTPStatus.NOT_FOUND)
        if "X-Forwarded-For" in self.headers:  # a proxy in the instance must not get a token for others
            return self._answer(HTTPStatus.FORBIDDEN)
        lifetime = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
        if not lifetime.isdecimal() or not 1 <= int(lifetime) <= LONGEST_TOKEN:
            return self._answer(HTTPStatus.BAD_REQUEST)
        token = secrets.token_urlsafe(42)
        self.tokens[token] = Token(self.client_address[0], time.monotonic() + int(lifetime))
        self.connection.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, instance["hop_limit"])
        return self._answer(HTTPStatus.OK, token.encode(), {"X-aws-ec2-metadata-token-ttl-seconds": lifetime})

    def do_GET(self) -> None:
        instance = self._instance()
        if instance is None:
            return None
        if not self._may_read(instance):
            return self._answer(HTTPStatus.UNAUTHORIZED)
        if self.path == "/":
            return self._answer(HTTPStatus.OK, "\n".join(VERSIONS).encode())
        found = VERSION.fullmatch(self.path)
        if found is None:
            return self._answer(HTTPStatus.NOT_FOUND)
        profile = instance["profile"]
        credentials = ask(self.state.control_socket, f"/credentials/{profile}") if profile else None
        path = found.group(2) or "/"
        value = look_up(tree(instance, credentials), path)
        if value is None:
            return self._answer(HTTPStatus.NOT_FOUND)
        if path.rstrip("/") == "/user-data":
            return self._answer(HTTPStatus.OK, base64.b64decode(value))
        return self._answer(HTTPStatus.OK, value.encode())

    def _instance(self) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] | None = ask(
                self.state.control_socket, f"/addresses/{self.client_address[0]}"
            )
        except LabError as failed:
            self.log_error("%s", failed)
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE)
            return None
        if found is None:
            self._answer(HTTPStatus.NOT_FOUND)
        elif not found["metadata_enabled"]:
            self._answer(HTTPStatus.FORBIDDEN)
            return None
        return found

    def _may_read(self, instance: Mapping[str, Any]) -> bool:
        given = self.headers.get("X-aws-ec2-metadata-token")
        if given is None:
            return not instance["tokens_required"]
        token = self.tokens.get(given)
        return (
            token is not None and token.address == self.client_address[0] and token.expires > time.monotonic()
        )

    def _answer(
        self, status: HTTPStatus, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serve until killed; runs inside the lab's network namespace."""
    Handler.state = State.default()
    Handler.tokens = {}
    ThreadingHTTPServer((METADATA, 80), Handler).serve_forever()


if __name__ == "__main__":
    main()
