"""The puppetmaster's rights in its bucket, as the README has the operator make them, with IAM enforced."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core import set_initial_no_auth_action_count

import conductor
from conductor.clients import Clients
from tests.cloud.support import BUCKET

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CHECKOUT = Path(conductor.__file__).parent.parent


def policy() -> str:
    """What the README's command makes of conductor/policies/puppetmaster.json."""
    text = (CHECKOUT / "README.md").read_text()
    command = re.search(r"sed '[^']*' conductor/policies/puppetmaster\.json", text)
    assert command is not None
    done = subprocess.run(["sh", "-c", command[0]], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    return done.stdout.replace("your-bucket", BUCKET)


@pytest.fixture
def master(clients: Clients, bucket: str) -> S3Client:
    """S3 with the puppetmaster's rights and no others."""
    iam = boto3.client("iam")
    iam.create_user(UserName="puppetmaster")
    iam.put_user_policy(UserName="puppetmaster", PolicyName="bucket", PolicyDocument=policy())
    key = iam.create_access_key(UserName="puppetmaster")["AccessKey"]
    return boto3.client(
        "s3", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
    )


def allowed(action: str, s3: S3Client, key: str) -> bool:
    """Whether one action on one object, or for ``list`` on what begins with ``key``, is let through."""
    calls = {
        "list": lambda: s3.list_objects_v2(Bucket=BUCKET, Prefix=key, Delimiter="/"),
        "get": lambda: s3.get_object(Bucket=BUCKET, Key=key),
        "put": lambda: s3.put_object(Bucket=BUCKET, Key=key, Body=b""),
        "delete": lambda: s3.delete_object(Bucket=BUCKET, Key=key),
    }
    try:
        set_initial_no_auth_action_count(0)(calls[action])()
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            assert error.response["Error"]["Code"] in {"AccessDenied", "403"}
            return False
    return True


def test_the_readme_s_command_puts_the_bucket_everywhere() -> None:
    assert "BUCKET" not in policy()


@pytest.mark.parametrize(
    ("action", "key"),
    [
        ("list", ""),
        ("list", "terminated/"),
        ("get", "a-record"),
        ("get", "terminated/a-record"),
        ("get", "ca/server"),
        ("get", "status/a-record"),
        ("put", "ca/ca_crt.pem"),
        ("put", "status/a-record"),
    ],
)
def test_the_puppetmaster_may(master: S3Client, action: str, key: str) -> None:
    assert allowed(action, master, key)


@pytest.mark.parametrize(
    ("action", "key"),
    [
        ("put", "a-record"),
        ("put", "terminated/a-record"),
        ("put", "batches/a-batch"),
        ("put", "code/archive"),
        ("delete", "a-record"),
        ("delete", "terminated/a-record"),
        ("get", "batches/a-batch"),  # the operator's own cloud-init text, while a launch is under way
    ],
)
def test_the_puppetmaster_may_not(master: S3Client, action: str, key: str) -> None:
    assert not allowed(action, master, key)
