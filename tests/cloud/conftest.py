"""A cloud in this process (moto) with an image and an operator, and a clock that does not wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import loaders
from botocore.config import Config
from moto import mock_aws
from moto.core import loaders as moto_loaders

from conductor.clients import Clients
from conductor.context import Context
from conductor.operator_files import Operator
from conductor.settings import Settings
from conductor.store import Store
from tests.cloud.faults import client_tokens
from tests.cloud.site import Site, with_git, without_git
from tests.cloud.support import ACCOUNT, BUCKET, CA_PEM, models_read_once


@pytest.fixture(autouse=True)
def _operator_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the real operator's is read or written."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "PUPPET_HADOOP_OPERATOR_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PUPPET_HADOOP_HOME", str(tmp_path / "operator"))


@pytest.fixture(scope="session", autouse=True)
def _models() -> Iterator[None]:
    """moto's lacks what is half of each answer about an instance, and read by nobody."""

    def load(self: loaders.Loader, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        model: Any = loaders.Loader.load_service_model(self, service_name, type_name, api_version)
        if (service_name, type_name) == ("ec2", "service-2"):
            model["shapes"]["Instance"]["members"].pop("NetworkInterfaces", None)
        return model

    with models_read_once(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(moto_loaders.Loader, "load_service_model", load)
        yield


@pytest.fixture(scope="session")
def api() -> Clients:
    """Made once: reading EC2's model takes longer than most tests."""
    return _clients()


@pytest.fixture(scope="session")
def hosts() -> Clients:
    """The hosts' own: faults in the conductor's calls are not theirs."""
    return _clients()


def _clients() -> Clients:
    session = boto3.session.Session(
        aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1"
    )
    s3 = session.client("s3", config=Config(signature_version="s3v4"))
    rest = {name: session.client(name) for name in ("ec2", "sts", "iam", "sqs")}  # type: ignore[call-overload]
    return Clients(s3=s3, **rest)


@pytest.fixture
def clients(api: Clients, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws(), client_tokens(api.ec2):
        yield api


@pytest.fixture
def image(clients: Clients) -> str:
    return clients.ec2.register_image(Name="debian-13")["ImageId"]


@pytest.fixture
def bucket(clients: Clients) -> str:
    clients.s3.create_bucket(Bucket=BUCKET)
    return BUCKET


@pytest.fixture
def published_ca(clients: Clients, bucket: str) -> None:
    clients.s3.put_object(Bucket=bucket, Key="ca/ca_crt.pem", Body=CA_PEM.encode())
    clients.s3.put_object(
        Bucket=bucket,
        Key="ca/server",
        Body=b'{"server": "pm.internal", "ca_server": "pm.internal", "ca_port": 8141, "port": 8140}',
    )


@pytest.fixture
def profile(clients: Clients) -> None:
    for name in ("puppetmaster", "ca-database", "ca", "database", "master"):
        clients.iam.create_instance_profile(InstanceProfileName=name)


@pytest.fixture(autouse=True)
def _code_of_no_size(monkeypatch: pytest.MonkeyPatch) -> None:
    without_git(monkeypatch)


@pytest.fixture
def this_tree(_code_of_no_size: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a puppetmaster brings is this repository, as for an operator."""
    with_git(monkeypatch)


@pytest.fixture
def site(clients: Clients, hosts: Clients) -> Site:
    return Site(hosts, BUCKET)


@dataclass
class Clock:
    """Time passes only by sleeping; ``at_sleep`` are things that happen meanwhile."""

    seconds: float = 0.0
    at_sleep: list[Any] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        if self.at_sleep:
            self.at_sleep.pop(0)()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def said() -> list[str]:
    return []


def context_of(clients: Clients, image: str, clock: Clock, said: list[str]) -> Context:
    """What operations work with in a cloud that has this image."""
    settings = Settings.model_validate({"s3_bucket_name": BUCKET, "ami_id": image})
    return Context(
        settings=settings,
        clients=clients,
        store=Store(clients, BUCKET, ACCOUNT),
        operator=Operator.of(None),
        launched_by="alice@desk",
        say=said.append,
        now=lambda: datetime(2026, 11, 24, 6, 0, tzinfo=UTC),
        monotonic=clock.monotonic,
        sleep=clock.sleep,
    )


@pytest.fixture
def context(clients: Clients, image: str, clock: Clock, said: list[str]) -> Context:
    return context_of(clients, image, clock, said)
