from __future__ import annotations

import base64
import dataclasses
import gzip
import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from botocore.exceptions import ConnectTimeoutError

from conductor import instances, settings
from conductor.clients import Clients
from conductor.context import Context
from conductor.errors import (
    AuthorityError,
    BucketError,
    CloudError,
    InterruptedLaunchError,
    LaunchError,
    LocalError,
    StaleLaunchError,
    UnknownImageError,
    UnreachableError,
    UsageError,
)
from conductor.launching import user_data
from conductor.launching.launch import launch, load_batch
from conductor.launching.preparing import prepare
from conductor.operator_files import batch_secret, write_private
from conductor.record import Batch, Record
from conductor.roles import plan
from tests.cloud.conftest import Clock
from tests.cloud.faults import KilledError
from tests.cloud.support import BUCKET, CA_PEM, failing, refusal

TIMEOUT = ConnectTimeoutError(endpoint_url="https://ec2.test")


def start(context: Context, role: str, count: int | None = None) -> Batch:
    batch = prepare(context, plan(context.settings, role, count=count))
    launch(context, batch)
    return batch


def record(context: Context, certname: str) -> Record:
    body = context.store.get(certname)
    assert body is not None
    return Record.parse(certname, body)


def user_data_of(clients: Clients, instance: instances.Instance) -> dict[str, Any]:
    """The user data as cloud-init on that instance would read it."""
    answer = clients.ec2.describe_instance_attribute(InstanceId=instance.id, Attribute="userData")
    text = base64.b64decode(answer["UserData"]["Value"]).decode()
    header, template = text.split("\n", 1)
    assert header == "## template: jinja"
    index = instance.certname.removeprefix(instance.batch).removeprefix("-") or "0"
    data = {"meta_data": {"ami_launch_index": index, "local_hostname": instance.private_name}}
    rendered = jinja2.Template(template, trim_blocks=True).render(ds=data)
    assert rendered.startswith("#cloud-config\n")
    loaded = yaml.safe_load(rendered)
    assert isinstance(loaded, dict)
    return loaded


def running(context: Context) -> list[instances.Instance]:
    return instances.find(context.clients.ec2, bucket=BUCKET)


@pytest.mark.usefixtures("published_ca")
def test_one_worker_gets_a_record_under_its_batch_s_name_and_an_agent_of_that_name(context: Context) -> None:
    batch = start(context, "worker")
    (instance,) = running(context)
    assert instance.certname == batch.batch
    written = record(context, batch.batch)
    assert set(written.classes) == {"puppet::agent", "login_allowed", "hadoop::worker"}
    assert written.enrolment is not None
    assert written.enrolment.expires == "2026-11-24T07:00:00Z"
    assert written.enrolment.dns_alt_names == []
    config = user_data_of(context.clients, instance)
    agent = config["puppet"]["conf"]["agent"]
    assert config["puppet"]["conf"]["main"]["certname"] == batch.batch
    assert (agent["server"], agent["ca_server"], agent["ca_port"]) == ("pm.internal", "pm.internal", "8141")
    assert config["puppet"]["conf"]["ca_cert"] == CA_PEM
    assert config["runcmd"][-1][-1] == batch.batch


@pytest.mark.usefixtures("published_ca")
def test_three_workers_come_from_one_request_and_each_renders_its_own_name(context: Context) -> None:
    with failing(context.clients.ec2, "run_instances", AssertionError(), times=0) as calls:
        batch = start(context, "worker", 3)
    assert len(calls) == 1
    assert (calls[0]["MinCount"], calls[0]["MaxCount"]) == (3, 3)
    names = [f"{batch.batch}-{index}" for index in range(3)]
    assert sorted(context.store.keys()) == names
    rendered = [
        user_data_of(context.clients, each)["puppet"]["conf"]["main"]["certname"] for each in running(context)
    ]
    assert sorted(rendered) == names


