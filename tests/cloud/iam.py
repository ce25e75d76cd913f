"""IAM as AWS enforces it, by action, resource and condition, on the calls of boto3's clients.

moto enforces the rights of roles in S3; but it knows no resources of EC2 and IAM, no conditions, and some of
S3's actions by other names. So the operator's policies are held against this. What an operation needs is in
AWS's "Service Authorization Reference".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends

from conductor.clients import Clients
from tests.cloud.faults import Answer, watched
from tests.cloud.support import ACCOUNT, refusal

REGION = "us-east-1"

# Operations whose action is not called the same.
S3_NAMES = {
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "DeleteObjects": "DeleteObject",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
}
# Operations that need other actions besides.
BESIDES = {
    ("ec2", "RunInstances"): {"ec2:CreateTags", "iam:CreateServiceLinkedRole", "iam:PassRole"},
    ("ec2", "CreateSecurityGroup"): {"ec2:CreateTags"},
    ("iam", "AddRoleToInstanceProfile"): {"iam:PassRole"},
    ("s3", "DeleteObjects"): {"s3:DeleteObjectVersion"},
    ("sqs", "CreateQueue"): {"sqs:TagQueue"},
}
FREE = {"sts:GetCallerIdentity"}  # of everybody


def action(service: str, operation: str) -> str:
    """The action that an operation is."""
    return f"{service}:{S3_NAMES.get(operation, operation) if service == 's3' else operation}"


@dataclass(frozen=True)
class Need:
    """One right that a call needs."""

    action: str
    resource: str
    context: dict[str, str] = field(default_factory=dict)


def needs(service: str, operation: str, given: dict[str, Any]) -> list[Need]:
    """All that a call needs."""
    name = action(service, operation)
    if name in FREE:
        return []
    found: dict[str, Any] = {"s3": _s3, "ec2": _ec2, "iam": _iam, "sqs": _sqs}
    return list(found[service](name, given))


def _s3(name: str, given: dict[str, Any]) -> Iterator[Need]:
    bucket = f"arn:aws:s3:::{given['Bucket']}"
    if "Delete" in given:
        for each in given["Delete"]["Objects"]:
            versioned = "Version" if "VersionId" in each else ""
            yield Need(name + versioned, f"{bucket}/{each['Key']}")
    else:
        yield Need(name, f"{bucket}/{given['Key']}" if "Key" in given else bucket)


def _ec2(name: str, given: dict[str, Any]) -> Iterator[Need]:
    ec2 = f"arn:aws:ec2:{REGION}:{ACCOUNT}:"
    tags = {
        each["ResourceType"]: {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in each["Tags"]}
        for each in given.get("TagSpecifications", [])
    }
    operation = name.removeprefix("ec2:")
    if operation.startswith("Describe"):
        yield Need(name, "*")
    elif operation == "RunInstances":
        yield Need(name, f"arn:aws:ec2:{REGION}::image/{given['ImageId']}")
        yield Need(name, f"{ec2}subnet/{given.get('SubnetId', 'subnet-default')}")
        yield Need(name, f"{ec2}network-interface/*")
        for group in given.get("SecurityGroupIds", ["sg-default"]):
            yield Need(name, f"{ec2}security-group/{group}")
        for kind in ("instance", "volume"):
            yield Need(name, f"{ec2}{kind}/*", tags.get(kind, {}))
        if "InstanceMarketOptions" in given:  # the account's first spot instance makes this role
            role = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"
            yield Need("iam:CreateServiceLinkedRole", role, {"iam:AWSServiceName": "spot.amazonaws.com"})
        profile = given.get("IamInstanceProfile")
        if profile:
            (role,) = iam_backends[ACCOUNT]["aws"].get_instance_profile(profile["Name"]).roles
            yield Need("iam:PassRole", role.arn, {"iam:PassedToService": "ec2.amazonaws.com"})
    elif operation == "CreateSecurityGroup":
        yield Need(name, f"{ec2}security-group/*", tags.get("security-group", {}))
        yield Need(name, f"{ec2}vpc/{given['VpcId']}")
    else:
        kind, ids = _of_ec2(given)
        for each in ids:
            yield Need(name, f"{ec2}{kind}/{each}", _tags_of(each))
    for kind, said in tags.items():
        yield Need("ec2:CreateTags", f"{ec2}{kind}/*", {**said, "ec2:CreateAction": operation})


def _of_ec2(given: dict[str, Any]) -> tuple[str, Sequence[str]]:
    """What kind of thing a call is about, and which."""
    for parameter, kind in (
        ("InstanceId", "instance"),
        ("GroupId", "security-group"),
        ("VolumeId", "volume"),
        ("SpotInstanceRequestId", "spot-instances-request"),
    ):
        if parameter in given:
            return kind, [given[parameter]]
        if f"{parameter}s" in given:
            return kind, given[f"{parameter}s"]
    raise AssertionError(f"not known here, what resource this is about: {given}")


def _tags_of(name: str) -> dict[str, str]:
    tags = ec2_backends[ACCOUNT][REGION].tags.get(name, {})
    return {f"aws:ResourceTag/{key}": value for key, value in tags.items()}


def _iam(name: str, given: dict[str, Any]) -> Iterator[Need]:
    iam = iam_backends[ACCOUNT]["aws"]
    account = f"arn:aws:iam::{ACCOUNT}:"
    if "InstanceProfileName" in given:
        profiles = {each.name: each.path for each in iam.get_instance_profiles()}
        path = given.get("Path") or profiles.get(given["InstanceProfileName"], "/")
        yield Need(name, f"{account}instance-profile{path}{given['InstanceProfileName']}")
        if "RoleName" in given and name == "iam:AddRoleToInstanceProfile":
            role = iam.get_role(given["RoleName"]).arn
            yield Need("iam:PassRole", role, {"iam:PassedToService": "ec2.amazonaws.com"})
    elif "RoleName" in given:
        # Of one that is not there, IAM knows no path.
        path = given.get("Path") or {each.name: each.path for each in iam.get_roles()}.get(
            given["RoleName"], "/"
        )
        yield Need(name, f"{account}role{path}{given['RoleName']}")
    else:
        kind = "instance-profile" if "Profiles" in name else "role"
        yield Need(name, f"{account}{kind}{given['PathPrefix']}")


def _sqs(name: str, given: dict[str, Any]) -> Iterator[Need]:
    queue = given.get("QueueName") or given["QueueUrl"].rsplit("/", 1)[1]
    yield Need(name, f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}")
    if given.get("tags"):
        yield Need("sqs:TagQueue", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}")


def permits(policies: Sequence[dict[str, Any]], need: Need) -> bool:
    """Whether the policies together give a right: allowed by one, denied by none."""
    effects = {
        statement["Effect"]
        for policy in policies
        for statement in policy["Statement"]
        if _concerns(statement, need)
    }
    return effects == {"Allow"}


def _concerns(statement: dict[str, Any], need: Need) -> bool:
    assert statement.keys() <= {"Sid", "Effect", "Action", "Resource", "Condition"}
    condition = statement.get("Condition", {})
    assert condition.keys() <= {"StringEquals"}
    return (
        any(_matches(each, need.action) for each in as_list(statement["Action"]))
        and any(_matches(each, need.resource) for each in as_list(statement["Resource"]))
        and all(need.context.get(key) == value for key, value in condition.get("StringEquals", {}).items())
    )


def _matches(pattern: str, text: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text) is not None


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def actions(policy: dict[str, Any]) -> set[str]:
    """All that a policy allows, whatever on."""
    return {
        each
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow"
        for each in as_list(statement["Action"])
    }


@contextmanager
def enforced(clients: Clients, policies: Sequence[dict[str, Any]]) -> Iterator[list[Need]]:
    """The clients have just these rights; gives what was used of them."""
    used: list[Need] = []

    def step(service: str, operation: str, given: dict[str, Any], answer: Answer) -> Any:
        wanted = needs(service, operation, given)
        if not all(permits(policies, each) for each in wanted):
            code = "UnauthorizedOperation" if service == "ec2" else "AccessDenied"
            raise refusal("403" if operation.startswith("Head") else code, operation, 403)
        used.extend(wanted)
        return answer()

    with watched(clients, step):
        yield used
