"""Stores that misbehave: whatever happens, it is never taken for the absence of an object."""

import io
import json
import os
import pwd
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, NoCredentialsError
from botocore.response import StreamingBody
from enrolment.errors import StoreError, StoreUnavailableError
from enrolment.store import UNCHANGED, DeadlineStore, PausingStore, Stored
from enrolment.store_file import FileStore
from enrolment.store_https import HttpsStore, ca_bundle
from enrolment.store_s3 import S3Store
from moto import mock_aws

from tests.unit.enrolment.objectserver import serving, trickling
from tests.unit.enrolment.support import as_root


@pytest.fixture
def server(tmp_path):
    with serving(tmp_path) as server:
        server.objects["node-1"] = b"a: 1\n"
        yield server


def https(server, deadline=5.0):
    return DeadlineStore(HttpsStore(server.url, timeout=deadline, verify=server.bundle), deadline)


def say(status, body=b"", content_type="application/xml", **headers):
    def fault(handler):
        handler.answer(status, body, content_type, **headers)
        return True

    return fault


def close(handler):
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)
    return True


def cut_short(handler):
    handler.answer(200, b"a: ", "binary/octet-stream", length=1000, ETag='"x"')
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)
    return True


PORTAL = b"<html><body>Please accept our terms</body></html>"

