"""``init``: what it makes, that it can be repeated, and that it leaves alone what is not its own."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from conductor.clients import Clients
from conductor.context import Context
from conductor.provision import everything, lifecycle, policies, profiles
from conductor.provision.steps import Outcome, State, run
from tests.cloud.support import BUCKET

FINE = {State.THERE}


def init(context: Context, *, dry_run: bool = False) -> list[Outcome]:
    return list(run(everything.steps(context), dry_run=dry_run))


def configured(context: Context, **settings: Any) -> Context:
    data = {**context.settings.model_dump(exclude_unset=True), **settings}
    return dataclasses.replace(context, settings=type(context.settings).model_validate(data))


def states(outcomes: list[Outcome]) -> dict[str, State]:
    return {each.name: each.state for each in outcomes}


def group(clients: Clients) -> dict[str, Any]:
    found = clients.ec2.describe_security_groups(
        Filters=[{"Name": "group-name", "Values": [f"puppet-hadoop-{BUCKET}-cluster"]}]
    )["SecurityGroups"]
    assert len(found) == 1
    return dict(found[0])


def ranges(clients: Clients) -> set[tuple[int, int, str]]:
    """Who is let in: first and last port, and addresses or the group's id."""
    return {
        (each.get("FromPort", -1), each.get("ToPort", -1), source)
        for each in group(clients)["IpPermissions"]
        for source in (
            *(net["CidrIp"] for net in each.get("IpRanges", [])),
            *(net["CidrIpv6"] for net in each.get("Ipv6Ranges", [])),
            *(pair["GroupId"] for pair in each.get("UserIdGroupPairs", [])),
        )
    }


def test_from_nothing_it_makes_everything_and_then_finds_it_there(context: Context) -> None:
    # EC2's default encryption apart, which S3 gives to every new bucket by itself.
    assert set(states(init(context)).values()) <= {State.MADE, State.THERE}
    assert set(states(init(context)).values()) == FINE


def test_a_dry_run_says_the_same_and_does_nothing(context: Context, clients: Clients) -> None:
    planned = init(context, dry_run=True)
    assert set(states(planned).values()) == {State.TO_MAKE}
    assert clients.s3.list_buckets()["Buckets"] == []
    assert clients.iam.list_roles()["Roles"] == []
    made = init(context)
    assert [each.name for each in made] == [each.name for each in planned]
    assert set(states(init(context, dry_run=True)).values()) == FINE


def test_the_bucket_is_private_encrypted_and_versioned(context: Context, clients: Clients) -> None:
    init(context)
    s3 = clients.s3
    block = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert list(block.values()) == [True] * 4
    (rule,) = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"


def test_what_ended_is_forgotten_after_a_month_and_records_never(context: Context, clients: Clients) -> None:
    init(context)
    rules = clients.s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    days = {each["Filter"].get("Prefix"): each.get("Expiration", {}).get("Days") for each in rules}
    assert {prefix: after for prefix, after in days.items() if after} == {"terminated/": 30}


def open_again(clients: Clients) -> None:
    clients.s3.delete_public_access_block(Bucket=BUCKET)


def suspend_versions(clients: Clients) -> None:
    clients.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})


def forget_rules(clients: Clients) -> None:
    clients.s3.delete_bucket_lifecycle(Bucket=BUCKET)


def give_more_rights(clients: Clients) -> None:
    more = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    clients.iam.put_role_policy(RoleName="ca", PolicyName=profiles.RIGHTS, PolicyDocument=json.dumps(more))


def let_everybody_be_it(clients: Clients) -> None:
    trust = json.loads(json.dumps(policies.TRUST).replace("ec2.amazonaws.com", "lambda.amazonaws.com"))
    clients.iam.update_assume_role_policy(RoleName="ca", PolicyDocument=json.dumps(trust))


def empty_the_profile(clients: Clients) -> None:
    clients.iam.remove_role_from_instance_profile(InstanceProfileName="ca", RoleName="ca")


def close_a_port(clients: Clients) -> None:
    clients.ec2.revoke_security_group_ingress(
        GroupId=group(clients)["GroupId"], IpPermissions=group(clients)["IpPermissions"][:1]
    )


@pytest.mark.parametrize(
    ("differ", "name"),
    [
        (open_again, f"s3://{BUCKET}: public access block"),
        (suspend_versions, f"s3://{BUCKET}: versions"),
        (forget_rules, f"s3://{BUCKET}: lifecycle"),
        (give_more_rights, "role ca: rights"),
        (let_everybody_be_it, "role ca"),
        (empty_the_profile, "instance profile ca"),
        (close_a_port, "security group"),
    ],
)
def test_what_differs_is_put_right_and_named(
    context: Context, clients: Clients, differ: Callable[[Clients], None], name: str
) -> None:
    init(context)
    differ(clients)
    found = [each for each in init(context) if each.state not in FINE]
    assert [each.name.startswith(name) for each in found] == [True]
    assert found[0].state in {State.MADE, State.CHANGED}
    assert set(states(init(context)).values()) == FINE


