"""What every store does, whichever it is: the same tests over file://, https:// and s3://."""

import time

import boto3
import pytest
from botocore.exceptions import IncompleteReadError, ReadTimeoutError
from botocore.response import StreamingBody
from enrolment.errors import StoreError, StoreUnavailableError
from enrolment.store import MAX_OBJECT, UNCHANGED, DeadlineStore, Listing, open_store
from enrolment.store_file import FileStore
from enrolment.store_https import HttpsStore
from enrolment.store_s3 import S3Store
from moto import mock_aws

from tests.unit.enrolment.objectserver import serving


class Fixture:
    """A store and a way to put objects into it."""

    def __init__(self, store, put):
        self.store = store
        self.put = put


@pytest.fixture
def file_fixture(tmp_path):
    store = FileStore(f"file://{tmp_path}")
    return Fixture(store, store.put)


@pytest.fixture
def https_fixture(tmp_path):
    with serving(tmp_path) as server:
        store = DeadlineStore(HttpsStore(server.url, timeout=5, verify=server.bundle), 5)
        yield Fixture(store, server.objects.__setitem__)


@pytest.fixture
def s3_client(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="nodes")
        yield client


@pytest.fixture
def s3_fixture(s3_client):
    store = DeadlineStore(S3Store("s3://nodes", timeout=5, client=s3_client), 5)
    return Fixture(store, lambda key, body: s3_client.put_object(Bucket="nodes", Key=key, Body=body))


@pytest.fixture(params=["file", "https", "s3"])
def any_store(request):
    return request.getfixturevalue(f"{request.param}_fixture")


@pytest.fixture(params=["file", "s3"])
def writable_store(request):
    return request.getfixturevalue(f"{request.param}_fixture")


def test_an_object_is_returned_with_a_tag(any_store):
    any_store.put("node-1", b"classes: {}\n")
    stored = any_store.store.get("node-1")
    assert stored.body == b"classes: {}\n"
    assert stored.etag


def test_an_object_that_is_not_there_is_none(any_store):
    assert any_store.store.get("node-1") is None
    assert any_store.store.get_if_changed("node-1", '"x"') is None


def test_an_empty_object_is_not_an_absent_one(any_store):
    any_store.put("node-1", b"")
    assert any_store.store.get("node-1").body == b""


def test_an_unchanged_object_is_not_sent_again(any_store):
    any_store.put("node-1", b"a: 1\n")
    stored = any_store.store.get("node-1")
    assert any_store.store.get_if_changed("node-1", stored.etag) is UNCHANGED


def test_a_changed_object_is_sent_with_another_tag(any_store):
    any_store.put("node-1", b"a: 1\n")
    old = any_store.store.get("node-1")
    any_store.put("node-1", b"a: 2\n")
    new = any_store.store.get_if_changed("node-1", old.etag)
    assert new.body == b"a: 2\n"
    assert new.etag != old.etag


def test_a_listing_shows_what_is_directly_under_a_prefix(any_store):
    for key in ("node-1", "node-2", "node-3", "terminated/node-4", "terminated/node-5", "status/node-1"):
        any_store.put(key, b"x")
    top = any_store.store.list_keys()
    assert sorted(top.keys) == ["node-1", "node-2", "node-3"]
    assert sorted(top.prefixes) == ["status/", "terminated/"]
    assert sorted(any_store.store.list_keys("terminated/").keys) == ["terminated/node-4", "terminated/node-5"]


def test_a_prefix_with_nothing_under_it_lists_nothing(any_store):
    assert any_store.store.list_keys("terminated/") == Listing((), ())


def test_listings_of_several_pages_are_put_together(any_store):
    for number in range(7):
        any_store.put(f"node-{number}", b"x")
    assert sorted(any_store.store.list_keys().keys) == [f"node-{number}" for number in range(7)]


def test_an_object_beyond_the_limit_is_an_error_and_not_read_whole(any_store):
    any_store.put("node-1", b"x" * (MAX_OBJECT + 1))
    with pytest.raises(StoreError, match="larger than"):
        any_store.store.get("node-1")


def downloaded(store, key):
    pieces = []
    return b"".join(pieces) if store.download(key, pieces.append) else None


