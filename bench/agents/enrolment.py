"""Nodes that are no instances: records in the bucket as the conductor writes them, and certificates got
through the CA's own API with the batch's secret.
"""

from __future__ import annotations

import asyncio
import ssl
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AttributeOID, NameOID

from bench.agents.http import Connection, Response
from bench.errors import BenchError
from conductor import roles
from conductor.context import Context
from conductor.operator_files import batch_secret, secret_sha256
from conductor.record import Enrolment, Record, certnames, timestamp

KEY_BITS = 2048
TIMEOUT = 60.0
ROLE = "worker"
BENCH_ROLE = "bench"  # what `start_instance.py list` shows them as


@dataclass(frozen=True)
class Authority:
    """The CA: where it answers, and its certificate."""

    host: str
    port: int
    certificate: str

    def trust(self) -> ssl.SSLContext:
        """TLS that trusts this CA and nothing else."""
        context = ssl.create_default_context(cadata=self.certificate)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


@dataclass(frozen=True)
class Identity:
    """A node's name and its TLS with its own certificate."""

    certname: str
    tls: ssl.SSLContext


def records(
    context: Context, batch: str, count: int, *, lifetime: timedelta, more_classes: Sequence[str] = ()
) -> dict[str, bytes]:
    """Certname to record, for workers that nobody launches."""
    node = roles.classification(context.settings, ROLE)
    record = Record(
        classes={**node.classes, **{name: {} for name in more_classes}},
        parameters=node.parameters,
        environment=node.environment or roles.DEFAULT_ENVIRONMENT,
    )
    record.enrolment = Enrolment(
        batch=batch,
        secret_sha256=secret_sha256(batch_secret(context.operator.key(), batch)),
        expires=timestamp(context.now() + lifetime),
        role=BENCH_ROLE,
        launched_by=context.launched_by,
        dns_alt_names=[],
    )
    return dict.fromkeys(certnames(batch, count), record.body())


def new_batch() -> str:
    return str(uuid.uuid4())


def request_for(key: rsa.RSAPrivateKey, certname: str, secret: str) -> bytes:
    """A certificate request as Puppet's agent makes it, with the secret as challengePassword."""
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, certname)]))
        .add_attribute(AttributeOID.CHALLENGE_PASSWORD, secret.encode())
        .sign(key, SHA256())
        .public_bytes(Encoding.PEM)
    )


async def enrol(authority: Authority, certname: str, secret: str, folder: Path) -> Identity:
    """Get a certificate from the CA. The key and certificate stay in `folder`. Raises BenchError."""
    key = await asyncio.to_thread(rsa.generate_private_key, public_exponent=65537, key_size=KEY_BITS)
    request = request_for(key, certname, secret)
    connection = await Connection.open(authority.host, authority.port, authority.trust(), timeout=TIMEOUT)
    try:
        await _ask(connection, "PUT", f"certificate_request/{certname}", request)
        certificate = await _ask(connection, "GET", f"certificate/{certname}")
    finally:
        await connection.close()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.body
    path = folder / f"{certname}.pem"
    path.touch(mode=0o600)
    path.write_bytes(pem)
    tls = authority.trust()
    tls.load_cert_chain(path)
    return Identity(certname, tls)


async def _ask(connection: Connection, method: str, path: str, body: bytes = b"") -> Response:
    target = f"/puppet-ca/v1/{path}"
    headers = {"Accept": "text/plain", "Content-Type": "text/plain"} if body else {"Accept": "text/plain"}
    answer = await connection.request(method, target, headers=headers, body=body, timeout=TIMEOUT)
    if answer.status != 200:  # noqa: PLR2004 - HTTP's word for done
        said = answer.body.decode(errors="replace")[:200]
        raise BenchError(
            f"the CA answers {answer.status} to {method} {target}: {said}\n"
            f"On its host, `check_csr --explain {path.rpartition('/')[2]}` says why"
        )
    return answer
