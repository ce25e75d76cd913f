"""A client of one CA: requests as one of several identities, all with names of this run."""

import json
import time
from collections.abc import Mapping
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from tests.differential import certificates, csr, wire
from tests.differential.records import enrolment, write_records
from tests.differential.sides import Server
from tests.differential.wire import NOBODY, Answer, Endpoint, Identity

V1 = "/puppet-ca/v1"
REFUSAL_DEADLINE = 60.0
TEXT = {"Content-Type": "text/plain"}
JSON = {"Content-Type": "application/json", "Accept": "application/json"}


class UnexpectedAnswer(Exception):
    """What a test needed before it could begin was refused."""


class Ca:
    """One CA under test. Names that begin with ``auto-`` are signed at once by both, others wait."""

    def __init__(self, server: Server, run: str, folder: Path) -> None:
        self.server = server
        self.run = run
        self.folder = folder
        folder.mkdir(parents=True)
        self.authority = folder / "ca.pem"
        self.authority.write_bytes(self._fetch_authority())
        self.identities: dict[str, Identity] = {"none": NOBODY}

    @property
    def is_ours(self) -> bool:
        """Whether this is our CA, not the reference."""
        return self.server.label == "ours"

    def name(self, label: str) -> str:
        """This run's certname for a label."""
        return f"{label}-{self.run}"

    def call(
        self,
        method: str,
        target: str,
        *,
        identity: str = "none",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Send one request; ``target`` is sent as it is."""
        return wire.send(
            self._endpoint(self.authority),
            method,
            target,
            identity=self.identities[identity],
            headers=headers,
            body=body,
        )

    def submit(self, name: str, body: bytes | None, *, headers: Mapping[str, str] = TEXT) -> Answer:
        """Send a certificate request under a name."""
        return self.call("PUT", f"{V1}/certificate_request/{name}", headers=headers, body=body)

    def set_state(self, name: str, state: str, **more: Any) -> Answer:
        """Sign or revoke as the administrator."""
        body = json.dumps({"desired_state": state, **more}).encode()
        return self.call("PUT", f"{V1}/certificate_status/{name}", identity="admin", headers=JSON, body=body)

    def state(self, name: str) -> str:
        """What the CA says of a name: requested, signed, revoked or absent."""
        answer = self.call("GET", f"{V1}/certificate_status/{name}", identity="admin", headers=JSON)
        if answer.status == 200:
            return str(json.loads(answer.body)["state"])
        return "absent" if answer.status in {400, 404} else f"its status cannot be told ({answer.status})"

    def certificate(self, name: str) -> bytes:
        """A name's certificate; raise UnexpectedAnswer if there is none."""
        return self.expect(200, self.call("GET", f"{V1}/certificate/{name}"), name).body

    def facts(self, pem: bytes) -> dict[str, str]:
        """Describe a certificate of this CA."""
        return certificates.certificate_facts(pem, self.authority.read_bytes(), certificates.now())

    def crl(self) -> bytes:
        """The revocation list."""
        return self.expect(200, self.call("GET", f"{V1}/certificate_revocation_list/ca"), "CRL").body

    def expect(self, status: int, answer: Answer, what: str) -> Answer:
        """Return an answer that must have a status."""
        if answer.status != status:
            raise UnexpectedAnswer(f"{self.server.label}: {what}: {answer.status} {answer.text[:300]}")
        return answer

    def enrol(self, name: str, body: bytes | None = None) -> bytes:
        """Have a certificate signed for a name, and return it."""
        self.expect(200, self.submit(name, body or csr.request(name)), name)
        if not name.startswith("auto-"):
            self.expect(204, self.set_state(name, "signed"), name)
        return self.certificate(name)

    def clean(self, *names: str) -> Answer:
        """Revoke and remove certificates as the administrator."""
        body = json.dumps({"certnames": names}).encode()
        return self.call("PUT", f"{V1}/clean", identity="admin", headers=JSON, body=body)

    def add_identity(self, label: str, certificate: bytes, key: bytes) -> None:
        """Keep a certificate and its key under a label for `call`."""
        paths = self.folder / f"{label}.pem", self.folder / f"{label}.key"
        for path, content in zip(paths, (certificate, key), strict=True):
            path.write_bytes(content)
        self.identities[label] = Identity(label, *paths)

    def allow(self, names: list[str]) -> None:
        """Have names signed as soon as a request for them comes: on our side by a record each."""
        if not self.is_ours or not names:
            return
        record = {"classes": [], "environment": "production", "enrolment": enrolment(self.run)}
        write_records(self.server, dict.fromkeys(names, record))

    def _fetch_authority(self) -> bytes:
        found = wire.send(self._endpoint(None), "GET", f"{V1}/certificate/ca")
        return self.expect(200, found, "the CA's certificate").body

    def _endpoint(self, authority: Path | None) -> Endpoint:
        return Endpoint(self.server.address, self.server.ca_port, self.server.name, authority)


def http_date(seconds: float) -> str:
    """The time ``seconds`` from now as HTTP writes it."""
    return format_datetime(certificates.now() + timedelta(seconds=seconds), usegmt=True)


def make_identities(ca: Ca, foreign: tuple[bytes, bytes]) -> None:
    """Enrol the callers that the table knows."""
    key = csr.key(label="identity")
    ca.add_identity("admin", *administrator(ca))
    ca.add_identity("foreign", *foreign)
    labels = ["auto-node", "auto-other", "auto-revoked", "auto-deleted", "auto-cleaned"]
    ca.allow([ca.name(label) for label in labels])
    for label in labels:
        name = ca.name(label)
        certificate = ca.enrol(name, csr.request(name, signer=key))
        ca.add_identity(label.removeprefix("auto-"), certificate, key.pem)
    expired = ca.name("wait-expired")
    ca.expect(200, ca.submit(expired, csr.request(expired, signer=key)), expired)
    ca.expect(204, ca.set_state(expired, "signed", cert_ttl=1), expired)
    ca.add_identity("expired", ca.certificate(expired), key.pem)
    ca.expect(204, ca.set_state(ca.name("auto-revoked"), "revoked"), "revoke")
    ca.expect(
        204,
        ca.call("DELETE", f"{V1}/certificate_status/{ca.name('auto-deleted')}", identity="admin"),
        "delete",
    )
    ca.expect(200, ca.clean(ca.name("auto-cleaned")), "clean")
    _await_refusal(ca, ("revoked", "cleaned"))


def _await_refusal(ca: Ca, labels: tuple[str, ...]) -> None:
    """Wait until TLS refuses who was revoked: our Apache has a new list after 30 s at the latest."""
    deadline = time.monotonic() + REFUSAL_DEADLINE
    while any(ca.call("GET", "/status/v1/simple", identity=label).status for label in labels):
        if time.monotonic() > deadline:
            raise UnexpectedAnswer(f"{ca.server.label}: revoked certificates are not refused in TLS")
        time.sleep(0.5)


def administrator(ca: Ca) -> tuple[bytes, bytes]:
    """A certificate with pp_cli_auth and its key: puppetserver's own has it, on our CA one is made."""
    name = ca.name("admin")
    if ca.is_ours:
        folder = f"/root/differential/{ca.run}"
        ca.server.run(f"puppet_ca generate --certname {name} --ca-client --ssldir {folder} --owner root")
    else:
        folder, name = "/var/lib/puppet/ssl", ca.server.name
    certificate = ca.server.run(f"cat {folder}/certs/{name}.pem").encode()
    return certificate, ca.server.run(f"cat {folder}/private_keys/{name}.pem").encode()


def foreign_identity(name: str) -> tuple[bytes, bytes]:
    """A certificate of a CA that nobody knows, and its key."""
    key = csr.key(label="foreign")
    certificate = csr.self_signed(name, key)
    return certificate, key.pem