FAULTS = {
    "403": say(403, b"<Error><Code>AccessDenied</Code></Error>"),
    "404 that is a proxy's": say(404, PORTAL, "text/html"),
    "404 for the bucket": say(404, b"<Error><Code>NoSuchBucket</Code></Error>"),
    "404 without a body": say(404),
    "404 with an entity in it": say(
        404, b"<!DOCTYPE x [<!ENTITY a 'NoSuchKey'>]><Error><Code>&a;</Code></Error>"
    ),
    "500": say(500),
    "503 SlowDown": say(503, b"<Error><Code>SlowDown</Code></Error>"),
    "captive portal": say(200, PORTAL, "text/html", ETag='"x"'),
    "200 without a tag": say(200, b"a: 1\n", "binary/octet-stream"),
    "redirect to another host": say(302, Location="https://portal.example/login"),
    "redirect to plain HTTP": say(301, Location="http://localhost/node-1"),
    "redirect for ever": say(307, Location="/node-1"),
    "unasked 304": say(304),
    "closed connection": close,
    "cut short": cut_short,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_of_the_server_is_no_answer_about_the_object(server, fault):
    store = https(server)
    server.fault = fault
    with pytest.raises(StoreUnavailableError):
        store.get("node-1")
    if fault is not FAULTS["unasked 304"]:
        with pytest.raises(StoreUnavailableError):
            store.get_if_changed("node-1", '"old"')
    server.fault = None
    assert store.get("node-1").body == b"a: 1\n"


LISTING_FAULTS = {name: fault for name, fault in FAULTS.items() if name not in ("200 without a tag",)} | {
    "an error in place of a listing": say(200, b"<Error><Code>NoSuchKey</Code></Error>"),
    "not XML": say(200, b"hello"),
    "a listing that is cut short": say(
        200, b"<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>"
    ),
    "a listing that does not advance": say(
        200,
        b"<ListBucketResult><IsTruncated>true</IsTruncated>"
        b"<NextContinuationToken>t</NextContinuationToken></ListBucketResult>",
    ),
}


@pytest.mark.parametrize("fault", LISTING_FAULTS.values(), ids=LISTING_FAULTS.keys())
def test_a_fault_of_the_server_is_no_empty_listing(server, fault):
    server.fault = fault
    with pytest.raises(StoreUnavailableError):
        https(server).list_keys("terminated/")


def test_a_redirect_on_the_same_host_is_followed(server):
    server.objects["moved"] = b"b: 1\n"

    def fault(handler):
        if handler.path != "/node-1":
            return False
        handler.answer(307, Location="/moved")
        return True

    server.fault = fault
    assert https(server).get("node-1").body == b"b: 1\n"


def test_a_server_that_sends_byte_by_byte_is_given_up_at_the_deadline(server):
    server.fault = trickling
    begin = time.monotonic()
    with pytest.raises(StoreUnavailableError, match=r"within 0\.5 s"):
        https(server, 0.5).get("node-1")
    assert time.monotonic() - begin < 20  # of the three hours that it would take


def test_a_server_that_says_nothing_is_given_up_at_the_deadline(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        begin = time.monotonic()
        with pytest.raises(StoreUnavailableError):
            DeadlineStore(HttpsStore(url, timeout=0.5, verify=True), 0.5).get("node-1")
        assert time.monotonic() - begin < 20


def test_calls_that_hang_do_not_pile_up_without_limit():
    class Hanging:
        url = "test://"

        def get(self, key):
            time.sleep(30)

    store = DeadlineStore(Hanging(), 0.01)
    store._slots = threading.BoundedSemaphore(2)
    for _ in range(2):
        with pytest.raises(StoreUnavailableError, match="no whole answer"):
            store.get("a")
    with pytest.raises(StoreUnavailableError, match="hang already"):
        store.get("a")


def test_an_unknown_certificate_is_refused(server):
    store = DeadlineStore(HttpsStore(server.url, timeout=5, verify=ca_bundle()), 5)
    with pytest.raises(StoreUnavailableError, match="TLS"):
        store.get("node-1")


def test_a_certificate_for_another_name_is_refused(server):
    url = server.url.replace("localhost", "localhost.localdomain")
    with pytest.raises(StoreUnavailableError):
        HttpsStore(url, timeout=5, verify=server.bundle).get("node-1")


def test_credentials_of_the_user_are_never_sent(server, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine localhost login me password hunter2\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    https(server).get("node-1")
    assert all("Authorization" not in headers for _, headers in server.requests)


def test_one_connection_serves_many_questions(server):
    store = https(server)
    ports = set()

    def note(handler):
        ports.add(handler.client_address[1])
        return False

    server.fault = note
    for _ in range(5):
        store.get("node-1")
    assert len(ports) == 1


def test_a_connection_that_was_closed_meanwhile_is_opened_anew(server):
    store = https(server)
    store.get("node-1")
    calls = []

    def close_once(handler):
        calls.append(handler)
        return close(handler) if len(calls) == 1 else False

    server.fault = close_once
    assert store.get("node-1").body == b"a: 1\n"


# S3: moto answers what can be asked of it; for the rest a client that raises what botocore raises.


@pytest.fixture
def aws(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def test_a_bucket_that_does_not_exist_is_no_answer(aws):
    with mock_aws():
        store = S3Store("s3://no-such-bucket", timeout=5)
        with pytest.raises(StoreUnavailableError, match="NoSuchBucket"):
            store.get("node-1")
        with pytest.raises(StoreUnavailableError, match="NoSuchBucket"):
            store.list_keys()


class Client:
    """boto3's S3 client, failing."""

    def __init__(self, error=None, answer=None):
        self._error = error
        self._answer = answer

    def get_object(self, **_):
        if self._error:
            raise self._error
        return self._answer

    put_object = delete_object = get_object

    def get_paginator(self, _):
        return self

    def paginate(self, **_):
        raise self._error


def client_error(code, status):
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetObject")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (client_error("AccessDenied", 403), "ListBucket"),
        (client_error("404", 404), "404"),
        (client_error("InternalError", 500), "500 InternalError"),
        (client_error("SlowDown", 503), "SlowDown"),
        (client_error("ExpiredToken", 400), "expired"),
        (client_error("RequestTimeTooSkewed", 403), "clock"),
        (client_error("PermanentRedirect", 301), "PermanentRedirect"),
        (ConnectTimeoutError(endpoint_url="https://x"), "timeout"),
        (NoCredentialsError(), "no AWS credentials"),
    ],
)
def test_faults_of_s3_are_no_answer_and_say_what_to_look_at(error, words):
    store = S3Store("s3://nodes", timeout=5, client=Client(error))
    attempts = (
        lambda: store.get("node-1"),
        lambda: store.get_if_changed("node-1", "x"),
        store.list_keys,
        lambda: store.put("node-1", b""),
        lambda: store.delete("node-1"),
    )
    for attempt in attempts:
        with pytest.raises(StoreUnavailableError) as caught:
            attempt()
        assert words.lower() in str(caught.value).lower()


def test_a_body_that_s3_cuts_short_is_no_answer():
    answer = {"ContentLength": 10, "ETag": '"x"', "Body": StreamingBody(io.BytesIO(b"half"), 10)}
    with pytest.raises(StoreUnavailableError):
        S3Store("s3://nodes", timeout=5, client=Client(answer=answer)).get("node-1")


def test_a_huge_object_of_s3_is_refused_unread():
    class Unread:
        def close(self):
            pass

    answer = {"ContentLength": 1 << 40, "ETag": '"x"', "Body": Unread()}
    with pytest.raises(StoreError, match="larger than"):
        S3Store("s3://nodes", timeout=5, client=Client(answer=answer)).get("node-1")


def test_s3_is_asked_through_the_usual_environment(aws):
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="nodes")
        store = S3Store("s3://nodes", timeout=5)
        etag = store.put("node-1", b"x")
        assert store.get("node-1") == Stored(b"x", etag)
        assert store.get_if_changed("node-1", etag) is UNCHANGED


class MetadataService(BaseHTTPRequestHandler):
    """The instance's metadata service: hangs up on the first question, then has a role's credentials."""

    asked = 0

    def do_PUT(self):
        type(self).asked += 1
        if self.asked > 1:
            self.answer("a token")

    def do_GET(self):
        if self.path.endswith("/security-credentials/"):
            self.answer("role")
        else:
            keys = {"AccessKeyId": "x", "SecretAccessKey": "x", "Token": "x"}
            self.answer(json.dumps({**keys, "Code": "Success", "Expiration": "2099-01-01T00:00:00Z"}))

    def answer(self, text):
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


def test_a_metadata_service_that_does_not_answer_at_once_is_asked_again(monkeypatch):
    monkeypatch.setattr(MetadataService, "asked", 0)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_EC2_METADATA_DISABLED"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    moto = mock_aws(config={"core": {"mock_credentials": False}})
    with ThreadingHTTPServer(("127.0.0.1", 0), MetadataService) as service, moto:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"http://127.0.0.1:{service.server_port}")
        threading.Thread(target=service.serve_forever, daemon=True).start()
        with pytest.raises(StoreUnavailableError, match="NoSuchBucket"):  # with credentials, that is
            S3Store("s3://no-such-bucket", timeout=5).get("node-1")
        service.shutdown()
    assert MetadataService.asked == 2


