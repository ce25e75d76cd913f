"""Servers of some years ago list as they always have, whatever they are asked for: no page may be lost."""

from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from enrolment.errors import StoreUnavailableError
from enrolment.store_https import HttpsStore
from enrolment.store_s3 import S3Store
from moto import mock_aws

from tests.unit.enrolment.objectserver import serving

KEYS = [f"terminated/node-{number}" for number in range(7)]


def pages_of_version_1(handler):
    """Answer as such a server, two keys a page."""
    query = parse_qs(urlsplit(handler.path).query)
    marker = query.get("marker", [""])[0]
    rest = [key for key in KEYS if key > marker]
    text = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in rest[:2])
    if rest[2:]:
        text += f"<IsTruncated>true</IsTruncated><NextMarker>{rest[1]}</NextMarker>"
    handler.answer(200, f"<ListBucketResult>{text}</ListBucketResult>".encode(), "application/xml")
    return True


@pytest.fixture
def server(tmp_path):
    with serving(tmp_path) as server:
        server.fault = pages_of_version_1
        yield server


def test_all_pages_are_read_by_https(server):
    store = HttpsStore(server.url, timeout=5, verify=server.bundle)
    assert list(store.list_keys("terminated/").keys) == KEYS
    assert len(server.requests) == 4


def test_a_server_that_goes_round_in_circles_is_no_answer(server):
    def same_page(handler):
        text = (
            "<ListBucketResult><IsTruncated>true</IsTruncated><NextMarker>a</NextMarker></ListBucketResult>"
        )
        handler.answer(200, text.encode(), "application/xml")
        return True

    server.fault = same_page
    with pytest.raises(StoreUnavailableError, match="does not advance"):
        HttpsStore(server.url, timeout=5, verify=server.bundle).list_keys("terminated/")


class OldS3:
    """boto3's client at such a server: a page of version 1 in answer to a question for version 2."""

    def __init__(self, client):
        self._client = client

    def get_paginator(self, operation):
        if operation == "list_objects":
            return self._client.get_paginator(operation)
        return self

    def paginate(self, **arguments):
        yield self._client.list_objects(**arguments)


def test_all_pages_are_read_by_s3(monkeypatch):
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="nodes")
        for key in KEYS:
            client.put_object(Bucket="nodes", Key=key, Body=b"")
        assert client.list_objects(Bucket="nodes")["IsTruncated"]
        store = S3Store("s3://nodes", timeout=5, client=OldS3(client))
        assert list(store.list_keys("terminated/").keys) == KEYS
