"""A small HTTPS server that speaks as much of S3 as a reader needs, and misbehaves when told to.

It is itself the network of these tests: real sockets, real TLS, a certificate of the CA under test.
"""

import contextlib
import datetime
import hashlib
import http.server
import ipaddress
import ssl
import threading
import time
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from tests.unit.enrolment.support import ec_key


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        objects, fault = self.server.objects, self.server.fault
        self.server.requests.append((self.path, dict(self.headers)))
        if fault is not None and fault(self):
            return
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        if "list-type" in query:
            self.list_objects(query.get("prefix", [""])[0], query.get("continuation-token", [""])[0])
            return
        body = objects.get(unquote(parts.path).lstrip("/"))
        if body is None:
            self.answer(404, b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", "application/xml")
            return
        etag = '"' + hashlib.md5(body, usedforsecurity=False).hexdigest() + '"'
        if self.headers.get("If-None-Match") == etag:
            self.send_response(304)
            self.send_header("ETag", etag)
            self.end_headers()
            return
        if "Range" in self.headers:
            self.part(body, etag)
            return
        self.answer(200, body, "binary/octet-stream", ETag=etag)

    def part(self, body, etag):
        first, last = map(int, self.headers["Range"].removeprefix("bytes=").split("-"))
        if self.headers.get("If-Match", etag) != etag:
            self.answer(412, b"<Error><Code>PreconditionFailed</Code></Error>", "application/xml")
        elif first >= len(body):
            self.answer(416, b"<Error><Code>InvalidRange</Code></Error>", "application/xml")
        else:
            part = body[first : last + 1]
            where = f"bytes {first}-{first + len(part) - 1}/{len(body)}"
            self.answer(206, part, "binary/octet-stream", ETag=etag, **{"Content-Range": where})

    def list_objects(self, prefix, after):
        below = sorted(key for key in self.server.objects if key.startswith(prefix) and key > after)
        keys = [key for key in below if "/" not in key[len(prefix) :]]
        prefixes = sorted(
            {prefix + key[len(prefix) :].split("/")[0] + "/" for key in below} - {k + "/" for k in keys}
        )
        page, rest = keys[:2], keys[2:]
        text = "<ListBucketResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>"
        text += "".join(f"<Contents><Key>{key}</Key></Contents>" for key in page)
        if rest:
            text += (
                f"<IsTruncated>true</IsTruncated><NextContinuationToken>{page[-1]}</NextContinuationToken>"
            )
        else:
            text += "".join(
                f"<CommonPrefixes><Prefix>{entry}</Prefix></CommonPrefixes>" for entry in prefixes
            )
            text += "<IsTruncated>false</IsTruncated>"
        self.answer(200, (text + "</ListBucketResult>").encode(), "application/xml")

    def answer(self, status, body=b"", content_type="text/plain", **headers):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(headers.pop("length", len(body))))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # clients that give up are what some tests are about


@contextlib.contextmanager
def serving(directory):
    """Run the server; yields it, with ``url``, ``bundle``, ``objects``, ``fault`` and ``requests``."""
    now = datetime.datetime.now(tz=datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(ec_key(9).public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(ec_key(9), hashes.SHA256())
    )
    bundle = directory / "server.pem"
    key = ec_key(9).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (directory / "server.key").write_bytes(key)
    bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bundle, directory / "server.key")
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.objects, server.fault, server.requests = {}, None, []
    server.bundle = str(bundle)
    server.url = f"https://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def trickling(handler):
    """Send one byte each tenth of a second, for ever: each read succeeds, the whole never ends."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.send_header("ETag", '"x"')
    handler.end_headers()
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)
    return True