def test_a_store_that_hangs_is_not_asked_again_for_a_while():
    class Slow:
        url = "test://"
        calls = 0

        def get(self, key):
            Slow.calls += 1
            clock.now += 3
            raise StoreUnavailableError("silent")

    class Clock:
        now = 100.0

        def __call__(self):
            return self.now

    clock = Clock()
    store = PausingStore(Slow(), 10, clock)
    for _ in range(3):
        with pytest.raises(StoreUnavailableError):
            store.get("a")
    assert Slow.calls == 1
    clock.now += 11
    with pytest.raises(StoreUnavailableError, match="silent"):
        store.get("a")
    assert Slow.calls == 2


def test_a_store_that_fails_at_once_is_asked_each_time(tmp_path):
    store = PausingStore(FileStore(f"file://{tmp_path}/later"), 10)
    with pytest.raises(StoreUnavailableError):
        store.get("a")
    (tmp_path / "later").mkdir()
    assert store.get("a") is None
    store.put("a", b"x")
    assert store.get("a").body == b"x"


@as_root
def test_a_folder_of_another_user_leads_root_nowhere_else(reachable):
    bucket, ours = reachable / "bucket", reachable / "ours"
    bucket.mkdir()
    ours.mkdir(mode=0o700)
    (ours / "kept").touch()
    nobody = pwd.getpwnam("nobody")
    os.chown(bucket, nobody.pw_uid, nobody.pw_gid)
    (bucket / "status").symlink_to(ours)
    store = FileStore(f"file://{bucket}")
    with pytest.raises(StoreUnavailableError, match="Permission denied"):
        store.put("status/node-1", b"{}")
    with pytest.raises(StoreUnavailableError, match="Permission denied"):
        store.delete("status/kept")
    assert [path.name for path in ours.iterdir()] == ["kept"]
    store.put("node-1", b"")
    assert (bucket / "node-1").stat().st_uid == nobody.pw_uid