def test_the_operator_s_own_lifecycle_rules_and_key_stay(context: Context, clients: Clients) -> None:
    s3 = clients.s3
    s3.create_bucket(Bucket=BUCKET)
    rule: Any = {"ID": "mine", "Status": "Enabled", "Filter": {"Prefix": "code/"}, "Expiration": {"Days": 9}}
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [rule]})
    s3.put_bucket_encryption(
        Bucket=BUCKET,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
        },
    )
    init(context)
    names = {each["ID"] for each in s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]}
    assert names == {"mine", *(each["ID"] for each in lifecycle.rules())}
    (kept,) = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert kept["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


def test_a_bucket_that_hosts_read_in_public_stays_open(context: Context) -> None:
    node = {"parameters": {"data": {"puppet::node_bucket": f"https://{BUCKET}.s3.amazonaws.com"}}}
    init(context)
    found = states(init(configured(context, node=node)))
    assert found[f"s3://{BUCKET}: public access block"] is State.LEFT


def test_each_role_is_ec2_s_alone_and_has_its_policy(context: Context, clients: Clients) -> None:
    init(context)
    for kind in policies.KINDS:
        role = clients.iam.get_role(RoleName=kind)["Role"]
        assert role["Path"] == f"/puppet-hadoop/{BUCKET}/"
        assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {
            "Service": "ec2.amazonaws.com"
        }  # type: ignore[index,call-overload]
        (name,) = clients.iam.list_role_policies(RoleName=kind)["PolicyNames"]
        given = clients.iam.get_role_policy(RoleName=kind, PolicyName=name)["PolicyDocument"]
        assert given == policies.of_host(context, kind)
        profile = clients.iam.get_instance_profile(InstanceProfileName=kind)["InstanceProfile"]
        assert [each["RoleName"] for each in profile["Roles"]] == [kind]


def test_a_role_that_is_somebody_else_s_is_left_and_warned_of(context: Context, clients: Clients) -> None:
    clients.iam.create_role(RoleName="database", AssumeRolePolicyDocument="{}")
    clients.iam.create_instance_profile(InstanceProfileName="database")
    outcomes = [each for each in init(context) if each.part == "profile database"]
    assert {each.state for each in outcomes} == {State.LEFT}
    assert all("warning" in each.detail for each in outcomes)
    assert clients.iam.list_role_policies(RoleName="database")["PolicyNames"] == []
    assert clients.iam.get_instance_profile(InstanceProfileName="database")["InstanceProfile"]["Roles"] == []


def test_a_role_made_by_hand_with_the_right_policy_is_no_worry(context: Context, clients: Clients) -> None:
    document = json.dumps(policies.of_host(context, "ca"))
    clients.iam.create_role(RoleName="ca", AssumeRolePolicyDocument="{}")
    clients.iam.put_role_policy(RoleName="ca", PolicyName="bucket", PolicyDocument=document)
    found = {each.name: each for each in init(context)}
    assert found["role ca: rights"].state is State.LEFT
    assert "warning" not in found["role ca: rights"].detail


def test_two_clusters_of_one_account_have_profiles_of_their_own_by_a_prefix(
    context: Context, clients: Clients
) -> None:
    init(context)
    store = dataclasses.replace(context.store, bucket="second")
    second = dataclasses.replace(
        configured(context, instance_profile_prefix="second-", s3_bucket_name="second"), store=store
    )
    assert State.LEFT not in states(init(second)).values()
    policy = clients.iam.get_role_policy(RoleName="second-ca", PolicyName=profiles.RIGHTS)
    assert BUCKET not in json.dumps(policy["PolicyDocument"])


def test_a_profile_that_the_operator_gives_is_only_looked_for(context: Context, clients: Clients) -> None:
    given = configured(context, roles={"ca": {"instance_profile": "my-own"}})
    failed = [each for each in init(given) if each.state is State.FAILED]
    assert [each.name for each in failed] == ["instance profile my-own"]
    clients.iam.create_instance_profile(InstanceProfileName="my-own")
    found = states(init(given))
    assert found["instance profile my-own"] is State.LEFT
    assert "role ca" not in found
    assert found["role puppetmaster"] is State.THERE
