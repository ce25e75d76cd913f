"""Taking away the IAM roles and instance profiles that ``init`` has made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from conductor.clients import api_errors, error_code
from conductor.context import Context
from conductor.provision.profiles import ABSENT, path
from conductor.provision.steps import Finding, State, Step

if TYPE_CHECKING:
    from mypy_boto3_iam.type_defs import InstanceProfileTypeDef


def removal(context: Context) -> list[Step]:
    """Everything under our path, whatever it is called now."""
    iam = context.clients.iam
    if context.settings.cloud.type == "eucalyptus":
        return []

    def look() -> Finding:
        with api_errors("listing the cluster's instance profiles and roles"):
            profiles = [
                each
                for page in iam.get_paginator("list_instance_profiles").paginate(PathPrefix=path(context))
                for each in page["InstanceProfiles"]
            ]
            roles = [
                each["RoleName"]
                for page in iam.get_paginator("list_roles").paginate(PathPrefix=path(context))
                for each in page["Roles"]
            ]
        names = sorted({*roles, *(each["InstanceProfileName"] for each in profiles)})
        if not names:
            return Finding(State.ABSENT)

        def remove() -> None:
            for profile in profiles:
                _remove_profile(context, profile)
            for role in roles:
                _remove_role(context, role)

        return Finding(State.REMOVED, ", ".join(names), remove)

    return [Step("profiles", "roles and instance profiles", look)]


def _remove_profile(context: Context, profile: InstanceProfileTypeDef) -> None:
    iam, name = context.clients.iam, profile["InstanceProfileName"]
    with api_errors(f"removing instance profile {name}"):
        for role in profile["Roles"]:
            _unless_gone(
                iam.remove_role_from_instance_profile, InstanceProfileName=name, RoleName=role["RoleName"]
            )
        _unless_gone(iam.delete_instance_profile, InstanceProfileName=name)


def _remove_role(context: Context, name: str) -> None:
    """With what others have given it too: a role that has rights cannot be removed."""
    iam = context.clients.iam
    with api_errors(f"removing role {name}"):
        for each in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            _unless_gone(iam.detach_role_policy, RoleName=name, PolicyArn=each["PolicyArn"])
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            _unless_gone(iam.delete_role_policy, RoleName=name, PolicyName=policy)
        _unless_gone(iam.delete_role, RoleName=name)


def _unless_gone(call: Callable[..., object], **arguments: str) -> None:
    """Somebody else may be removing the same."""
    try:
        call(**arguments)
    except boto.ClientError as error:
        if error_code(error) not in ABSENT:
            raise
