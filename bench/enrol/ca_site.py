"""A CA in a folder, its web application without Apache, and requests to both: for bench/ca_scale."""

import hashlib
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AttributeOID
from enrolment.authority import Authority
from enrolment.certificates import simple_name
from enrolment.config import CaConfig
from enrolment.enrol import Enroller
from enrolment.log import Log
from enrolment.request import parse_request
from enrolment.rights import rights
from enrolment.store_file import FileStore
from enrolment.webapp import CaApplication

from bench.errors import BenchError

V1 = "/puppet-ca/v1/"
SECRET = "secret of the launch"  # noqa: S105 - of records that live in this folder only
RECORD = f"""\
classes: {{hadoop::worker: {{}}}}
enrolment:
  secret_sha256: {hashlib.sha256(SECRET.encode()).hexdigest()}
  expires: "2100-01-01T00:00:00Z"
  dns_alt_names: []
"""


class CaSite:
    """One CA, and who works with it."""

    def __init__(self, directory: Path, key_type: str, key_bits: int) -> None:
        for name in ("ca", "bucket"):
            (directory / name).mkdir()
        self.config = CaConfig(
            cadir=str(directory / "ca"),
            user="",
            node_bucket=f"file://{directory}/bucket",
            key_type=key_type,
            key_bits=key_bits,
            allow_auto_renewal=True,
        )
        self.bucket = directory / "bucket"
        self.store = FileStore(self.config.node_bucket)
        self.authority = Authority(self.config)
        with self.authority.transaction() as transaction:
            transaction.create()
        self.log = Log("ca_scale", level="error", stderr=False)
        self._application = CaApplication(
            self.authority, Enroller(self.authority, self.store, self.log), self.log
        )
        self._key = ec.generate_private_key(ec.SECP256R1())  # the same for all: it is not what is measured
        self.admin = shown(self.sign("admin", cli_auth=True), "admin")

    def request(self, name: str) -> bytes:
        """Return a node's request."""
        builder = x509.CertificateSigningRequestBuilder().subject_name(simple_name(name))
        builder = builder.add_attribute(AttributeOID.CHALLENGE_PASSWORD, SECRET.encode())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def record(self, name: str) -> None:
        """Put the node's record into the bucket."""
        (self.bucket / name).write_text(RECORD)

    def sign(self, name: str, *, cli_auth: bool = False) -> x509.Certificate:
        """Sign without a record."""
        request = parse_request(self.request(name))
        with self.authority.transaction() as transaction:
            return transaction.sign(request, name, rights=rights(cli_auth=cli_auth))

    def revoke(self, names: Iterable[str]) -> None:
        """Revoke, all in one list."""
        with self.authority.transaction() as transaction:
            transaction.revoke(names)

    def call(
        self, method: str, path: str, body: bytes = b"", identity: Mapping[str, str] | None = None
    ) -> bytes:
        """Ask the web application; raise BenchError unless it answers that it has done it."""
        raw, _, query = path.partition("?")
        started: list[str] = []
        everything: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "REQUEST_URI": raw,
            "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **(identity or {}),
        }
        answer = b"".join(self._application(everything, lambda status, _: started.append(status)))
        if not started[0].startswith("20"):
            raise BenchError(f"{method} {path}: {started[0]}: {answer[:200].decode()}")
        return answer


def shown(certificate: x509.Certificate, name: str) -> dict[str, str]:
    """Return what mod_ssl says of a client with this certificate."""
    return {
        "SSL_CLIENT_VERIFY": "SUCCESS",
        "SSL_CLIENT_S_DN_CN": name,
        "SSL_CLIENT_CERT": certificate.public_bytes(Encoding.PEM).decode("ascii"),
    }
