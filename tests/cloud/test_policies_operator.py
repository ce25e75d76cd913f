"""The policies that `init --policy` prints: all that the conductor calls, and nothing more."""

from __future__ import annotations

import ast
import dataclasses
import json
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from botocore import xform_name

import conductor
from conductor import cli
from conductor import clients as conductor_clients
from conductor.clients import Clients
from conductor.context import Context
from conductor.provision import everything, policies
from conductor.provision.steps import State, run
from tests.cloud.iam import BESIDES, FREE, Need, action, actions, enforced, permits
from tests.cloud.support import BUCKET
from tests.unit.packages import repository

PACKAGE = Path(conductor.__file__).parent
# Of both, each for things of its own.
SHARED = {"ec2:CreateTags", "iam:PassRole", "sqs:GetQueueUrl"}
# Also of a launch, which looks for the group that init has made.
THE_GROUP = {"ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"}
LONGEST = "x" * 63  # of a bucket's name
BY_NAME = {"get_paginator", "generate_presigned_url"}
MANAGED_POLICY = 6144  # characters, white space apart


def called(api: Clients, under: Path) -> dict[tuple[str, str], list[Path]]:
    """Each API operation that the sources name, and where."""
    services = {each.name: getattr(api, each.name) for each in dataclasses.fields(api)}
    methods = {
        name: {xform_name(operation): operation for operation in client.meta.service_model.operation_names}
        for name, client in services.items()
    }
    found: dict[tuple[str, str], list[Path]] = {}
    for path in sorted(under.rglob("*.py")):
        if "eucalyptus" in path.parts:  # the other dialect of the same calls, where there is no IAM
            continue
        for service, method in _named(ast.parse(path.read_text()), methods):
            found.setdefault((service, methods[service][method]), []).append(path)
    return found


