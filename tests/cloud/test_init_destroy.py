"""``init --destroy``, and the command line of ``init``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conductor import cli
from conductor import clients as conductor_clients
from conductor.clients import Clients
from conductor.context import Context
from conductor.errors import UsageError
from conductor.provision import emptying, everything, policies
from conductor.provision.steps import Outcome, State, run
from conductor.record import TERMINATED
from tests.cloud.support import BUCKET, failing, refusal
from tests.cloud.test_init import init, states


def destroy(context: Context, *, purge: bool = False, dry_run: bool = False) -> list[Outcome]:
    return list(run(everything.removal(context, purge=purge), dry_run=dry_run))


def left(clients: Clients) -> list[str]:
    """What is there of a cluster, apart from the bucket."""
    groups = clients.ec2.describe_security_groups()["SecurityGroups"]
    return [
        *(each["RoleName"] for each in clients.iam.list_roles()["Roles"]),
        *(each["InstanceProfileName"] for each in clients.iam.list_instance_profiles()["InstanceProfiles"]),
        *(each["GroupName"] for each in groups if each["GroupName"] != "default"),
    ]


def buckets(clients: Clients) -> list[str]:
    return [each["Name"] for each in clients.s3.list_buckets()["Buckets"]]


def test_it_takes_away_what_init_has_made_but_for_the_bucket(context: Context, clients: Clients) -> None:
    init(context)
    found = states(destroy(context))
    assert found.pop(f"s3://{BUCKET}") is State.LEFT
    assert set(found.values()) == {State.REMOVED}
    assert left(clients) == []
    assert buckets(clients) == [BUCKET]


def test_with_purge_the_bucket_goes_with_every_version_in_it(context: Context, clients: Clients) -> None:
    init(context)
    for body in (b"one", b"two"):
        context.store.put("code/a.tar.gz", body)
        context.store.put("node", body)
    context.store.put(f"{TERMINATED}node", b"")
    context.store.delete(["node"])
    context.operator.pin(BUCKET, "-----BEGIN CERTIFICATE-----")
    assert states(destroy(context, purge=True))[f"s3://{BUCKET}"] is State.REMOVED
    assert buckets(clients) == []
    assert context.operator.pins() == {}


def test_it_may_be_repeated(context: Context) -> None:
    init(context)
    destroy(context, purge=True)
    assert set(states(destroy(context, purge=True)).values()) == {State.ABSENT}


def test_a_dry_run_takes_nothing_away(context: Context, clients: Clients) -> None:
    init(context)
    before = left(clients)
    assert set(states(destroy(context, purge=True, dry_run=True)).values()) == {State.TO_REMOVE}
    assert left(clients) == before
    assert buckets(clients) == [BUCKET]


def test_a_cluster_that_lives_keeps_what_it_needs(context: Context, clients: Clients, image: str) -> None:
    init(context)
    tags: Any = [
        {"Key": "ManagedBy", "Value": "puppet-hadoop"},
        {"Key": "puppet-hadoop:bucket", "Value": BUCKET},
        {"Key": "puppet-hadoop:role", "Value": "worker"},
    ]
    clients.ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, TagSpecifications=[{"ResourceType": "instance", "Tags": tags}]
    )
    with pytest.raises(UsageError, match="lives: worker i-") as caught:
        destroy(context)
    assert "start_instance.py down" in caught.value.advice
    assert "ca" in left(clients)


def test_records_keep_it_too(context: Context, clients: Clients) -> None:
    init(context)
    context.store.put("some-node", b"")
    with pytest.raises(UsageError, match="records of nodes: some-node"):
        destroy(context, purge=True)
    assert "ca" in left(clients)


def test_a_bucket_with_others_objects_is_not_purged_and_the_rest_goes(
    context: Context, clients: Clients
) -> None:
    init(context)
    context.store.put("photos/cat.jpg", b"")
    found = {each.name: each for each in destroy(context, purge=True)}
    assert found[f"s3://{BUCKET}"].state is State.FAILED
    assert "photos/cat.jpg" in found[f"s3://{BUCKET}"].detail
    assert left(clients) == []
    assert context.store.has("photos/cat.jpg")


def test_roles_of_others_stay(context: Context, clients: Clients) -> None:
    clients.iam.create_role(RoleName="database", AssumeRolePolicyDocument="{}")
    clients.iam.create_role(RoleName="theirs", Path="/puppet-hadoop/another/", AssumeRolePolicyDocument="{}")
    init(context)
    destroy(context, purge=True)
    assert sorted(left(clients)) == ["database", "theirs"]


def test_a_role_that_was_given_more_goes_all_the_same(context: Context, clients: Clients) -> None:
    init(context)
    document = json.dumps(policies.of_host(context, "ca"))
    arn = clients.iam.create_policy(PolicyName="more", PolicyDocument=document)["Policy"]["Arn"]
    clients.iam.attach_role_policy(RoleName="ca", PolicyArn=arn)
    clients.iam.put_role_policy(RoleName="ca", PolicyName="yet-more", PolicyDocument=document)
    destroy(context)
    assert left(clients) == []


def test_a_group_that_is_in_use_is_named_and_the_same_command_goes_on(
    context: Context, clients: Clients
) -> None:
    init(context)
    in_use = refusal("DependencyViolation", "DeleteSecurityGroup")
    with failing(clients.ec2, "delete_security_group", in_use):
        failed = [each for each in destroy(context) if each.state is State.FAILED]
    assert [each.name for each in failed] == [f"security group puppet-hadoop-{BUCKET}-cluster"]
    assert "DependencyViolation" in failed[0].detail
    assert State.FAILED not in states(destroy(context)).values()
    assert left(clients) == []


def test_more_than_a_thousand_objects_go_in_several_calls(
    context: Context, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emptying, "AT_ONCE", 2)
    init(context)
    for number in range(5):
        context.store.put(f"code/{number}", b"")
    with failing(clients.s3, "delete_objects", RuntimeError(), times=0) as calls:
        destroy(context, purge=True)
    assert len(calls) == 3
    assert buckets(clients) == []


@pytest.fixture
def config(tmp_path: Path, image: str, api: Clients, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(conductor_clients, "connect", lambda *_, **__: api)
    path = tmp_path / "cluster.yaml"
    path.write_text(f"s3_bucket_name: {BUCKET}\nami_id: {image}\n")
    return ["-c", str(path)]


def test_the_command_tells_each_thing_and_how_it_stands(
    config: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*config, "init", "-o", "json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows[f"s3://{BUCKET}"]["state"] == "made"
    assert rows["role puppetmaster: rights"]["detail"].startswith("conductor/policies/puppetmaster.json")
    assert cli.main([*config, "init"]) == 0
    assert "role puppetmaster" in capsys.readouterr().out


def test_a_failure_is_exit_code_1_and_what_was_done_is_told(
    config: list[str], clients: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    with failing(clients.iam, "create_role", refusal("AccessDenied", "CreateRole", 403)):
        assert cli.main([*config, "init"]) == 1
    out, err = capsys.readouterr()
    assert f"s3://{BUCKET}" in out
    assert "making role" in err


def test_the_policy_is_printed_and_nothing_made(
    config: list[str], clients: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, action in (([], "ec2:RunInstances"), (["init"], "iam:CreateRole")):
        assert cli.main([*config, "init", "--policy", *arguments]) == 0
        assert action in json.dumps(json.loads(capsys.readouterr().out))
    assert buckets(clients) == []


def test_destroy_asks_first_and_where_it_cannot_wants_yes(
    config: list[str], clients: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*config, "init"]) == 0
    assert cli.main([*config, "init", "--destroy"]) == UsageError.exit_code
    assert "--yes" in capsys.readouterr().err
    assert "ca" in left(clients)
    assert cli.main([*config, "init", "--destroy", "--purge", "--yes"]) == 0
    assert left(clients) == []
    assert buckets(clients) == []


@pytest.mark.parametrize("option", ["--purge", "--yes"])
def test_options_of_destroy_alone_do_nothing(config: list[str], option: str) -> None:
    assert cli.main([*config, "init", option]) == UsageError.exit_code
