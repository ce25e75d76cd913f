"""What RunInstances is asked for: volumes, groups."""

from __future__ import annotations

from typing import Any

import pytest

from conductor import instances
from conductor.context import Context
from conductor.launching import batches
from conductor.roles import plan
from conductor.settings import Settings
from tests.cloud.support import BUCKET, failing

pytestmark = pytest.mark.usefixtures("published_ca")


def asked(context: Context, **more: Any) -> dict[str, Any]:
    """The request of one worker's start under these settings, which moto has taken."""
    given = {"s3_bucket_name": BUCKET, "ami_id": context.settings.ami_id, **more}
    chosen = plan(Settings.model_validate(given), "worker", count=1)
    with failing(context.clients.ec2, "run_instances", AssertionError(), times=0) as calls:
        batches.start(context, chosen, count=1)
    (call,) = calls
    return call


def test_without_settings_the_volumes_are_the_image_s_own(context: Context) -> None:
    assert "BlockDeviceMappings" not in asked(context)
    assert "BlockDeviceMappings" not in asked(context, root_volume={})


def test_the_root_volume_is_the_image_s_device_and_no_volume_outlives_its_instance(context: Context) -> None:
    root = context.clients.ec2.describe_images(ImageIds=[context.settings.ami_id or ""])["Images"][0]
    call = asked(
        context,
        root_volume={"size_gb": 20, "type": "gp3"},
        data_volumes=[{"device": "/dev/sdf", "size_gb": 500, "type": "st1", "encrypted": True}],
    )
    assert call["BlockDeviceMappings"] == [
        {
            "DeviceName": root.get("RootDeviceName") or "/dev/xvda",
            "Ebs": {"DeleteOnTermination": True, "VolumeSize": 20, "VolumeType": "gp3"},
        },
        {
            "DeviceName": "/dev/sdf",
            "Ebs": {
                "DeleteOnTermination": True,
                "VolumeSize": 500,
                "VolumeType": "st1",
                "Encrypted": True,
            },
        },
    ]
    (instance,) = instances.find(context.clients.ec2, bucket=BUCKET)
    instances.terminate(context.clients.ec2, [instance.id])
    volumes = context.clients.ec2.describe_volumes()["Volumes"]
    assert volumes == []


def test_a_root_device_given_by_hand_wins_over_the_image_s(context: Context) -> None:
    call = asked(context, root_volume={"device": "/dev/sda1", "size_gb": 9, "encrypted": True})
    (volume,) = call["BlockDeviceMappings"]
    assert volume["DeviceName"] == "/dev/sda1"


def test_the_groups_that_are_given_are_taken_and_none_is_looked_for(context: Context) -> None:
    group = context.clients.ec2.create_security_group(GroupName="mine", Description="x")["GroupId"]
    with failing(context.clients.ec2, "describe_security_groups", AssertionError("not needed")):
        assert asked(context, security_group_ids=[group])["SecurityGroupIds"] == [group]


def test_a_batch_in_a_zone_has_its_subnet_only(context: Context) -> None:
    subnets = context.clients.ec2.describe_subnets()["Subnets"]
    first, second = subnets[0]["SubnetId"], subnets[1]["SubnetId"]
    assert asked(context, subnet_ids=[first, second])["SubnetId"] == first
