"""RunInstances: what it is asked for, and the call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conductor import instances
from conductor.clients import api_errors
from conductor.context import Context
from conductor.errors import UnknownProfileError
from conductor.provision.groups import default_group
from conductor.record import Batch
from conductor.roles import Plan
from conductor.settings import Volume

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import InstanceMetadataOptionsRequestTypeDef, TagTypeDef

# IMDSv2 only, and not beyond the instance itself.
METADATA_OPTIONS: InstanceMetadataOptionsRequestTypeDef = {
    "HttpTokens": "required",
    "HttpPutResponseHopLimit": 1,
    "HttpEndpoint": "enabled",
}
# An interrupted node is one that has ended: what it holds is elsewhere, and its record says so.
SPOT = {
    "MarketType": "spot",
    "SpotOptions": {"SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "terminate"},
}
PROFILE_SECONDS = 20  # within which EC2 knows an instance profile that IAM has made
ROOT_DEVICE = "/dev/xvda"  # of Debian's and most images; the image's own word wins


def request_for(context: Context, plan: Plan, *, root_device: str) -> dict[str, Any]:
    """RunInstances' parameters, apart from those that follow from the batch. Kept with it as they are."""
    groups = plan.security_group_ids
    if not groups and (group := default_group(context, plan.subnet_ids)):
        groups = [group]
    optional = {
        "IamInstanceProfile": {"Name": plan.instance_profile} if plan.instance_profile else None,
        "KeyName": plan.key_name,
        "SecurityGroupIds": groups,
        "InstanceMarketOptions": SPOT if plan.market == "spot" else None,
        "BlockDeviceMappings": _volumes(plan, root_device),
    }
    return {
        "ImageId": plan.image_id,
        "InstanceType": plan.instance_type,
        "Tags": plan.tags,
        **{name: value for name, value in optional.items() if value},
    }


def in_subnet(request: dict[str, Any], subnet: str | None) -> dict[str, Any]:
    """The same request in another zone; None: where the cloud likes."""
    rest = {name: value for name, value in request.items() if name != "SubnetId"}
    return {**rest, "SubnetId": subnet} if subnet else rest


def _volumes(plan: Plan, root_device: str) -> list[dict[str, Any]]:
    found = [_volume(each, each.device) for each in plan.data_volumes]
    if plan.root_volume and plan.root_volume.model_dump(exclude_none=True):
        found.insert(0, _volume(plan.root_volume, plan.root_volume.device or root_device))
    return found


def _volume(volume: Volume, device: str | None) -> dict[str, Any]:
    """No volume outlives its instance: what nobody sees would go on costing money."""
    ebs = {"VolumeSize": volume.size_gb, "VolumeType": volume.type, "Encrypted": volume.encrypted}
    return {
        "DeviceName": device,
        "Ebs": {"DeleteOnTermination": True, **{k: v for k, v in ebs.items() if v is not None}},
    }


def run_instances(context: Context, batch: Batch, data: bytes) -> None:
    """The call. May be made again: the batch is the ClientToken."""
    request = dict(batch.request)
    more = request.pop("Tags", {})
    tags: list[TagTypeDef] = [
        {"Key": key, "Value": value}
        for key, value in instances.tags(batch, bucket=context.store.bucket, more=more).items()
    ]
    spot = "spot " if "InstanceMarketOptions" in request else ""
    what = f"{batch.count} x {spot}{batch.role}"
    where = f", {request['SubnetId']}" if "SubnetId" in request else ""
    context.say(f"starting {what} ({request['ImageId']}, {request['InstanceType']}{where})")
    end = context.monotonic() + PROFILE_SECONDS
    while True:
        try:
            with api_errors(f"starting {batch.count} x {batch.role}"):
                context.clients.ec2.run_instances(
                    **request,
                    MinCount=batch.count,
                    MaxCount=batch.count,
                    ClientToken=batch.batch,
                    UserData=data,  # type: ignore[arg-type] # compressed: bytes; botocore encodes both
                    MetadataOptions=METADATA_OPTIONS,
                    TagSpecifications=[
                        {"ResourceType": "instance", "Tags": tags},
                        {"ResourceType": "volume", "Tags": tags},
                    ],
                )
            return
        except UnknownProfileError:
            if context.monotonic() >= end:
                raise
        context.sleep(2)
