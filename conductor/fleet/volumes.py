"""Volumes of a cluster: EC2 ends most with their instance, but not each one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from conductor.clients import api_errors, error_code
from conductor.context import Context
from conductor.errors import CloudError
from conductor.instances import MANAGED_BY, TAG_BUCKET

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

ENDING = frozenset({"deleting", "deleted"})
FREE = frozenset({"available", "error"})
ABSENT = "InvalidVolume.NotFound"
IN_USE = "VolumeInUse"


@dataclass(frozen=True)
class Volume:
    """One volume that carries the cluster's tags."""

    id: str
    state: str
    size_gb: int

    def shown(self) -> str:
        return f"{self.id} ({self.size_gb} GB, {self.state})"


def find(ec2: EC2Client, *, bucket: str) -> list[Volume]:
    """The cluster's volumes that cost money."""
    filters = [
        {"Name": "tag:ManagedBy", "Values": [MANAGED_BY]},
        {"Name": f"tag:{TAG_BUCKET}", "Values": [bucket]},
    ]
    with api_errors("listing volumes"):
        pages = ec2.get_paginator("describe_volumes").paginate(Filters=filters)  # type: ignore[arg-type]
        found = [
            Volume(body["VolumeId"], body["State"], body.get("Size", 0))
            for page in pages
            for body in page["Volumes"]
        ]
    return [each for each in found if each.state not in ENDING]


def tell_left(context: Context) -> None:
    """Those that no instance has any more: nothing else shows them, and they cost money."""
    try:
        left = [each for each in find(context.clients.ec2, bucket=context.store.bucket) if each.state in FREE]
    except CloudError as error:
        context.say(f"warning: {error}; whether volumes were left behind is not known")
        return
    for each in left:
        context.say(
            f"warning: volume {each.shown()} belongs to no instance any more, and costs money; "
            f"to be rid of it: `aws ec2 delete-volume --volume-id {each.id}` (`down` does that too)"
        )


def remove(context: Context) -> None:
    """Delete them all, as their instances let them go. Raises CloudError that names those that stay."""
    ec2, bucket = context.clients.ec2, context.store.bucket
    end = context.monotonic() + context.settings.wait.deadline
    while found := find(ec2, bucket=bucket):
        for each in found:
            if each.state in FREE and _delete(ec2, each.id):
                context.say(f"deleted volume {each.shown()}")
        if context.monotonic() >= end:
            raise _stay(context, found)
        context.sleep(context.settings.wait.interval)


def _delete(ec2: EC2Client, volume_id: str) -> bool:
    with api_errors(f"deleting volume {volume_id}"):
        try:
            ec2.delete_volume(VolumeId=volume_id)
        except boto.ClientError as error:
            if error_code(error) not in {ABSENT, IN_USE}:
                raise
            return False
    return True


def _stay(context: Context, found: Sequence[Volume]) -> CloudError:
    return CloudError(
        f"these volumes of {context.store.url()} are not gone, and cost money: "
        + ", ".join(each.shown() for each in found),
        advice="detach them where they are attached by hand, then repeat `start_instance.py down`",
    )
