"""IAM roles and instance profiles of the hosts that serve: each with the rights that its kind needs.

Ours are those under the path /puppet-hadoop/BUCKET/. Others of the same name are never touched.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore import exceptions as boto

from conductor.clients import api_errors, error_code
from conductor.context import Context
from conductor.errors import CloudError, UnsupportedError
from conductor.provision import policies
from conductor.provision.steps import Finding, State, Step, ask

if TYPE_CHECKING:
    from mypy_boto3_iam.type_defs import InstanceProfileTypeDef, RoleTypeDef

ABSENT = {"NoSuchEntity"}
RIGHTS = "puppet-hadoop"  # the role's policy
SIGHT_SECONDS = 20  # within which IAM knows what it has made itself


def path(context: Context) -> str:
    """Under which ours are."""
    return f"/puppet-hadoop/{context.store.bucket}/"


def steps(context: Context) -> list[Step]:
    """What each kind of host needs, but for those whose profile the operator gives."""
    if context.settings.cloud.type == "eucalyptus":
        return [Step("profiles", "roles and instance profiles", _unsupported)]
    given = {
        role: settings.instance_profile or context.settings.instance_profile
        for role, settings in context.settings.roles.items()
    }
    found: list[Step] = []
    for kind in policies.KINDS:
        profile = given.get(kind, context.settings.instance_profile)
        found += _given(context, profile) if profile else _steps(context, kind)
    return list({each.name: each for each in found}.values())


def _unsupported() -> Finding:
    raise UnsupportedError("hosts have no roles there: give those that serve credentials of their own")


def _given(context: Context, name: str) -> list[Step]:
    """The operator's own: only looked for."""

    def look() -> Finding:
        if _profile(context, name):
            return Finding(State.LEFT, "instance_profile: the operator's own")
        raise CloudError(
            f"instance_profile names {name}, which IAM does not have",
            advice="make it, or leave instance_profile out: then `start_instance.py init` makes profiles",
        )

    return [Step(f"profile {name}", f"instance profile {name}", look)]


def _steps(context: Context, kind: str) -> list[Step]:
    name = context.settings.instance_profile_prefix + kind
    part = f"profile {name}"
    return [
        Step(part, f"role {name}", lambda: _look_at_role(context, name)),
        Step(part, f"role {name}: rights", lambda: _look_at_rights(context, name, kind)),
        Step(part, f"instance profile {name}", lambda: _look_at_profile(context, name)),
    ]


def _role(context: Context, name: str) -> RoleTypeDef | None:
    found = ask(
        f"looking for role {name}", lambda: context.clients.iam.get_role(RoleName=name), absent=ABSENT
    )
    return found["Role"] if found else None


def _profile(context: Context, name: str) -> InstanceProfileTypeDef | None:
    found = ask(
        f"looking for instance profile {name}",
        lambda: context.clients.iam.get_instance_profile(InstanceProfileName=name),
        absent=ABSENT,
    )
    return found["InstanceProfile"] if found else None


def _not_ours(context: Context, found_path: str) -> Finding | None:
    if found_path == path(context):
        return None
    return Finding(
        State.LEFT,
        f"warning: is there, but not made by init for {context.store.url()} (path {found_path}): "
        "take it away if it is not needed, or set instance_profile_prefix",
    )


def _look_at_role(context: Context, name: str) -> Finding:
    iam = context.clients.iam
    role = _role(context, name)
    trust = json.dumps(policies.TRUST)
    if role is None:

        def make() -> None:
            with api_errors(f"making role {name}"):
                iam.create_role(
                    Path=path(context),
                    RoleName=name,
                    AssumeRolePolicyDocument=trust,
                    Description=f"Hosts of the cluster in {context.store.url()}",
                )

        return Finding(State.MADE, "for EC2 instances only", make)
    if foreign := _not_ours(context, role["Path"]):
        return foreign
    if _document(role.get("AssumeRolePolicyDocument")) == policies.TRUST:
        return Finding(State.THERE, "for EC2 instances only")

    def change() -> None:
        with api_errors(f"changing who may take role {name}"):
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust)

    return Finding(State.CHANGED, "for EC2 instances only", change)


def _look_at_rights(context: Context, name: str, kind: str) -> Finding:
    iam = context.clients.iam
    wanted = policies.of_host(context, kind)
    detail = f"conductor/policies/{kind}.json, for {context.store.url()}"
    role = _role(context, name)
    if role and _not_ours(context, role["Path"]):
        return _foreign_rights(context, name, wanted)
    found = ask(
        f"reading the rights of role {name}",
        lambda: iam.get_role_policy(RoleName=name, PolicyName=RIGHTS),
        absent=ABSENT,
    )
    if found and _document(found["PolicyDocument"]) == wanted:
        return Finding(State.THERE, detail)

    def write() -> None:
        with api_errors(f"writing the rights of role {name}"):
            iam.put_role_policy(RoleName=name, PolicyName=RIGHTS, PolicyDocument=json.dumps(wanted))

    return Finding(State.CHANGED if found else State.MADE, detail, lambda: _in_time(context, write))


def _foreign_rights(context: Context, name: str, wanted: policies.Policy) -> Finding:
    """A role made by hand may well have the right policy."""
    iam = context.clients.iam
    with api_errors(f"reading the rights of role {name}"):
        for each in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            policy = iam.get_role_policy(RoleName=name, PolicyName=each)
            if _document(policy["PolicyDocument"]) == wanted:
                return Finding(State.LEFT, "made by hand, and as they should be")
    return Finding(State.LEFT, "warning: not those that init gives")


def _look_at_profile(context: Context, name: str) -> Finding:
    iam = context.clients.iam
    profile = _profile(context, name)
    if profile and (foreign := _not_ours(context, profile["Path"])):
        return foreign
    detail = f"with role {name}"
    inside = [each["RoleName"] for each in profile["Roles"]] if profile else []
    if inside == [name]:
        return Finding(State.THERE, detail)

    def make() -> None:
        with api_errors(f"making instance profile {name}"):
            if profile is None:
                iam.create_instance_profile(InstanceProfileName=name, Path=path(context))
            for other in inside:  # there is room for one
                iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=other)

        def fill() -> None:
            with api_errors(f"putting role {name} into its instance profile"):
                iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)

        _in_time(context, fill)

    return Finding(State.CHANGED if profile else State.MADE, detail, make)


def _in_time(context: Context, call: Callable[[], None]) -> None:
    """IAM may not know at once what it has made a moment ago."""
    end = context.monotonic() + SIGHT_SECONDS
    while True:
        try:
            return call()
        except CloudError as error:
            cause = error.__cause__
            unseen = isinstance(cause, boto.ClientError) and error_code(cause) in ABSENT
            if not unseen or context.monotonic() >= end:
                raise
        context.sleep(2)


def _document(policy: Any) -> Any:
    """A policy as boto3 gives it: read already, or the text."""
    return json.loads(policy) if isinstance(policy, str) else policy
