from __future__ import annotations

import pytest

from conductor import clients
from conductor.errors import CloudError
from conductor.store import Store


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")


@pytest.mark.parametrize(
    ("region", "endpoint", "address"),
    [
        # The global address sends readers of a new bucket on to the region's: there the signature is void.
        ("eu-central-1", None, "https://our-cluster.s3.eu-central-1.amazonaws.com/k?"),
        ("us-east-1", None, "https://our-cluster.s3.amazonaws.com/k?"),
        ("eu-central-1", "http://walrus.example.com:8773", "http://walrus.example.com:8773/our-cluster/k?"),
    ],
)
def test_an_address_for_an_instance_is_the_bucket_s_own_in_its_region(
    monkeypatch: pytest.MonkeyPatch, region: str, endpoint: str | None, address: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    if endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
    url = Store(clients.connect(), "our-cluster").presigned("k", seconds=60)
    assert url.startswith(address)
    assert f"%2F{region}%2Fs3%2Faws4_request" in url


def test_an_endpoint_that_is_no_url_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "127.0.0.1:5000")
    with pytest.raises(CloudError, match=r"Invalid endpoint: 127\.0\.0\.1:5000") as raised:
        clients.connect()
    assert "AWS_ENDPOINT_URL" in raised.value.advice
