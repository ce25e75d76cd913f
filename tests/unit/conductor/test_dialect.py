"""How requests to a cloud of some years ago are written: looked at before they would be sent."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSResponse

from conductor import eucalyptus
from conductor.clients import Clients
from conductor.errors import ConfigError
from conductor.settings import Cloud, load


class Raw:
    """An empty answer."""

    def stream(self) -> list[bytes]:
        return [b"<r/>"]


@pytest.fixture(autouse=True)
def _endpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eucalyptus")
    monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", "https://cloud.example.com:8773/services/compute")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://cloud.example.com:8773/services/objectstorage")


def connected(signature: str) -> tuple[Clients, list[Any]]:
    """Clients, and the requests that they would send."""
    sent: list[Any] = []

    def keep(request: Any, **_: object) -> AWSResponse:
        sent.append(request)
        headers: Any = {}
        return AWSResponse(request.url, 200, headers, Raw())

    cloud = Cloud.model_validate({"type": "eucalyptus", "signature": signature})
    clients = eucalyptus.connect_to(cloud, print)
    for client in (clients.ec2, clients.s3):
        client.meta.events.register("before-send", keep)  # type: ignore[arg-type]
    return clients, sent


def text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def test_an_old_clouds_requests_are_signed_as_it_knows_them() -> None:
    clients, sent = connected("v2")
    clients.ec2.describe_images(ImageIds=["emi-1"])
    clients.s3.put_object(Bucket="nodes", Key="a", Body=b"x")
    assert "SignatureVersion=2" in text(sent[0].body)
    assert text(sent[1].headers["Authorization"]).startswith("AWS AKTEST:")


def test_a_newer_ones_are_signed_as_awss() -> None:
    clients, sent = connected("v4")
    clients.ec2.describe_images(ImageIds=["emi-1"])
    clients.s3.put_object(Bucket="nodes", Key="a", Body=b"x")
    for each in sent:
        assert text(each.headers["Authorization"]).startswith("AWS4-HMAC-SHA256 ")


@pytest.mark.parametrize("signature", ["v2", "v4"])
def test_a_bucket_stands_in_the_path_below_the_endpoints_own(signature: str) -> None:
    clients, sent = connected(signature)
    clients.s3.put_object(Bucket="nodes", Key="batches/a", Body=b"x")
    address = urlsplit(sent[0].url)
    assert (address.netloc, address.path) == (
        "cloud.example.com:8773",
        "/services/objectstorage/nodes/batches/a",
    )
    presigned = clients.s3.generate_presigned_url("get_object", Params={"Bucket": "nodes", "Key": "code/a"})
    assert urlsplit(presigned).path == "/services/objectstorage/nodes/code/a"
    assert ("AWSAccessKeyId=" in presigned) == (signature == "v2")


@pytest.mark.parametrize("signature", ["v2", "v4"])
def test_no_checksum_is_sent_that_only_awss_own_s3_is_sure_to_know(signature: str) -> None:
    clients, sent = connected(signature)
    clients.s3.put_object(Bucket="nodes", Key="a", Body=b"x")
    strange = [name for name in sent[0].headers if "checksum" in name.lower() or "trailer" in name.lower()]
    assert strange == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("cloud: azure", "cloud.type: input should be 'aws' or 'eucalyptus'"),
        ("cloud: {type: eucalyptus, signature: v3}", "cloud.signature: input should be 'v2' or 'v4'"),
        ("cloud: {signature: v2}", "cloud: AWS takes signature v4 only"),
        ("cloud: {kind: eucalyptus}", "cloud.kind: unknown key"),
    ],
)
def test_a_cloud_that_is_none_is_pointed_at(tmp_path: Any, line: str, told: str) -> None:
    path = tmp_path / "start_instance.yaml"
    path.write_text(f"s3_bucket_name: nodes\n{line}\n")
    with pytest.raises(ConfigError) as raised:
        load(path)
    (problem,) = raised.value.problems
    assert problem.lower().endswith(f":2: {told}".lower())


@pytest.mark.parametrize("line", ["cloud: eucalyptus", "cloud: {type: eucalyptus}"])
def test_a_clouds_name_alone_is_enough(tmp_path: Any, line: str) -> None:
    path = tmp_path / "start_instance.yaml"
    path.write_text(f"s3_bucket_name: nodes\n{line}\n")
    assert load(path).cloud == Cloud(type="eucalyptus", signature="v4")


def test_without_a_word_the_cloud_is_aws_whose_clients_are_boto3s_own(tmp_path: Any) -> None:
    path = tmp_path / "start_instance.yaml"
    path.write_text("s3_bucket_name: nodes\n")
    assert load(path).cloud.type == "aws"
