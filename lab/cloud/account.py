"""What the rest of the lab sees of moto's account: instances, their data, their roles' credentials."""

import base64
import datetime
import json
from collections import Counter
from pathlib import Path
from typing import Any

from moto import settings
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends
from moto.ec2.models.amis import Ami
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from lab.network import REGION
from lab.state import CHECKOUT

POLICIES = CHECKOUT / "conductor" / "policies"
PARTITION = "aws"
CREDENTIAL_LIFETIME = datetime.timedelta(hours=6)
MINIMUM_LEFT = datetime.timedelta(minutes=15)
TRUST_EC2 = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


class Account:
    """The one AWS account of the lab, in the one region that it has."""

    def __init__(self) -> None:
        settings.ENABLE_AMI_VALIDATION = True
        settings.EC2_ENABLE_INSTANCE_TYPE_VALIDATION = True
        self._ec2: Any = ec2_backends[DEFAULT_ACCOUNT_ID][REGION]
        self._iam: Any = iam_backends[DEFAULT_ACCOUNT_ID][PARTITION]
        self._sts: Any = sts_backends[DEFAULT_ACCOUNT_ID][PARTITION]
        self._credentials: dict[str, dict[str, str]] = {}
        self._reboots: Counter[str] = Counter()

    def add_image(self, ami_id: str, name: str) -> None:
        """Register an AMI; only registered ones can be launched."""
        self._ec2.amis[ami_id] = Ami(
            self._ec2,
            ami_id,
            name=name,
            description=name,
            architecture="x86_64",
            virtualization_type="hvm",
            root_device_type="ebs",
            root_device_name="/dev/xvda",
            public=True,
            creation_date=datetime.datetime.now(datetime.UTC),
        )

    def make_profile(self, name: str) -> None:
        """An instance profile with a role of the same name, as the README has the operator make it on AWS."""
        self._iam.create_role(name, TRUST_EC2, "/", None, "lab", [], 3600)
        self._iam.create_instance_profile(name, "/", [])
        self._iam.add_role_to_instance_profile(name, name)

    def make_profiles(self) -> None:
        """One for each kind of host that reads the bucket."""
        for policy in sorted(POLICIES.glob("*.json")):
            self.make_profile(policy.stem)

    def default_subnet(self, form: dict[str, str]) -> str:
        zone = form.get("Placement.AvailabilityZone") or f"{REGION}a"
        return str(self._ec2.get_default_subnets()[zone].id)

    def attach_profile(self, instance_ids: list[str], form: dict[str, str]) -> None:
        """moto gives the profile of a launch to its first instance only: give it to the others."""
        name = form.get("IamInstanceProfile.Name")
        arn = form.get("IamInstanceProfile.Arn")
        if name or arn:
            for instance_id in instance_ids[1:]:
                self._ec2.associate_iam_instance_profile(
                    instance_id=instance_id, iam_instance_profile_name=name, iam_instance_profile_arn=arn
                )

    def instances(self) -> list[dict[str, Any]]:
        """All instances that the API knows, those terminated included."""
        return [
            self._describe(instance)
            for reservation in self._ec2.reservations.values()
            for instance in reservation.instances
        ]

    def at_address(self, address: str) -> dict[str, Any] | None:
        """The instance that is not terminated and has this private address, with its user data (base64)."""
        for reservation in self._ec2.reservations.values():
            for instance in reservation.instances:
                if instance._state.name != "terminated" and instance.private_ip == address:
                    found = self._describe(instance)
                    found["user_data"] = base64.b64encode(_bytes(instance.user_data)).decode()
                    return found
        return None

    def stop(self, instance_id: str) -> None:
        """The guest switched itself off: stopped or terminated, as its launch said."""
        instance = self._ec2.get_instance(instance_id)
        if instance.instance_initiated_shutdown_behavior == "terminate":
            self._ec2.terminate_instances([instance_id])
        else:
            self._ec2.stop_instances([instance_id])

    def reboot(self, instance_ids: list[str]) -> None:
        """Note that these are to boot once more: the reconciler sees the count rise."""
        self._reboots.update(instance_ids)

    def credentials(self, profile: str) -> dict[str, str]:
        """Temporary credentials of a profile's role, in the form of the metadata service."""
        now = datetime.datetime.now(datetime.UTC)
        held = self._credentials.get(profile)
        if held and datetime.datetime.fromisoformat(held["Expiration"]) - now > MINIMUM_LEFT:
            return held
        role = self._iam.get_instance_profile(profile).roles[0]
        assumed = self._sts.assume_role(
            REGION, "lab", role.arn, None, int(CREDENTIAL_LIFETIME.total_seconds()), None
        )
        expires = (now + CREDENTIAL_LIFETIME).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._credentials[profile] = {
            "Code": "Success",
            "LastUpdated": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Type": "AWS-HMAC",
            "AccessKeyId": assumed.access_key_id,
            "SecretAccessKey": assumed.secret_access_key,
            "Token": assumed.session_token,
            "Expiration": expires,
        }
        return self._credentials[profile]

    def console_log(self, instances: Path, instance_id: str) -> Path | None:
        known = any(instance["id"] == instance_id for instance in self.instances())
        return instances / instance_id / "console.log" if known else None

    def _describe(self, instance: Any) -> dict[str, Any]:
        options = instance.metadata_options
        card = instance.nics[0]
        association = self._ec2.iam_instance_profile_associations.get(instance.id)
        profile = association.iam_instance_profile if association else None
        return {
            "id": instance.id,
            "image": instance.image_id,
            "type": instance.instance_type,
            "state": instance._state.name,
            "reboots": self._reboots[instance.id],
            "launch_index": instance.ami_launch_index,
            "launch_time": instance.launch_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "address": card.private_ip_address,
            "name": instance.private_dns_name,
            "mac": card.mac_address,
            "zone": instance.placement.zone,
            "subnet": instance.subnet_id,
            "groups": [group.name for group in instance.security_groups],
            "tags": {tag["key"]: tag["value"] for tag in instance.get_tags()},
            "key_name": instance.key_name,
            "profile": profile.name if profile else None,
            "profile_arn": profile.arn if profile else None,
            "profile_id": profile.id if profile else None,
            "tokens_required": options.http_tokens == "required",
            "hop_limit": options.http_put_response_hop_limit,
            "metadata_enabled": options.http_endpoint == "enabled",
        }


def _bytes(user_data: Any) -> bytes:
    """moto holds user data as base64 text of what the client sent, or as None."""
    return base64.b64decode(str(user_data)) if user_data else b""
