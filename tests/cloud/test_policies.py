"""Rights of each kind of host in the bucket, with the role that `init` gives it and IAM enforced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.core import set_initial_no_auth_action_count

from conductor import publishing
from conductor.clients import Clients
from conductor.context import Context
from conductor.provision import emptying, policies, profiles
from conductor.provision.steps import State, run
from tests.cloud import host_work
from tests.cloud.host_work import NODE, WORK, Host
from tests.cloud.support import BUCKET
from tests.unit.packages import repository

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def enforced(work: Callable[[], object]) -> object:
    """Do it where rights count."""
    return set_initial_no_auth_action_count(0)(work)()


@pytest.fixture
def filled(context: Context, bucket: str, tmp_path: Path) -> None:
    del bucket
    host_work.fill(context.clients.s3)
    made = repository.make(tmp_path / "repository", {"hadoop_1_all.deb": b"hadoop 1"})
    publishing.publish(context, made)


@pytest.fixture
def s3(request: pytest.FixtureRequest, clients: Clients, context: Context, filled: None) -> S3Client:
    """S3 as a host of this kind has it: by its role's temporary credentials."""
    steps = [each for each in profiles.steps(context) if each.part == f"profile {request.param}"]
    assert [each.state for each in run(steps, dry_run=False)] == [State.MADE] * 3
    role = clients.iam.get_role(RoleName=request.param)["Role"]["Arn"]
    given = clients.sts.assume_role(RoleArn=role, RoleSessionName="i-0123456789abcdef0")["Credentials"]
    return boto3.client(
        "s3",
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def allowed(action: str, s3: S3Client, key: str) -> bool:
    """Whether one action on one object, or for ``list`` on what begins with ``key``, is let through."""
    calls: dict[str, Callable[[], object]] = {
        "list": lambda: s3.list_objects_v2(Bucket=BUCKET, Prefix=key, Delimiter="/"),
        "get": lambda: s3.get_object(Bucket=BUCKET, Key=key),
        "put": lambda: s3.put_object(Bucket=BUCKET, Key=key, Body=b""),
        "delete": lambda: s3.delete_object(Bucket=BUCKET, Key=key),
        "versions": lambda: s3.list_object_versions(Bucket=BUCKET),
        "remove": lambda: s3.delete_bucket(Bucket=BUCKET),
        "open": lambda: s3.put_bucket_policy(Bucket=BUCKET, Policy=key),
        "buckets": s3.list_buckets,
    }
    try:
        enforced(calls[action])
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            assert error.response["Error"]["Code"] in {"AccessDenied", "403"}
            return False
    return True


@pytest.mark.parametrize("s3", WORK, indirect=True)
def test_each_kind_of_host_may_do_its_work(
    s3: S3Client, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = tmp_path / "host"
    folder.mkdir()
    host = Host(s3, folder)
    for work in WORK[request.node.callspec.params["s3"]]:
        enforced(lambda work=work: work(host))  # type: ignore[misc]


# Names are no secret between them: one ListBucket lists all, of the bucket.
EVERYBODY = {("list", ""), ("list", "terminated/"), ("get", "cluster/servers")}
RECORDS = {("get", NODE)}
CA = {
    (action, f"ca/{name}") for action in ("get", "put") for name in ("ca_crt.pem", "server", "issued/crl.pem")
}
STATUS = {("put", f"status/{NODE}")}
PACKAGES = {("get", "packages/dists/hadoop/InRelease"), ("get", "packages/pool/main/hadoop_1_all.deb")}
RIGHTS = {
    "master": RECORDS,
    "ca": RECORDS | CA | PACKAGES,
    "database": STATUS,
    "ca-database": RECORDS | CA | STATUS | PACKAGES,
    "puppetmaster": RECORDS | CA | STATUS | PACKAGES,
}
NOBODY = {
    ("get", "batches/b"),  # the operator's own cloud-init text, while a launch is under way
    ("get", "code/c.tar.gz"),
    ("get", "locks/conductor"),
    ("get", f"status/{NODE}"),
    ("get", "terminated/node-0"),
    ("put", NODE),
    ("put", "terminated/node-0"),
    ("put", "batches/b"),
    ("put", "code/c.tar.gz"),
    ("put", "cluster/servers"),
    ("put", "locks/conductor"),
    ("put", "packages/hadoop-archive-keyring.asc"),
    ("put", "packages/dists/hadoop/InRelease"),
    ("delete", NODE),
    ("delete", "terminated/node-0"),
    ("delete", "ca/ca_crt.pem"),
    ("delete", "packages/dists/hadoop/InRelease"),
    ("versions", ""),
    ("remove", ""),
    ("open", "{}"),
    ("buckets", ""),
}
ALL = NOBODY.union(*RIGHTS.values())


@pytest.mark.parametrize("s3", WORK, indirect=True)
def test_each_kind_of_host_may_do_nothing_else(s3: S3Client, request: pytest.FixtureRequest) -> None:
    rights = RIGHTS[request.node.callspec.params["s3"]] | EVERYBODY
    assert {each for each in rights if not allowed(each[0], s3, each[1])} == set()
    assert {each for each in ALL - rights if allowed(each[0], s3, each[1])} == set()


@pytest.mark.parametrize("kind", WORK)
def test_a_host_may_call_nothing_but_the_bucket(context: Context, kind: str) -> None:
    policy = policies.of_host(context, kind)
    for statement in policy["Statement"]:
        actions, resources = statement["Action"], statement["Resource"]
        assert all(each.startswith("s3:") for each in ([actions] if isinstance(actions, str) else actions))
        for each in [resources] if isinstance(resources, str) else resources:
            assert each == f"arn:aws:s3:::{BUCKET}" or each.startswith(f"arn:aws:s3:::{BUCKET}/")


def test_every_prefix_in_the_bucket_is_spoken_of_here() -> None:
    """What is new there is not read by hosts unawares."""
    assert set(emptying.PREFIXES) == {key.split("/")[0] + "/" for _, key in ALL | EVERYBODY if "/" in key}
