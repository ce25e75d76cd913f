"""Messages to the CA: what is sent and when, and that nothing depends on it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from botocore.exceptions import ConnectTimeoutError
from enrolment.listen import Hint, parse_hint

from conductor import ending, inventory, notify, roles
from conductor.clients import Clients
from conductor.context import Context
from conductor.errors import CloudError, ConfigError, NotFoundError
from conductor.launching.launch import launch
from conductor.launching.preparing import prepare
from conductor.provision import queue
from conductor.provision.steps import Outcome, State, run
from conductor.settings import Settings, load
from tests.cloud.support import BUCKET, failing, refusal

MASTER_URLS = "puppet::master::puppetdb_urls"
NAME = f"puppet-hadoop-{BUCKET}"


def configured(context: Context, **more: Any) -> Context:
    """The same cluster with more in its configuration."""
    data = {"s3_bucket_name": BUCKET, "ami_id": context.settings.ami_id, **more}
    return dataclasses.replace(context, settings=Settings.model_validate(data))


@pytest.fixture
def told(context: Context) -> Context:
    """A cluster whose CA is notified, its queue not made yet."""
    return configured(context, notify=True)


def outcomes(context: Context, *, dry_run: bool = False) -> list[Outcome]:
    return list(run(queue.steps(context), dry_run=dry_run))


@pytest.fixture
def made(told: Context) -> Iterator[Context]:
    assert {each.state for each in outcomes(told)} == {State.MADE}
    yield told


def messages(context: Context, name: str = NAME) -> list[str]:
    sqs = context.clients.sqs
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0).get("Messages", [])
    for each in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return [each["Body"] for each in found]


def hints(context: Context) -> list[Hint | None]:
    """What the CA understands of it."""
    return [parse_hint(body) for body in messages(context)]


def start(context: Context, role: str, count: int = 1) -> list[str]:
    batch = prepare(context, roles.plan(context.settings, role, count=count))
    return [each.certname for each in launch(context, batch)]


@pytest.mark.usefixtures("published_ca")
def test_a_launch_sends_one_message_with_all_its_names(made: Context) -> None:
    names = start(made, "worker", count=3)
    assert hints(made) == [Hint(certnames=frozenset(names))]


@pytest.mark.usefixtures("published_ca", "profile")
def test_a_host_that_serves_is_told_of_when_its_record_has_its_names(
    made: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then its request waits for them: this is whom a message hurries on most."""
    seen: list[Any] = []
    real = notify.written

    def look(context: Context, certnames: Any) -> None:
        body = context.clients.s3.get_object(Bucket=BUCKET, Key=certnames[0])["Body"].read()
        seen.append(yaml.safe_load(body)["enrolment"]["dns_alt_names"])
        real(context, certnames)

    monkeypatch.setattr(notify, "written", look)
    start(configured(made, notify=True, node={"parameters": {"data": {MASTER_URLS: []}}}), "master")
    (names,) = seen
    assert names[0].endswith(".ec2.internal")


@pytest.mark.usefixtures("published_ca")
def test_an_end_sends_one_message_with_all_that_ended(made: Context) -> None:
    names = start(made, "worker", count=2)
    messages(made)
    ending.end(made, inventory.read(made))
    assert hints(made) == [Hint(terminated=frozenset(names))]