@pytest.mark.parametrize("size", [0, 1, MAX_OBJECT, MAX_OBJECT + 1, 3 * MAX_OBJECT - 7])
def test_an_object_of_any_size_can_be_downloaded(any_store, size):
    body = bytes(range(251)) * (size // 251) + b"x" * (size % 251)
    any_store.put("packages/pool/x_1+b1~0.deb", body)
    assert downloaded(any_store.store, "packages/pool/x_1+b1~0.deb") == body


def test_a_download_comes_in_pieces(any_store):
    any_store.put("x", b"x" * (3 * MAX_OBJECT))
    pieces = []
    assert any_store.store.download("x", pieces.append)
    assert max(map(len, pieces)) <= MAX_OBJECT


def test_a_download_of_what_is_not_there_writes_nothing(any_store):
    assert downloaded(any_store.store, "packages/none") is None


def test_a_download_ends_with_what_the_writer_raises(any_store):
    any_store.put("x", b"x" * (2 * MAX_OBJECT))

    def full(_):
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left") as raised:
        any_store.store.download("x", full)
    assert type(raised.value) is OSError


def test_an_object_that_changes_while_it_is_downloaded_is_no_answer(https_fixture):
    https_fixture.put("x", b"x" * (2 * MAX_OBJECT))
    with pytest.raises(StoreUnavailableError, match="412"):
        https_fixture.store.download("x", lambda _: https_fixture.put("x", b"y" * (2 * MAX_OBJECT)))


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(endpoint_url="https://s3"),
        IncompleteReadError(actual_bytes=1, expected_bytes=2),
        ConnectionResetError("reset"),
    ],
)
def test_a_download_that_is_cut_short_is_no_answer(s3_fixture, monkeypatch, error):
    s3_fixture.put("x", b"x" * (2 * MAX_OBJECT))

    def cut(_body, _size):
        yield b"x"
        raise error

    monkeypatch.setattr(StreamingBody, "iter_chunks", cut)
    with pytest.raises(StoreUnavailableError):
        s3_fixture.store.download("x", lambda _: None)


def test_a_download_is_not_bounded_as_a_whole(s3_client):
    s3_client.put_object(Bucket="nodes", Key="x", Body=b"x" * (3 * MAX_OBJECT))
    store = DeadlineStore(S3Store("s3://nodes", timeout=5, client=s3_client), 1.0)
    assert store.download("x", lambda _: time.sleep(0.5))


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "../x",
        "a/../b",
        "a//b",
        ".hidden",
        "a/.b",
        "/a",
        "a/",
        "a b",
        "a\n",
        "a\0",
        "ä",
        "a?b",
        "x" * 600,
    ],
)
def test_keys_that_could_lead_elsewhere_are_refused(any_store, key):
    with pytest.raises(StoreError):
        any_store.store.get(key)


@pytest.mark.parametrize("prefix", ["/", "../", "a", "a//", ".a/"])
def test_prefixes_that_could_lead_elsewhere_are_refused(any_store, prefix):
    with pytest.raises(StoreError):
        any_store.store.list_keys(prefix)


def test_what_is_put_is_what_is_got(writable_store):
    etag = writable_store.store.put("status/node-1", b"{}", "application/json")
    assert writable_store.store.get("status/node-1").body == b"{}"
    assert writable_store.store.get_if_changed("status/node-1", etag) is UNCHANGED


def test_a_deleted_object_is_absent_and_may_be_deleted_again(writable_store):
    writable_store.store.put("node-1", b"x")
    writable_store.store.delete("node-1")
    assert writable_store.store.get("node-1") is None
    writable_store.store.delete("node-1")


def test_public_objects_are_read_only(https_fixture):
    for attempt in (lambda: https_fixture.store.put("a", b""), lambda: https_fixture.store.delete("a")):
        with pytest.raises(StoreError, match="read only"):
            attempt()


def test_a_directory_that_is_not_there_is_no_answer(tmp_path):
    store = FileStore(f"file://{tmp_path}/not-mounted")
    for attempt in (lambda: store.get("a"), store.list_keys, lambda: store.put("a", b"")):
        with pytest.raises(StoreUnavailableError):
            attempt()


def test_a_prefix_is_no_object_of_a_directory(tmp_path):
    store = FileStore(f"file://{tmp_path}")
    store.put("terminated/node-1", b"x")
    assert store.get("terminated") is None
    assert store.get("terminated/node-1/x") is None


def test_half_written_files_are_no_objects(tmp_path):
    (tmp_path / ".new-abc").write_bytes(b"half")
    assert FileStore(f"file://{tmp_path}").list_keys() == Listing((), ())


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nodes",
        "s3://",
        "file://",
        "http://x",
        "ftp://x/y",
        "file://host/dir",
        "s3://b/prefix",
        "https://u@h/",
        "https://h/?q",
    ],
)
def test_urls_that_are_no_stores_are_refused_in_words(url):
    with pytest.raises(StoreError):
        open_store(url)


def test_a_url_opens_its_kind_of_store(tmp_path):
    assert isinstance(open_store(f"file://{tmp_path}"), FileStore)
    assert open_store("https://nodes.s3.amazonaws.com/").url == "https://nodes.s3.amazonaws.com"
