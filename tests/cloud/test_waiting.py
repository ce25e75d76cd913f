"""--wait against instances of moto and status objects as the database's host writes them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from botocore.exceptions import ConnectTimeoutError

from conductor import instances
from conductor.context import Context
from conductor.errors import WaitError
from conductor.instances import Instance
from conductor.launching.launch import launch
from conductor.launching.preparing import prepare
from conductor.launching.waiting import APPLIED, BOOTING, ENROLLED, SET_UP, Progress, wait_for
from conductor.roles import plan, role_classes
from conductor.settings import Wait
from tests.cloud.conftest import Clock
from tests.cloud.support import BUCKET, CA_PEM, failing, refusal

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

Seen = list[tuple[str, ...]]


@pytest.fixture
def workers(context: Context, published_ca: None) -> list[Instance]:
    return launch(context, prepare(context, plan(context.settings, "worker", count=2)))


@pytest.fixture
def seen() -> Seen:
    """Stages of the nodes at each look, repetitions left out."""
    return []


def wait(context: Context, started: list[Instance], seen: Seen, *, role: str = "worker") -> None:
    def report(nodes: object, elapsed: float) -> None:
        assert isinstance(nodes, list)
        stages = tuple(each.stage for each in nodes if isinstance(each, Progress))
        if stages not in seen[-1:]:
            seen.append(stages)

    wait_for(context, started, report, classes=role_classes()[role])


def writes(
    context: Context, node: Instance, run: str | None = None, enrolled: bool = True
) -> Callable[[], None]:
    """Writes the status of a node when called."""
    body = {
        "certname": node.certname,
        "enrolled": "2026-11-24T06:03:00Z" if enrolled else None,
        "last_run": {"status": run, "at": "2026-11-24T06:04:00Z", "noop": False} if run else None,
        "health": "ok",
        "updated": "2026-11-24T06:04:00Z",
    }
    return lambda: context.store.put(f"status/{node.certname}", json.dumps(body).encode())


def test_it_ends_when_all_have_applied_their_first_catalog(
    context: Context, workers: list[Instance], clock: Clock, seen: Seen
) -> None:
    one, two = workers
    clock.at_sleep = [
        writes(context, one),
        writes(context, one, "changed"),
        writes(context, two),
        writes(context, two, "unchanged"),
    ]
    wait(context, workers, seen)
    assert seen == [
        (BOOTING, BOOTING),
        (ENROLLED, BOOTING),
        (APPLIED, BOOTING),
        (APPLIED, ENROLLED),
        (APPLIED, APPLIED),
    ]


def test_a_failed_first_run_ends_it_with_the_node_and_where_to_look(
    context: Context, workers: list[Instance], clock: Clock, seen: Seen
) -> None:
    clock.at_sleep = [writes(context, workers[1], "failed")]
    with pytest.raises(WaitError, match="first Puppet run had failures") as raised:
        wait(context, workers, seen)
    assert workers[1].private_name in raised.value.message
    assert workers[0].id not in raised.value.message
    assert f"check_csr --explain {workers[1].certname}" in raised.value.advice


def test_an_instance_that_ends_meanwhile_ends_it(
    context: Context, workers: list[Instance], clock: Clock, seen: Seen
) -> None:
    clock.at_sleep = [lambda: instances.terminate(context.clients.ec2, [workers[0].id])]
    with pytest.raises(WaitError, match="the instance is terminated"):
        wait(context, workers, seen)
    assert clock.seconds < 10


def test_the_deadline_ends_it_and_says_how_far_each_came(
    context: Context, workers: list[Instance], clock: Clock, seen: Seen
) -> None:
    clock.at_sleep = [writes(context, workers[0], "changed"), writes(context, workers[1])]
    slowly = context.settings.model_copy(update={"wait": Wait(interval=100)})
    with pytest.raises(WaitError, match="still 'enrolled, first run under way' after 1200 s") as raised:
        wait(dataclasses.replace(context, settings=slowly), workers, seen)
    assert workers[0].id not in raised.value.message
    assert 1200 <= clock.seconds <= 1300


def test_a_failed_bootstrap_is_read_from_the_console(
    context: Context, workers: list[Instance], clock: Clock, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "[   12.3] cloud-init: puppet-bootstrap: FAILED: exit 6 while applying\nlogin: "
    monkeypatch.setattr(context.clients.ec2, "get_console_output", lambda **_: {"Output": text})
    with pytest.raises(WaitError, match="FAILED: exit 6 while applying"):
        wait(context, workers, seen)
    assert clock.seconds < 60


def test_the_console_is_told_up_to_the_failure_with_puppet_s_errors(
    context: Context, workers: list[Instance], seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n".join(
        [
            "Error: Package[apache2] could not be installed",
            *(f"Warning: skipped {number}" for number in range(40)),
            "puppet-bootstrap: FAILED: exit 6 while applying",
            *(f"|   .o{number}  |" for number in range(40)),  # ssh-keygen's art
        ]
    )
    monkeypatch.setattr(context.clients.ec2, "get_console_output", lambda **_: {"Output": text})
    with pytest.raises(WaitError) as raised:
        wait(context, workers[:1], seen)
    told = [line for line in raised.value.message.splitlines() if "console |" in line]
    assert told[0].endswith("Error: Package[apache2] could not be installed")
    assert told[-1].endswith("puppet-bootstrap: FAILED: exit 6 while applying")
    assert len(told) == 16


def test_the_console_is_read_as_it_is_now_or_as_the_cloud_has_it(context: Context) -> None:
    asked: list[dict[str, object]] = []

    def old_instance_type(**arguments: object) -> dict[str, str]:
        asked.append(arguments)
        if "Latest" in arguments:
            raise refusal("UnsupportedOperation", "GetConsoleOutput")
        return {"Output": "text"}

    ec2 = cast("EC2Client", SimpleNamespace(get_console_output=old_instance_type))
    assert instances.console(ec2, "i-1") == "text"
    assert asked == [{"InstanceId": "i-1", "Latest": True}, {"InstanceId": "i-1"}]


def test_an_instance_that_one_answer_leaves_out_has_not_ended(
    context: Context, workers: list[Instance], clock: Clock, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in workers:
        writes(context, each, "changed")()
    monkeypatch.setattr(instances, "find", lambda *_, **__: workers[:1])
    wait(context, workers, seen)
    assert seen == [(APPLIED, APPLIED)]


def test_an_api_that_does_not_answer_for_a_while_does_not_end_it(
    context: Context, workers: list[Instance], clock: Clock, seen: Seen, said: list[str]
) -> None:
    for each in workers:
        writes(context, each, "changed")()
    silent = ConnectTimeoutError(endpoint_url="https://s3.test")
    with failing(context.clients.s3, "get_object", silent, times=2):
        wait(context, workers, seen)
    assert seen == [(APPLIED, APPLIED)]
    assert any("does not answer" in line for line in said)


def test_a_status_that_cannot_be_read_for_a_while_does_not_end_it(
    context: Context, workers: list[Instance], clock: Clock, seen: Seen, said: list[str]
) -> None:
    context.store.put(f"status/{workers[0].certname}", b"half of")
    clock.at_sleep = [writes(context, each, "changed") for each in workers]
    wait(context, workers, seen)
    assert seen[-1] == (APPLIED, APPLIED)
    assert any("not a status" in line for line in said)


@pytest.mark.usefixtures("profile")
def test_a_puppetmaster_is_ready_only_when_its_ca_is_published(
    context: Context, clock: Clock, seen: Seen
) -> None:
    (node,) = launch(context, prepare(context, plan(context.settings, "puppetmaster", count=1)))
    names = json.dumps({"server": node.private_name, "ca_server": node.private_name}).encode()
    clock.at_sleep = [
        writes(context, node, "changed"),
        lambda: context.store.put("ca/ca_crt.pem", CA_PEM.encode()),
        lambda: context.store.put("ca/server", names),
    ]
    wait(context, [node], seen, role="puppetmaster")
    assert clock.seconds == 15
    assert list(context.operator.pins()) == [BUCKET]


DONE = "Notice: Applied catalog\n[  90.1] cloud-init: puppet-bootstrap: done: a-name is set up\nlogin: "


def shows(monkeypatch: pytest.MonkeyPatch, context: Context, text: str) -> None:
    monkeypatch.setattr(context.clients.ec2, "get_console_output", lambda **_: {"Output": text})


@pytest.mark.parametrize("role", ["ca-database", "ca"])
@pytest.mark.usefixtures("profile")
def test_a_ca_before_any_master_is_ready_when_its_bootstrap_says_so_and_it_is_published(
    context: Context, clock: Clock, seen: Seen, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    (node,) = launch(context, prepare(context, plan(context.settings, role, count=1)))
    names = json.dumps({"ca_server": node.private_name, "ca_port": 8141}).encode()
    shows(monkeypatch, context, "puppet-bootstrap: applying manifests/puppetmaster.pp")
    clock.at_sleep = [
        lambda: None,
        lambda: None,
        lambda: None,
        lambda: shows(monkeypatch, context, DONE),
        lambda: None,
        lambda: None,
        lambda: context.store.put("ca/ca_crt.pem", CA_PEM.encode()),
        lambda: context.store.put("ca/server", names),
    ]
    wait(context, [node], seen, role=role)
    assert seen == [(BOOTING,), (SET_UP,)]
    assert clock.seconds == 40


@pytest.mark.usefixtures("published_ca", "profile")
def test_a_database_before_any_master_is_ready_when_its_bootstrap_says_so(
    context: Context, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    (node,) = launch(context, prepare(context, plan(context.settings, "database", count=1)))
    shows(monkeypatch, context, DONE)
    wait(context, [node], seen, role="database")
    assert seen == [(BOOTING,), (SET_UP,)]


@pytest.mark.usefixtures("published_ca", "profile")
def test_a_master_is_not_ready_before_its_first_catalog(
    context: Context, clock: Clock, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch(context, prepare(context, plan(context.settings, "database", count=1)))
    (node,) = launch(context, prepare(context, plan(context.settings, "master", count=1)))
    shows(monkeypatch, context, DONE)
    clock.at_sleep = [*[lambda: None] * 9, writes(context, node, "changed")]
    wait(context, [node], seen, role="master")
    assert seen == [(BOOTING,), (APPLIED,)]
    assert clock.seconds == 50


@pytest.mark.usefixtures("published_ca", "profile")
def test_a_database_that_finds_masters_is_not_ready_before_its_first_catalog(
    context: Context, clock: Clock, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lost,) = launch(context, prepare(context, plan(context.settings, "database", count=1)))
    launch(context, prepare(context, plan(context.settings, "master", count=1)))
    instances.terminate(context.clients.ec2, [lost.id])
    (node,) = launch(context, prepare(context, plan(context.settings, "database", count=1)))
    shows(monkeypatch, context, DONE)
    clock.at_sleep = [*[lambda: None] * 9, writes(context, node, "changed")]
    wait(context, [node], seen, role="database")
    assert clock.seconds == 50


@pytest.mark.usefixtures("profile")
def test_a_ca_whose_bootstrap_failed_is_not_ready(
    context: Context, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    (node,) = launch(context, prepare(context, plan(context.settings, "ca", count=1)))
    shows(monkeypatch, context, "puppet-bootstrap: FAILED: exit 6 while applying")
    with pytest.raises(WaitError, match="exit 6 while applying"):
        wait(context, [node], seen, role="ca")


def test_waiting_for_the_ca_ends_when_it_is_published(context: Context, bucket: str, clock: Clock) -> None:
    def publish() -> None:
        context.store.put("ca/ca_crt.pem", CA_PEM.encode())
        context.store.put("ca/server", b'{"server": "pm.internal", "ca_server": "pm.internal"}')

    clock.at_sleep = [lambda: None, publish]
    batch = prepare(context, plan(context.settings, "worker", count=1), wait=True)
    assert batch.user_data is not None
    assert batch.user_data.agent is not None
    assert batch.user_data.agent.ca_server == "pm.internal"