@pytest.mark.usefixtures("published_ca")
def test_what_is_told_as_ended_is_marked_in_the_bucket_by_then(
    made: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = start(made, "worker")
    marked: list[list[str]] = []
    monkeypatch.setattr(
        notify, "terminated", lambda context, _names: marked.append(context.store.keys("terminated/"))
    )
    ending.end(made, inventory.read(made))
    assert marked == [[f"terminated/{name}" for name in names]]


@pytest.mark.usefixtures("published_ca")
def test_without_notify_no_queue_is_looked_for(context: Context) -> None:
    with failing(context.clients.sqs, "get_queue_url", AssertionError()) as asked:
        start(context, "worker")
        ending.end(context, inventory.read(context))
    assert asked == []


FAULTS = [
    ("get_queue_url", refusal("AccessDenied", "GetQueueUrl", 403)),
    ("get_queue_url", ConnectTimeoutError(endpoint_url="https://sqs")),
    ("send_message", refusal("AWS.SimpleQueueService.NonExistentQueue", "SendMessage")),
    ("send_message", refusal("ServiceUnavailable", "SendMessage", 503)),
]


@pytest.mark.usefixtures("published_ca")
@pytest.mark.parametrize(("method", "error"), FAULTS)
def test_a_message_that_cannot_be_sent_is_a_warning_and_the_launch_and_the_end_are_done(
    made: Context, said: list[str], method: str, error: Exception
) -> None:
    with failing(made.clients.sqs, method, error):
        (name,) = start(made, "worker")
        ending.end(made, inventory.read(made))
    warnings = [line for line in said if line.startswith("warning: ")]
    assert len(warnings) == 2
    assert all("it finds out at its next look" in line for line in warnings)
    assert inventory.read(made) == []
    assert made.store.keys("terminated/") == [f"terminated/{name}"]


@pytest.mark.usefixtures("published_ca")
def test_a_queue_that_is_not_there_is_told_of_and_a_worker_starts_all_the_same(
    told: Context, said: list[str]
) -> None:
    assert start(told, "worker")
    assert any(f"warning: there is no queue {NAME}" in line and "init" in line for line in said)


def test_the_host_with_the_ca_listens_to_the_queue(made: Context, clients: Clients) -> None:
    url = clients.sqs.get_queue_url(QueueName=NAME)["QueueUrl"]
    assert notify.data_for(made, ["puppet::ca", "puppet::database"]) == {notify.CA_QUEUE: url}
    assert notify.data_for(made, ["puppet::master"]) == {}


def test_the_host_with_the_ca_listens_to_nothing_where_nothing_is_sent(context: Context) -> None:
    assert notify.data_for(context, ["puppet::ca"]) == {}


@pytest.mark.usefixtures("bucket", "profile")
def test_the_ca_is_not_started_deaf(told: Context) -> None:
    with pytest.raises(NotFoundError, match=f"no queue {NAME}") as raised:
        start(told, "puppetmaster")
    assert "start_instance.py init" in raised.value.advice
    assert inventory.read(told) == []


@pytest.mark.usefixtures("bucket", "profile")
def test_the_queue_stands_in_the_record_of_the_host_with_the_ca(made: Context) -> None:
    (name,) = start(made, "puppetmaster")
    record = yaml.safe_load(made.clients.s3.get_object(Bucket=BUCKET, Key=name)["Body"].read())
    assert record["parameters"]["data"][notify.CA_QUEUE].endswith(f"/{NAME}")


def test_many_names_are_as_many_messages_as_the_ca_takes(made: Context) -> None:
    names = [f"node-{number}" for number in range(2 * notify.MOST + 1)]
    notify.written(made, names)
    told = hints(made)
    assert len(told) == 3
    assert {name for hint in told if hint for name in hint.certnames} == set(names)


def test_a_queue_is_reached_where_the_conductor_reaches_sqs(made: Context) -> None:
    answer = {"QueueUrl": "http://10.0.0.1:9324/123456789012/q"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made.clients.sqs, "get_queue_url", lambda **_: answer)
        assert notify.queue_url(made) == "https://sqs.us-east-1.amazonaws.com/123456789012/q"


@pytest.mark.parametrize(
    ("bucket", "value", "name"),
    [
        ("nodes", True, "puppet-hadoop-nodes"),
        ("my.nodes", True, "puppet-hadoop-my_nodes"),
        ("nodes", "own_queue", "own_queue"),
        ("nodes", False, None),
    ],
)
def test_the_queues_name_is_the_buckets_unless_it_is_given(bucket: str, value: Any, name: str | None) -> None:
    assert notify.queue_name(Settings(s3_bucket_name=bucket, notify=value)) == name


def test_the_longest_names_of_buckets_and_queues_are_good_for_both_queues() -> None:
    longest = notify.queue_name(Settings(s3_bucket_name="b" * 63, notify=True)) or ""
    assert len(longest + queue.DEAD) <= 80
    with pytest.raises(ValueError, match="pattern"):
        Settings(s3_bucket_name="nodes", notify="q" * 78)


def test_init_says_what_it_would_make_and_makes_nothing(told: Context) -> None:
    assert [each.state for each in outcomes(told, dry_run=True)] == [State.TO_MAKE] * 2
    assert "QueueUrls" not in told.clients.sqs.list_queues()


def test_init_makes_both_queues_once_and_finds_them_after(made: Context) -> None:
    assert [each.state for each in outcomes(made)] == [State.THERE] * 2


def test_init_puts_right_what_was_changed_in_a_queue(made: Context) -> None:
    sqs = made.clients.sqs
    url = sqs.get_queue_url(QueueName=NAME)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
    changed = [each for each in outcomes(made) if each.state is not State.THERE]
    assert [(each.name, each.state) for each in changed] == [(NAME, State.CHANGED)]
    assert "VisibilityTimeout" in changed[0].detail
    assert [each.state for each in outcomes(made)] == [State.THERE] * 2


def test_a_message_that_nobody_can_act_on_is_put_aside(made: Context) -> None:
    sqs = made.clients.sqs
    notify.written(made, ["node-1"])
    url = sqs.get_queue_url(QueueName=NAME)["QueueUrl"]
    for _ in range(queue.TRIES + 1):
        received = sqs.receive_message(QueueUrl=url, VisibilityTimeout=0, WaitTimeSeconds=0)
    assert "Messages" not in received
    assert messages(made, NAME + queue.DEAD) == [json.dumps({"certnames": ["node-1"]})]


def test_the_queues_refuse_who_comes_without_tls(made: Context) -> None:
    sqs = made.clients.sqs
    for name in (NAME, NAME + queue.DEAD):
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        (statement,) = json.loads(found["Policy"])["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert found["SqsManagedSseEnabled"] == "true"


def test_init_takes_the_queues_away_again_and_says_so_once(made: Context) -> None:
    assert [each.state for each in run(queue.removal(made), dry_run=False)] == [State.REMOVED] * 2
    assert "QueueUrls" not in made.clients.sqs.list_queues()
    assert [each.state for each in run(queue.removal(made), dry_run=False)] == [State.ABSENT] * 2


def test_where_nobody_is_notified_init_has_nothing_to_do_with_queues(context: Context) -> None:
    assert queue.steps(context) == queue.removal(context) == []


def test_a_refused_call_says_what_was_being_done(told: Context) -> None:
    with (
        failing(told.clients.sqs, "get_queue_url", refusal("AccessDenied", "GetQueueUrl", 403)),
        pytest.raises(CloudError, match=f"looking for queue {NAME}"),
    ):
        notify.queue_url(told)


def test_a_cloud_without_queues_cannot_be_told_to_use_them(tmp_path: Any) -> None:
    path = tmp_path / "start_instance.yaml"
    path.write_text("s3_bucket_name: nodes\ncloud: eucalyptus\nnotify: true\n")
    with pytest.raises(ConfigError, match=r"start_instance.yaml:3: notify: .*no queues"):
        load(path)
