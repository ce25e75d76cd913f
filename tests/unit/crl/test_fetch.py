import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from crl.errors import UnreachableError
from crl.fetch import fetch
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .conftest import Authority


class Handler(BaseHTTPRequestHandler):
    status = 200
    body = b"list"
    modified = "Tue, 24 Nov 2026 05:00:00 GMT"
    seen: list[str | None] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.seen.append(self.headers["If-Modified-Since"])
        self.send_response(304 if self.headers["If-Modified-Since"] == self.modified else self.status)
        self.send_header("Last-Modified", self.modified)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


def server_certificate(authority: Authority, path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(2)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))


@pytest.fixture
def handler() -> type[Handler]:
    return type("H", (Handler,), {"seen": []})


@pytest.fixture
def url(tmp_path: Path, authority: Authority, handler: type[Handler]) -> Iterator[str]:
    (tmp_path / "ca.pem").write_bytes(authority.certificate())
    server_certificate(authority, tmp_path / "server.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "server.pem")
    server = HTTPServer(("127.0.0.1", 0), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"https://localhost:{server.server_port}/ca"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


def test_the_list_comes_with_its_time(url: str, tmp_path: Path) -> None:
    answer = fetch(url, ca_cert=tmp_path / "ca.pem", if_modified_since=None)
    assert (answer.body, answer.last_modified) == (b"list", Handler.modified)


def test_a_list_that_has_not_changed_is_not_sent_again(
    url: str, tmp_path: Path, handler: type[Handler]
) -> None:
    answer = fetch(url, ca_cert=tmp_path / "ca.pem", if_modified_since=Handler.modified)
    assert (answer.body, answer.last_modified) == (None, Handler.modified)
    assert handler.seen == [Handler.modified]


def test_a_time_that_is_still_running_is_not_sent_back_next_time(
    url: str, tmp_path: Path, handler: type[Handler]
) -> None:
    handler.modified = formatdate(usegmt=True)
    assert fetch(url, ca_cert=tmp_path / "ca.pem", if_modified_since=None).last_modified is None


@pytest.mark.parametrize("status", [204, 301, 403, 404, 500, 503])
def test_any_other_answer_says_nothing_about_the_list(
    url: str, tmp_path: Path, handler: type[Handler], status: int
) -> None:
    handler.status = status
    with pytest.raises(UnreachableError, match=f"status {status}"):
        fetch(url, ca_cert=tmp_path / "ca.pem", if_modified_since=None)


def test_another_authority_s_server_is_not_believed(url: str, tmp_path: Path) -> None:
    (tmp_path / "other.pem").write_bytes(Authority(name="Another").certificate())
    with pytest.raises(UnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(url, ca_cert=tmp_path / "other.pem", if_modified_since=None)


def test_a_server_of_another_name_is_not_believed(url: str, tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="IP address mismatch"):
        fetch(url.replace("localhost", "127.0.0.1"), ca_cert=tmp_path / "ca.pem", if_modified_since=None)


def test_a_port_where_nobody_listens_is_unreachable(tmp_path: Path, authority: Authority) -> None:
    (tmp_path / "ca.pem").write_bytes(authority.certificate())
    with pytest.raises(UnreachableError, match="refused"):
        fetch("https://127.0.0.1:1/ca", ca_cert=tmp_path / "ca.pem", if_modified_since=None)


def test_a_ca_certificate_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match=r"nosuch\.pem"):
        fetch("https://127.0.0.1:1/ca", ca_cert=tmp_path / "nosuch.pem", if_modified_since=None)
