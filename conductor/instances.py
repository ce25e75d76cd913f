"""Instances as the EC2 API has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from conductor.clients import api_errors
from conductor.errors import UnknownImageError
from conductor.record import Batch
from conductor.terminal import printable

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import FilterTypeDef, InstanceTypeDef

MANAGED_BY = "puppet-hadoop"
TAG_ROLE = "puppet-hadoop:role"
TAG_BATCH = "puppet-hadoop:batch"
TAG_COUNT = "puppet-hadoop:count"
TAG_BUCKET = "puppet-hadoop:bucket"
AT_ONCE = 100  # instances of one call
SHOWN = 5
GONE = frozenset({"shutting-down", "terminated"})


@dataclass(frozen=True)
class Instance:
    """One instance that the conductor launched."""

    id: str
    state: str
    role: str
    batch: str
    certname: str
    private_name: str
    private_ip: str
    launched: datetime
    reason: str
    # By which it is reached from outside the cloud's network; "": not at all.
    public_name: str = ""

    @property
    def gone(self) -> bool:
        return self.state in GONE


def tags(batch: Batch, *, bucket: str, more: dict[str, str]) -> dict[str, str]:
    """Tags of a launch: with the launch index they give each instance's certname."""
    return {
        "Name": batch.role,
        **more,
        "ManagedBy": MANAGED_BY,
        TAG_ROLE: batch.role,
        TAG_BATCH: batch.batch,
        TAG_COUNT: str(batch.count),
        TAG_BUCKET: bucket,
    }


def find(ec2: EC2Client, *, bucket: str, batch: str | None = None) -> list[Instance]:
    """Instances of the cluster that lives in ``bucket``, or of one launch; oldest first."""
    filters: list[FilterTypeDef] = [
        {"Name": "tag:ManagedBy", "Values": [MANAGED_BY]},
        {"Name": f"tag:{TAG_BUCKET}", "Values": [bucket]},
    ]
    if batch:
        filters.append({"Name": f"tag:{TAG_BATCH}", "Values": [batch]})
    found: list[Instance] = []
    with api_errors("listing instances"):
        for page in ec2.get_paginator("describe_instances").paginate(Filters=filters):
            for reservation in page["Reservations"]:
                found += [_instance(body) for body in reservation["Instances"]]
    return sorted(found, key=lambda each: (each.launched, each.certname))


def check_image(ec2: EC2Client, image_id: str) -> str:
    """The image's root device, "" if not told. Raises UnknownImageError unless it is there and ready."""
    with api_errors(f"looking for image {image_id}"):
        images = ec2.describe_images(ImageIds=[image_id])["Images"]
    state = images[0].get("State", "available") if images else "absent"
    if state != "available":
        raise UnknownImageError(f"image {image_id} is {state}", advice="check ami_id and the region")
    return images[0].get("RootDeviceName") or ""


def terminate(ec2: EC2Client, ids: Sequence[str]) -> None:
    """End them, up to a hundred with one call."""
    for begin in range(0, len(ids), AT_ONCE):
        part = list(ids[begin : begin + AT_ONCE])
        shown = ", ".join(part[:SHOWN]) + (f" and {len(part) - SHOWN} others" if len(part) > SHOWN else "")
        with api_errors(f"terminating {shown}"):
            ec2.terminate_instances(InstanceIds=part)


def console(ec2: EC2Client, instance_id: str) -> str:
    """The console's text so far, fit for a terminal; a cloud may give it minutes late."""
    with api_errors(f"reading the console of {instance_id}"):
        try:
            answer = ec2.get_console_output(InstanceId=instance_id, Latest=True)
        except boto.ClientError:  # older instance types and clouds only keep what was there after the boot
            answer = ec2.get_console_output(InstanceId=instance_id)
    return printable(answer.get("Output") or "")


def _instance(body: InstanceTypeDef) -> Instance:
    tag = {each["Key"]: each["Value"] for each in body.get("Tags", [])}
    batch = tag.get(TAG_BATCH, "")
    alone = tag.get(TAG_COUNT, "1") == "1"
    return Instance(
        id=body["InstanceId"],
        state=body["State"]["Name"],
        role=tag.get(TAG_ROLE, ""),
        batch=batch,
        certname=batch if alone else f"{batch}-{body.get('AmiLaunchIndex', 0)}",
        private_name=body.get("PrivateDnsName") or "",
        private_ip=body.get("PrivateIpAddress") or "",
        launched=body["LaunchTime"],
        reason=body.get("StateReason", {}).get("Message", "") or body.get("StateTransitionReason", ""),
        public_name=body.get("PublicDnsName") or body.get("PublicIpAddress") or "",
    )