def _named(tree: ast.AST, methods: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            receiver = node.value.attr if isinstance(node.value, ast.Attribute) else None
            receiver = node.value.id if isinstance(node.value, ast.Name) else receiver
            for service, names in methods.items():
                # A client under another name may be any that has such a method.
                if node.attr in names and (receiver == service or receiver not in methods):
                    yield service, node.attr
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            first = node.args[0] if node.args else None
            if node.func.attr in BY_NAME and isinstance(first, ast.Constant):
                for service, names in methods.items():
                    if first.value in names:
                        yield service, first.value


def needed(operations: Collection[tuple[str, str]]) -> set[str]:
    """The actions that these operations are, and need besides."""
    found = {action(*each) for each in operations}
    return found.union(*(BESIDES.get(each, set()) for each in operations)) - FREE


@pytest.fixture
def notifying(context: Context) -> Context:
    """With every option that needs rights."""
    settings = context.settings.model_copy(update={"notify": True})
    return dataclasses.replace(context, settings=settings)


def test_the_policies_have_each_action_that_the_sources_call_and_no_other(
    notifying: Context, api: Clients
) -> None:
    """Fails where a new call appears: say in conductor/policies/operator what it needs."""
    everywhere = called(api, PACKAGE)
    by_init = {call for call, files in everywhere.items() if all("provision" in each.parts for each in files)}
    conductor_s = actions(policies.of_operator(notifying, "conductor"))
    init_s = actions(policies.of_operator(notifying, "init"))
    assert needed(everywhere.keys() - by_init) == conductor_s - THE_GROUP
    assert needed(everywhere) >= conductor_s | init_s
    assert needed(by_init) - conductor_s == init_s - SHARED


def test_a_policy_fits_into_iam_s_limit_whatever_the_bucket_is_called(notifying: Context) -> None:
    settings = notifying.settings.model_copy(update={"s3_bucket_name": LONGEST})
    store = dataclasses.replace(notifying.store, bucket=LONGEST)
    context = dataclasses.replace(notifying, settings=settings, store=store)
    for who in ("conductor", "init"):
        text = json.dumps(policies.of_operator(context, who), separators=(",", ":"))
        assert LONGEST in text
        assert len(text) <= MANAGED_POLICY


def test_names_of_the_cluster_are_filled_in_everywhere(notifying: Context) -> None:
    for policy in (
        *(policies.of_operator(notifying, who) for who in ("conductor", "init")),
        *(policies.of_host(notifying, kind) for kind in policies.KINDS),
    ):
        text = json.dumps(policy)
        assert not any(name in text for name in ("BUCKET", "ACCOUNT", "REGION", "QUEUE"))


def test_a_queue_may_be_called_like_what_is_filled_in(context: Context) -> None:
    settings = context.settings.model_copy(update={"notify": "BUCKET-ACCOUNT-REGION"})
    policy = policies.of_operator(dataclasses.replace(context, settings=settings), "conductor")
    resources = {each["Resource"] for each in policy["Statement"] if each["Sid"] == "NoticesToTheCa"}
    assert resources == {"arn:aws:sqs:us-east-1:123456789012:BUCKET-ACCOUNT-REGION"}


def test_without_notices_nobody_has_rights_on_queues(context: Context) -> None:
    for policy in (
        *(policies.of_operator(context, who) for who in ("conductor", "init")),
        *(policies.of_host(context, kind) for kind in policies.KINDS),
    ):
        assert "sqs" not in json.dumps(policy)


def test_the_arns_are_those_of_the_part_of_aws_that_the_account_is_in(context: Context) -> None:
    chinese = dataclasses.replace(context, launched_by="arn:aws-cn:iam::123456789012:user/alice")
    text = json.dumps(policies.of_operator(chinese, "conductor"))
    assert f"arn:aws-cn:s3:::{BUCKET}" in text
    assert "arn:aws:" not in text


def test_init_and_its_undoing_get_along_with_the_two_policies(notifying: Context, clients: Clients) -> None:
    rights = [policies.of_operator(notifying, who) for who in ("conductor", "init")]
    with enforced(clients, rights):
        for steps in (everything.steps(notifying), everything.steps(notifying)):
            assert [each for each in run(steps, dry_run=False) if each.state is State.FAILED] == []
        undone = list(run(everything.removal(notifying, purge=True), dry_run=False))
    assert {each.state for each in undone} == {State.REMOVED}


def test_who_has_the_daily_policy_only_can_make_no_roles(context: Context, clients: Clients) -> None:
    with enforced(clients, [policies.of_operator(context, "conductor")]):
        outcomes = list(run(everything.steps(context), dry_run=False))
    roles = [each for each in outcomes if each.name.startswith(("role", "instance profile"))]
    assert {each.state for each in roles} == {State.FAILED, State.NOT_TRIED}
    assert clients.iam.list_roles()["Roles"] == []


TO_EC2 = {"iam:PassedToService": "ec2.amazonaws.com"}
INSTANCES = "arn:aws:ec2:us-east-1:123456789012:instance/"
OF_OTHERS = [
    Need("s3:GetObject", "arn:aws:s3:::another/record"),
    Need("s3:PutObject", f"arn:aws:s3:::{BUCKET}-2/record"),
    Need("s3:DeleteBucket", "arn:aws:s3:::another"),
    Need("s3:PutBucketPolicy", f"arn:aws:s3:::{BUCKET}"),
    Need("s3:DeleteObjectVersion", f"arn:aws:s3:::{BUCKET}/record"),
    Need("ec2:TerminateInstances", f"{INSTANCES}i-1"),
    Need("ec2:TerminateInstances", f"{INSTANCES}i-1", {"aws:ResourceTag/puppet-hadoop:bucket": "another"}),
    Need("ec2:RunInstances", f"{INSTANCES}*", {"aws:RequestTag/puppet-hadoop:bucket": "another"}),
    Need("ec2:RunInstances", f"{INSTANCES}*"),
    Need("ec2:CreateTags", f"{INSTANCES}i-1", {}),
    Need("iam:PassRole", "arn:aws:iam::123456789012:role/admin", TO_EC2),
    Need(
        "iam:PassRole",
        f"arn:aws:iam::123456789012:role/puppet-hadoop/{BUCKET}/ca",
        {"iam:PassedToService": "lambda.amazonaws.com"},
    ),
    Need("iam:PutRolePolicy", f"arn:aws:iam::123456789012:role/puppet-hadoop/{BUCKET}/ca"),
    Need("iam:CreateRole", f"arn:aws:iam::123456789012:role/puppet-hadoop/{BUCKET}/ca"),
    Need(
        "iam:CreateServiceLinkedRole",
        "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        {"iam:AWSServiceName": "ecs.amazonaws.com"},
    ),
    Need("sqs:ReceiveMessage", f"arn:aws:sqs:us-east-1:123456789012:puppet-hadoop-{BUCKET}"),
]
OF_OTHERS_BY_INIT = [
    Need("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/admin"),
    Need("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/puppet-hadoop/another/ca"),
    Need("iam:CreateRole", "arn:aws:iam::123456789012:role/admin"),
    Need("iam:DeleteRole", "arn:aws:iam::123456789012:role/admin"),
    Need("iam:AttachRolePolicy", f"arn:aws:iam::123456789012:role/puppet-hadoop/{BUCKET}/ca"),
    Need("iam:DeleteInstanceProfile", "arn:aws:iam::123456789012:instance-profile/admin"),
    Need("ec2:DeleteSecurityGroup", "arn:aws:ec2:us-east-1:123456789012:security-group/sg-1"),
    Need(
        "ec2:AuthorizeSecurityGroupIngress",
        "arn:aws:ec2:us-east-1:123456789012:security-group/sg-1",
        {"aws:ResourceTag/puppet-hadoop:bucket": "another"},
    ),
    Need("s3:PutLifecycleConfiguration", "arn:aws:s3:::another"),
    Need("sqs:DeleteQueue", "arn:aws:sqs:us-east-1:123456789012:another"),
]


@pytest.mark.parametrize("need", OF_OTHERS, ids=lambda need: need.action)
def test_the_daily_policy_gives_nothing_else(notifying: Context, need: Need) -> None:
    assert not permits([policies.of_operator(notifying, "conductor")], need)


@pytest.mark.parametrize("need", OF_OTHERS_BY_INIT, ids=lambda need: need.action)
def test_init_s_policy_gives_nothing_of_others(notifying: Context, need: Need) -> None:
    both = [policies.of_operator(notifying, who) for who in ("conductor", "init")]
    assert not permits(both, need)


@pytest.mark.parametrize("kind", policies.KINDS)
def test_the_ca_s_hosts_alone_hear_the_notices(notifying: Context, kind: str) -> None:
    rights = [policies.of_host(notifying, kind)]
    queue = f"arn:aws:sqs:us-east-1:123456789012:puppet-hadoop-{BUCKET}"
    hears = kind in {"ca", "ca-database", "puppetmaster"}
    assert permits(rights, Need("sqs:ReceiveMessage", queue)) is hears
    assert permits(rights, Need("sqs:DeleteMessage", queue)) is hears
    assert not permits(rights, Need("sqs:SendMessage", queue))
    assert not permits(rights, Need("sqs:ReceiveMessage", queue + "-dl"))


def test_the_daily_policy_is_enough_for_a_cluster_s_life(
    context: Context, clients: Clients, image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(run(everything.steps(context), dry_run=False))
    monkeypatch.setattr(conductor_clients, "connect", lambda *_, **__: clients)
    config = tmp_path / "cluster.yaml"
    spot = "roles: {puppetmaster: {market: spot}}"
    config.write_text(f"s3_bucket_name: {BUCKET}\nami_id: {image}\n{spot}\n")
    packages = repository.make(tmp_path / "repository", {"hadoop_1_all.deb": b"hadoop 1"})
    with enforced(clients, [policies.of_operator(context, "conductor")]) as used:
        for command in (
            ["publish-packages", str(packages)],
            ["puppetmaster"],
            ["list"],
            ["classify", "puppetmaster"],
            ["terminate", "puppetmaster"],
        ):
            assert cli.main(["-c", str(config), *command]) == 0, command
    given = {each.action for each in used}
    assert {"ec2:RunInstances", "ec2:CreateTags", "iam:PassRole", "s3:PutObject"} <= given
    assert "iam:CreateServiceLinkedRole" in given