@pytest.mark.usefixtures("published_ca")
def test_the_secret_in_the_user_data_is_the_one_that_the_record_vouches_for(context: Context) -> None:
    batch = start(context, "worker", 2)
    for instance in running(context):
        attributes = user_data_of(context.clients, instance)["puppet"]["csr_attributes"]
        secret = attributes["custom_attributes"]["1.2.840.113549.1.9.7"]
        written = record(context, instance.certname).enrolment
        assert written is not None
        assert hashlib.sha256(secret.encode()).hexdigest() == written.secret_sha256
        assert secret == batch_secret(context.operator.key(), batch.batch)


@pytest.mark.usefixtures("published_ca")
def test_no_object_in_the_bucket_holds_the_secret(context: Context) -> None:
    batch = start(context, "worker")
    secret = batch_secret(context.operator.key(), batch.batch).encode()
    for key in (batch.batch, batch.key):
        assert secret not in (context.store.get(key) or b"")


@pytest.mark.usefixtures("published_ca")
def test_instances_answer_only_imdsv2_within_one_hop_and_carry_the_tags(context: Context) -> None:
    with failing(context.clients.ec2, "run_instances", AssertionError(), times=0) as calls:
        batch = start(context, "worker")
    options = calls[0]["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 1)
    assert "IamInstanceProfile" not in calls[0]
    body = context.clients.ec2.describe_instances()["Reservations"][0]["Instances"][0]
    tags = {tag["Key"]: tag["Value"] for tag in body["Tags"]}
    assert tags["Name"] == tags["puppet-hadoop:role"] == "worker"
    assert tags["ManagedBy"] == "puppet-hadoop"
    assert tags["puppet-hadoop:batch"] == batch.batch


@pytest.mark.usefixtures("published_ca")
def test_batch_and_records_are_written_before_the_instances_are_asked_for(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = prepare(context, plan(context.settings, "worker", count=2))
    seen: list[list[str]] = []
    real = context.clients.ec2.run_instances

    def look(**arguments: Any) -> Any:
        seen.append([*context.store.keys(), *context.store.keys("batches/")])
        return real(**arguments)

    monkeypatch.setattr(context.clients.ec2, "run_instances", look)
    launch(context, batch)
    assert seen == [[f"{batch.batch}-0", f"{batch.batch}-1", batch.key]]


@pytest.mark.usefixtures("published_ca")
def test_a_launched_batch_keeps_no_text_of_the_operator_s(context: Context) -> None:
    changed = context.settings.model_copy(update={"cloud_init": {"chpasswd": {"list": "root:hunter2"}}})
    batch = prepare(context, plan(changed, "worker", count=1))
    assert b"hunter2" in batch.body()
    launch(context, batch)
    assert b"hunter2" not in (context.store.get(batch.key) or b"")
    kept = load_batch(context, batch.batch)
    assert kept is not None
    assert (kept.state, len(kept.instances)) == ("launched", 1)


@pytest.mark.usefixtures("profile", "this_tree")
def test_a_puppetmaster_brings_its_code_and_learns_its_own_name_after_the_launch(context: Context) -> None:
    batch = start(context, "puppetmaster")
    (instance,) = running(context)
    written = record(context, batch.batch)
    assert written.enrolment is not None
    assert written.enrolment.dns_alt_names == [instance.private_name]
    assert written.parameters["data"]["puppet::node_bucket"] == f"s3://{BUCKET}"
    config = user_data_of(context.clients, instance)
    assert config["puppet"]["conf"]["main"]["certname"] == batch.batch
    assert config["puppet"]["conf"]["agent"]["server"] == instance.private_name
    files = {each["path"]: each["content"] for each in config["write_files"]}
    on_host = yaml.safe_load(files["/etc/puppet/record.yaml"])
    assert "enrolment" not in on_host
    assert on_host["classes"] == written.classes
    known = dict(line.split("=", 1) for line in files["/var/lib/puppet-bootstrap/settings"].splitlines())
    archive = context.store.get(f"code/{known['code_sha256']}.tar.gz")
    assert archive is not None
    assert hashlib.sha256(archive).hexdigest() == known["code_sha256"]
    assert "X-Amz-Signature" in known["code_url"]


@pytest.mark.usefixtures("profile")
def test_only_the_puppetmaster_has_an_instance_profile_and_its_bucket_is_made_private(
    context: Context,
) -> None:
    with failing(context.clients.ec2, "run_instances", AssertionError(), times=0) as calls:
        start(context, "puppetmaster")
    assert calls[0]["IamInstanceProfile"] == {"Name": "puppetmaster"}
    block = context.clients.s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert block == dict.fromkeys(block, True)


@pytest.mark.usefixtures("published_ca", "profile")
def test_a_second_puppetmaster_is_refused_while_there_is_a_ca(context: Context) -> None:
    with pytest.raises(UsageError, match="has a CA already"):
        start(context, "puppetmaster")
    assert running(context) == []


@pytest.mark.usefixtures("bucket")
def test_a_worker_without_a_ca_is_told_to_start_a_puppetmaster_first(context: Context) -> None:
    with pytest.raises(AuthorityError, match="no CA yet") as raised:
        start(context, "worker")
    assert "puppetmaster" in raised.value.advice
    assert running(context) == []


def test_a_worker_without_a_bucket_is_refused_and_no_bucket_is_made(context: Context) -> None:
    with pytest.raises(BucketError, match="there is no bucket"):
        start(context, "worker")
    assert context.clients.s3.list_buckets()["Buckets"] == []


@pytest.mark.usefixtures("published_ca")
def test_another_ca_certificate_than_before_is_an_error(context: Context) -> None:
    start(context, "worker")
    context.store.put("ca/ca_crt.pem", CA_PEM.replace("first", "other").encode())
    with pytest.raises(AuthorityError, match="not the CA certificate that was read from there before"):
        start(context, "worker")
    assert len(running(context)) == 1


@pytest.mark.usefixtures("published_ca", "profile")
@pytest.mark.parametrize("role", ["worker", "database"])
def test_a_ca_with_an_intermediate_is_pinned_whole(context: Context, role: str) -> None:
    chain = CA_PEM.replace("first", "leaf") + CA_PEM.replace("first", "root")
    context.store.put("ca/ca_crt.pem", chain.encode())
    start(context, role)
    (instance,) = running(context)
    assert user_data_of(context.clients, instance)["puppet"]["conf"]["ca_cert"] == chain
    context.store.put("ca/ca_crt.pem", chain.replace("root", "evil").encode())
    with pytest.raises(AuthorityError, match="not the CA certificate"):
        start(context, "worker")


@pytest.mark.usefixtures("published_ca")
def test_agent_settings_given_by_hand_win_over_the_bucket(context: Context) -> None:
    mine = CA_PEM.replace("first", "mine")
    agent = {"server": "m.example.com", "ca_cert": mine, "ca_port": 8144, "port": 8150}
    changed = context.settings.model_validate({**context.settings.model_dump(), "agent": agent})
    batch = prepare(Context(**{**vars(context), "settings": changed}), plan(changed, "worker", count=1))
    assert batch.user_data is not None
    assert batch.user_data.agent is not None
    assert batch.user_data.agent.model_dump() == {
        **agent,
        "ca_server": "m.example.com",
        "server_list": [],
    }


@pytest.mark.usefixtures("published_ca")
def test_an_unknown_image_is_told_before_anything_is_written(context: Context) -> None:
    changed = context.settings.model_copy(update={"ami_id": "ami-0badbadbad"})
    with pytest.raises(UnknownImageError, match="ami-0badbadbad"):
        prepare(context, plan(changed, "worker", count=1))
    assert context.store.keys() == context.store.keys("batches/") == []


@pytest.mark.usefixtures("bucket")
def test_a_bucket_of_somebody_else_is_not_ours(context: Context) -> None:
    with (
        failing(context.clients.s3, "head_bucket", refusal("403", "HeadBucket", 403)) as calls,
        pytest.raises(BucketError, match="is not ours"),
    ):
        start(context, "worker")
    assert calls[0]["ExpectedBucketOwner"] == "123456789012"


def test_a_bucket_name_that_somebody_else_has_is_not_ours(context: Context) -> None:
    with (
        failing(context.clients.s3, "create_bucket", refusal("BucketAlreadyExists", "CreateBucket", 409)),
        pytest.raises(BucketError, match="is not ours"),
    ):
        start(context, "puppetmaster")


@pytest.mark.usefixtures("published_ca")
def test_a_refused_launch_takes_its_records_away_again(context: Context) -> None:
    batch = prepare(context, plan(context.settings, "worker", count=3))
    with (
        failing(
            context.clients.ec2, "run_instances", refusal("InsufficientInstanceCapacity", "RunInstances")
        ),
        pytest.raises(
            LaunchError, match=r"3 x worker: said Insuff.*nothing was started, the records were removed"
        ),
    ):
        launch(context, batch)
    assert context.store.keys() == []
    kept = load_batch(context, batch.batch)
    assert kept is not None
    assert kept.state == "rolled-back"


@pytest.mark.usefixtures("published_ca")
def test_records_that_cannot_be_written_stop_the_launch_before_it_costs_money(context: Context) -> None:
    with (
        failing(context.clients.s3, "put_object", refusal("AccessDenied", "PutObject", 403)),
        pytest.raises(CloudError, match="writing s3://"),
    ):
        start(context, "worker", 2)
    assert running(context) == []
    assert context.store.keys() == []


@pytest.mark.usefixtures("published_ca")
def test_a_time_out_after_the_effect_ends_as_a_launch(context: Context) -> None:
    with failing(context.clients.ec2, "run_instances", TIMEOUT, after_effect=True):
        batch = start(context, "worker", 2)
    assert len(running(context)) == 2
    assert len(context.store.keys()) == 2
    kept = load_batch(context, batch.batch)
    assert kept is not None
    assert kept.state == "launched"


@pytest.mark.usefixtures("published_ca")
def test_a_time_out_before_the_effect_leaves_nothing(context: Context) -> None:
    with (
        failing(context.clients.ec2, "run_instances", TIMEOUT),
        pytest.raises(LaunchError, match="nothing was started"),
    ):
        start(context, "worker", 2)
    assert running(context) == []
    assert context.store.keys() == []


@pytest.mark.usefixtures("published_ca")
def test_when_nobody_knows_the_records_stay_and_the_message_names_the_batch(context: Context) -> None:
    batch = prepare(context, plan(context.settings, "worker", count=2))
    with (
        failing(context.clients.ec2, "run_instances", TIMEOUT, after_effect=True),
        failing(context.clients.ec2, "get_paginator", TIMEOUT),
        pytest.raises(UnreachableError, match="nobody knows") as raised,
    ):
        launch(context, batch)
    assert f"resume {batch.batch}" in raised.value.advice
    assert len(context.store.keys()) == 2


@pytest.mark.usefixtures("published_ca")
def test_a_repeated_launch_is_the_same_request_and_leaves_changed_records_alone(context: Context) -> None:
    batch = prepare(context, plan(context.settings, "worker", count=2))
    with failing(context.clients.ec2, "run_instances", KilledError(), times=1) as calls:
        with pytest.raises(KilledError):
            launch(context, batch)
        changed = record(context, batch.certnames[1]).model_copy(update={"environment": "staging"})
        context.store.put(batch.certnames[1], changed.body())
        context.store.delete([batch.certnames[0]])
        begun = load_batch(context, batch.batch)
        assert begun is not None
        launch(context, begun, repeated=True)
    assert calls[0] == calls[1]
    assert calls[0]["ClientToken"] == batch.batch
    assert record(context, batch.certnames[1]).environment == "staging"
    assert record(context, batch.certnames[0]).environment == "production"


@pytest.mark.usefixtures("published_ca")
def test_a_complete_batch_is_not_launched_again(context: Context) -> None:
    batch = start(context, "worker")
    begun = load_batch(context, batch.batch)
    assert begun is not None
    with pytest.raises(LaunchError, match="nothing to start"):
        launch(context, begun, repeated=True)


@pytest.mark.usefixtures("published_ca")
def test_ctrl_c_after_the_effect_lists_what_was_started(context: Context) -> None:
    with (
        failing(context.clients.ec2, "run_instances", KeyboardInterrupt(), after_effect=True),
        pytest.raises(InterruptedLaunchError) as raised,
    ):
        start(context, "worker", 2)
    assert [each.id for each in raised.value.started] == [each.id for each in running(context)]
    assert len(context.store.keys()) == 2


@pytest.mark.parametrize("call", ["put_object", "run_instances"])
@pytest.mark.usefixtures("published_ca")
def test_ctrl_c_before_the_effect_leaves_no_record(context: Context, call: str) -> None:
    client = context.clients.s3 if call == "put_object" else context.clients.ec2
    batch = prepare(context, plan(context.settings, "worker", count=2))
    with failing(client, call, KeyboardInterrupt(), times=1), pytest.raises(InterruptedLaunchError) as raised:
        launch(context, batch)
    assert raised.value.started == running(context) == []
    assert context.store.keys() == []


@pytest.mark.usefixtures("published_ca")
def test_ctrl_c_while_names_are_written_still_completes_the_launch(context: Context) -> None:
    with (
        failing(context.clients.ec2, "get_paginator", KeyboardInterrupt(), times=1),
        pytest.raises(InterruptedLaunchError) as raised,
    ):
        start(context, "worker")
    assert len(raised.value.started) == 1
    kept = load_batch(context, raised.value.started[0].batch)
    assert kept is not None
    assert kept.state == "launched"


@pytest.mark.usefixtures("published_ca")
def test_an_image_by_its_id_gets_the_classes_of_node_and_no_role_s(context: Context, image: str) -> None:
    changed = context.settings.model_validate(
        {"s3_bucket_name": BUCKET, "node": {"classes": ["ntp"], "parameters": {"a": 1}}}
    )
    batch = prepare(context, plan(changed, image, count=None))
    assert batch.record.classes == {"ntp": {}}
    assert batch.record.parameters["a"] == 1
    assert batch.request["ImageId"] == image


@pytest.mark.usefixtures("published_ca")
def test_the_login_key_is_in_the_user_data_and_stays_by_the_record(context: Context) -> None:
    start(context, "worker")
    (instance,) = running(context)
    (key,) = user_data_of(context.clients, instance)["ssh_authorized_keys"]
    assert key == (context.operator.folder / "id_ed25519.pub").read_text().strip()
    assert record(context, instance.certname).parameters["data"]["login_allowed::keys"] == [key]


@pytest.mark.usefixtures("published_ca")
def test_compressed_user_data_arrives_as_the_bytes_that_were_sent(context: Context) -> None:
    changed = context.settings.model_copy(update={"cloud_init": {"final_message": "long text\n" * 2000}})
    launch(context, prepare(context, plan(changed, "worker", count=1)))
    (instance,) = running(context)
    answer = context.clients.ec2.describe_instance_attribute(InstanceId=instance.id, Attribute="userData")
    data = base64.b64decode(answer["UserData"]["Value"])
    assert len(data) <= 16384
    assert b"final_message" in gzip.decompress(data)


# Batch, two records, RunInstances, and the batch again; moto's calls in between have no effect.
CALLS = [("s3", "put_object", number) for number in range(4)] + [("ec2", "run_instances", 0)]


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize(("service", "method", "number"), CALLS)
@pytest.mark.usefixtures("published_ca")
def test_a_launch_killed_at_any_call_is_completed_by_its_repetition(
    context: Context, service: str, method: str, number: int, after_effect: bool
) -> None:
    batch = prepare(context, plan(context.settings, "worker", count=2))
    client = getattr(context.clients, service)
    with (
        failing(client, method, KilledError(), after_effect=after_effect, skip=number, times=1),
        pytest.raises(KilledError),
    ):
        launch(context, batch)
    begun = load_batch(context, batch.batch)
    if begun is None:
        assert running(context) == []
        assert context.store.keys() == []
        return
    if begun.state == "prepared":
        launch(context, begun, repeated=True)
    assert len(running(context)) == 2
    assert sorted(context.store.keys()) == batch.certnames
    complete = load_batch(context, batch.batch)
    assert complete is not None
    assert (complete.state, len(complete.instances)) == ("launched", 2)


@pytest.mark.usefixtures("published_ca")
def test_a_board_gets_the_name_under_which_browsers_find_it(context: Context) -> None:
    (started,) = launch(context, prepare(context, plan(context.settings, "board", count=1)))
    enrolment = record(context, started.certname).enrolment
    assert enrolment is not None
    assert enrolment.dns_alt_names == [started.private_name]


@pytest.mark.usefixtures("profile")
def test_a_puppetmaster_killed_before_its_name_was_written_gets_it_by_the_repetition(
    context: Context,
) -> None:
    batch = prepare(context, plan(context.settings, "puppetmaster", count=1))
    with failing(context.clients.ec2, "get_paginator", KilledError(), times=1), pytest.raises(KilledError):
        launch(context, batch)
    written = record(context, batch.batch).enrolment
    assert written is not None
    assert written.dns_alt_names is None
    begun = load_batch(context, batch.batch)
    assert begun is not None
    (started,) = launch(context, begun, repeated=True)
    written = record(context, batch.batch).enrolment
    assert written is not None
    assert written.dns_alt_names == [started.private_name]


@pytest.mark.usefixtures("profile")
def test_a_second_puppetmaster_is_refused_while_the_first_one_boots(context: Context) -> None:
    start(context, "puppetmaster")
    with pytest.raises(UsageError, match="is to be the CA"):
        start(context, "puppetmaster")
    assert len(running(context)) == 1


@pytest.mark.parametrize("error", [TIMEOUT, KeyboardInterrupt()])
@pytest.mark.usefixtures("published_ca")
def test_instances_that_the_api_shows_only_after_a_while_are_not_taken_for_none(
    context: Context, clock: Clock, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    real = instances.find
    monkeypatch.setattr(
        instances, "find", lambda *args, **kw: real(*args, **kw) if clock.seconds >= 5 else []
    )
    batch = prepare(context, plan(context.settings, "worker", count=2))
    with failing(context.clients.ec2, "run_instances", error, after_effect=True):
        if isinstance(error, KeyboardInterrupt):
            with pytest.raises(InterruptedLaunchError) as raised:
                launch(context, batch)
            assert len(raised.value.started) == 2
        else:
            assert len(launch(context, batch)) == 2
    assert sorted(context.store.keys()) == batch.certnames


@pytest.mark.usefixtures("published_ca")
def test_ctrl_c_lists_what_runs_even_if_the_launch_cannot_be_completed(
    context: Context, said: list[str]
) -> None:
    batch = prepare(context, plan(context.settings, "worker", count=2))
    with (
        failing(context.clients.ec2, "run_instances", KeyboardInterrupt(), after_effect=True),
        failing(context.clients.s3, "put_object", refusal("AccessDenied", "PutObject", 403), skip=3),
        pytest.raises(InterruptedLaunchError) as raised,
    ):
        launch(context, batch)
    assert len(raised.value.started) == 2
    assert any(f"resume {batch.batch}" in line for line in said)


@pytest.mark.usefixtures("profile")
def test_an_instance_profile_that_was_made_just_now_is_waited_for(context: Context, clock: Clock) -> None:
    unknown = refusal("InvalidParameterValue", "RunInstances")
    unknown.response["Error"]["Message"] = (
        "Value (puppetmaster) for parameter iamInstanceProfile.name is invalid. "
        "Invalid IAM Instance Profile name"
    )
    with failing(context.clients.ec2, "run_instances", unknown, times=2):
        start(context, "puppetmaster")
    assert len(running(context)) == 1
    assert 0 < clock.seconds < 20


def cut_short(context: Context, role: str = "worker") -> Batch:
    """A batch whose launch was killed right before RunInstances."""
    batch = prepare(context, plan(context.settings, role, count=1))
    with (
        failing(context.clients.ec2, "run_instances", KilledError()),
        pytest.raises(KilledError),
    ):
        launch(context, batch)
    return batch


@pytest.mark.usefixtures("published_ca")
def test_a_launch_is_not_resumed_after_its_enrolment_has_expired(context: Context) -> None:
    batch = cut_short(context)
    later = dataclasses.replace(context, now=lambda: context.now() + timedelta(hours=1))
    with pytest.raises(LaunchError, match="until 2026-11-24T07:00:00Z") as raised:
        launch(later, batch, repeated=True)
    assert raised.value.advice == "start anew"
    assert running(context) == context.store.keys() == []


def test_a_launch_is_not_resumed_when_its_host_could_not_fetch_its_code_any_more(context: Context) -> None:
    patient = dataclasses.replace(
        context, settings=context.settings.model_copy(update={"enrolment_ttl": 86400})
    )
    batch = cut_short(patient, "puppetmaster")
    later = dataclasses.replace(patient, now=lambda: context.now() + timedelta(hours=1))
    with pytest.raises(StaleLaunchError, match="address of its code is of 2026-11-24T06:00:00Z"):
        launch(later, batch, repeated=True)
    assert running(context) == context.store.keys() == []


@pytest.mark.usefixtures("published_ca")
@pytest.mark.parametrize("code", ["IdempotentInstanceTerminated", "IdempotentParameterMismatch"])
def test_a_launch_whose_token_was_used_before_is_not_resumed(context: Context, code: str) -> None:
    batch = cut_short(context)
    with (
        failing(context.clients.ec2, "run_instances", refusal(code, "RunInstances")),
        pytest.raises(StaleLaunchError),
    ):
        launch(context, batch, repeated=True)
    assert context.store.keys() == []


@pytest.mark.usefixtures("published_ca")
def test_a_launch_is_not_resumed_with_another_operator_s_key(context: Context) -> None:
    batch = cut_short(context)
    write_private(context.operator.key_file, b"a" * 64)
    with pytest.raises(LocalError, match="begun with another operator's key"):
        launch(context, batch, repeated=True)
    assert running(context) == []
    assert context.store.keys() == [batch.batch]


@pytest.mark.usefixtures("published_ca")
def test_what_yaml_alone_can_say_reaches_the_instance_and_is_the_same_when_resumed(
    context: Context, tmp_path: Path, image: str
) -> None:
    path = tmp_path / "start_instance.yaml"
    path.write_text(f"""\
s3_bucket_name: {BUCKET}
ami_id: {image}
cloud_init:
  users: [{{name: a, expiredate: 2032-09-01}}]
  write_files: [{{path: /x, content: !!binary /wD+}}]
  x: {{1: one, 2.5: !!set {{a}}}}
node: {{parameters: {{data: {{ports: &ports {{8020: a}}, more: *ports}}}}}}
""")
    with failing(context.clients.ec2, "run_instances", AssertionError(), times=0) as calls:
        batch = prepare(context, plan(settings.load(path), "worker", count=1))
        launch(context, batch)
        again = Batch.parse("x", batch.body())
        assert again.user_data is not None
        secret = batch_secret(context.operator.key(), batch.batch)
        assert user_data.render(again, again.user_data, secret) == calls[0]["UserData"]
    config = user_data_of(context.clients, running(context)[0])
    assert config["users"][0]["expiredate"] == "2032-09-01"
    assert config["write_files"][0]["content"] == b"\xff\x00\xfe"
    assert config["x"] == {1: "one", 2.5: {"a"}}
    data = record(context, batch.batch).parameters["data"]
    assert data["ports"] == data["more"] == {8020: "a"}
    assert b"&id" not in (context.store.get(batch.batch) or b"")


def test_a_bucket_that_cannot_be_closed_to_the_public_is_not_kept(context: Context) -> None:
    refused = refusal("AccessDenied", "PutPublicAccessBlock", 403)
    with (
        failing(context.clients.s3, "put_public_access_block", refused),
        pytest.raises(CloudError, match="closing s3:"),
    ):
        start(context, "puppetmaster")
    assert context.clients.s3.list_buckets()["Buckets"] == []
