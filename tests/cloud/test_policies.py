"""Rights of each kind of host in the bucket, as the README has the operator make them, with IAM enforced."""

from __future__ import annotations

import functools
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


POLICIES = CHECKOUT / "conductor" / "policies"
PROFILES = ["ca", "ca-database", "database", "master", "puppetmaster"]


@functools.cache
def command() -> str:
    """The README's command that makes a policy of the file for the puppetmaster."""
    found = re.search(r"sed '[^']*' conductor/policies/", (CHECKOUT / "README.md").read_text())
    assert found is not None
    return found[0]


def policy(profile: str) -> str:
    """What the README's command makes of a file in conductor/policies."""
    shell = f"{command()}{profile}.json"
    done = subprocess.run(["sh", "-c", shell], cwd=CHECKOUT, check=True, capture_output=True, text=True)
    return done.stdout.replace("your-bucket", BUCKET)


@pytest.fixture
def host(request: pytest.FixtureRequest, clients: Clients, bucket: str) -> S3Client:
    """S3 with the rights of one kind of host and no others."""
    iam = boto3.client("iam")
    iam.create_user(UserName="host")
    iam.put_user_policy(UserName="host", PolicyName="bucket", PolicyDocument=policy(request.param))
    key = iam.create_access_key(UserName="host")["AccessKey"]
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
    assert all("BUCKET" not in policy(profile) for profile in PROFILES)


# What each kind of host does in the bucket, and what would give it more than it needs.
EVERYBODY = {("list", ""), ("get", "cluster/servers")}
NOBODY = {
    ("put", "a-record"),
    ("put", "terminated/a-record"),
    ("put", "batches/a-batch"),
    ("put", "code/archive"),
    ("put", "cluster/servers"),
    ("put", "packages/hadoop-archive-keyring.asc"),
    ("put", "packages/dists/hadoop/InRelease"),
    ("delete", "packages/dists/hadoop/InRelease"),
    ("delete", "a-record"),
    ("delete", "terminated/a-record"),
    ("get", "batches/a-batch"),  # the operator's own cloud-init text, while a launch is under way
}
RECORDS = {("get", "a-record"), ("get", "ca/server")}
REVOCATION = {("list", "terminated/"), ("get", "terminated/a-record")}
PUBLISH = {("put", "ca/ca_crt.pem"), ("put", "ca/server")}
STATUS = {("put", "status/a-record")}
PACKAGES = {("get", "packages/dists/hadoop/InRelease"), ("get", "packages/pool/main/hadoop.deb")}
RIGHTS = {
    "master": RECORDS,
    "ca": RECORDS | REVOCATION | PUBLISH | PACKAGES,
    "database": STATUS,
    "ca-database": RECORDS | REVOCATION | PUBLISH | STATUS | PACKAGES,
    "puppetmaster": RECORDS | REVOCATION | PUBLISH | STATUS | PACKAGES,
}
# Names are no secret between them: one ListBucket lists all.
LISTED = {("list", "terminated/")}
ALL = set().union(*RIGHTS.values()) | {("get", "status/a-record"), ("get", "code/archive")}


@pytest.mark.parametrize("host", PROFILES, indirect=True)
def test_each_kind_of_host_may_do_what_it_does(host: S3Client, request: pytest.FixtureRequest) -> None:
    rights = RIGHTS[request.node.callspec.params["host"]] | EVERYBODY
    assert {each for each in rights if not allowed(each[0], host, each[1])} == set()


@pytest.mark.parametrize("host", PROFILES, indirect=True)
def test_each_kind_of_host_may_do_nothing_else(host: S3Client, request: pytest.FixtureRequest) -> None:
    profile = request.node.callspec.params["host"]
    refused = (ALL | NOBODY) - RIGHTS[profile] - LISTED
    assert {each for each in refused if allowed(each[0], host, each[1])} == set()
