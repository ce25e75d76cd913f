"""``init`` where calls fail, parts of the cloud are lacking, and the command is killed."""

from __future__ import annotations

from typing import Any

import pytest

from conductor.clients import Clients
from conductor.context import Context
from conductor.errors import CloudError, NoCredentialsError
from conductor.provision import policies
from conductor.provision.steps import State, check
from tests.cloud.support import BUCKET, failing, refusal
from tests.cloud.test_init import FINE, init, states


def test_what_fails_is_named_and_keeps_the_rest_from_nothing(context: Context, clients: Clients) -> None:
    with failing(clients.s3, "create_bucket", refusal("AccessDenied", "CreateBucket", 403)):
        outcomes = init(context)
    found = states(outcomes)
    assert found[f"s3://{BUCKET}"] is State.FAILED
    assert found[f"s3://{BUCKET}: versions"] is State.NOT_TRIED
    assert found["role ca"] is State.MADE
    with pytest.raises(
        CloudError, match=f"s3://{BUCKET}: making bucket {BUCKET}: said AccessDenied"
    ) as caught:
        check(outcomes, again="init")
    assert "`start_instance.py init` again" in caught.value.advice
    assert State.FAILED not in states(init(context)).values()


def test_a_role_that_iam_does_not_show_yet_is_waited_for(context: Context, clients: Clients) -> None:
    unseen = refusal("NoSuchEntity", "PutRolePolicy", 404)
    with failing(clients.iam, "put_role_policy", unseen, times=3) as calls:
        assert State.FAILED not in states(init(context)).values()
    assert len(calls) == 3 + len(policies.KINDS)


def test_a_cloud_without_a_part_of_it_gets_the_rest(context: Context, clients: Clients) -> None:
    lacking = refusal("NotImplemented", "GetBucketLifecycleConfiguration", 501)
    with failing(clients.s3, "get_bucket_lifecycle_configuration", lacking):
        found = states(init(context))
    assert found.pop(f"s3://{BUCKET}: lifecycle") is State.UNSUPPORTED
    assert set(found.values()) <= {State.MADE, State.THERE}


def test_bad_credentials_end_it_at_once(context: Context, clients: Clients) -> None:
    with (
        failing(clients.s3, "head_bucket", refusal("ExpiredToken", "HeadBucket")),
        pytest.raises(NoCredentialsError),
    ):
        init(context)


def kinds_of_calls(clients: Clients) -> list[tuple[Any, str]]:
    return [
        (clients.s3, "create_bucket"),
        (clients.s3, "put_bucket_versioning"),
        (clients.s3, "put_bucket_lifecycle_configuration"),
        (clients.iam, "create_role"),
        (clients.iam, "put_role_policy"),
        (clients.iam, "create_instance_profile"),
        (clients.iam, "add_role_to_instance_profile"),
        (clients.ec2, "create_security_group"),
        (clients.ec2, "authorize_security_group_ingress"),
    ]


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("number", range(9))
def test_killed_at_any_write_the_next_one_completes_it(
    context: Context, clients: Clients, number: int, after_effect: bool
) -> None:
    client, method = kinds_of_calls(clients)[number]
    killed = SystemExit()
    with failing(client, method, killed, after_effect=after_effect, times=1), pytest.raises(SystemExit):
        init(context)
    assert not {State.FAILED, State.LEFT} & set(states(init(context)).values())
    assert set(states(init(context)).values()) == FINE
