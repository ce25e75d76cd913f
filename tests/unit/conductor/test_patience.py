"""Throttling: botocore's own machinery with answers of ours, and a clock that does not wait."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from conductor import clients
from conductor.clients import Clients
from conductor.errors import ThrottledError
from conductor.patience import DEADLINE, LONGEST_PAUSE, Patience

REFUSED = "<Response><Errors><Error><Code>{}</Code><Message>slower</Message></Error></Errors></Response>"
S3_REFUSED = "<Error><Code>{}</Code><Message>slower</Message></Error>"
NONE = "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>"


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.pauses.append(seconds)


class Raw(io.BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield self.read()


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Clients:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    # botocore's own pauses, where it would make any.
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    return clients.connect()


def answers(client: Any, *bodies: tuple[int, str]) -> list[Any]:
    """The client gets these, the last again and again, and no network; gives the requests."""
    requests: list[Any] = []

    def answer(request: Any, **_: Any) -> AWSResponse:
        status, body = bodies[min(len(requests), len(bodies) - 1)]
        requests.append(request)
        return AWSResponse(request.url, status, {"content-type": "text/xml"}, Raw(body.encode()))

    client.meta.events.register("before-send", answer)
    return requests


def patient(api: Clients) -> tuple[Clock, list[str]]:
    clock, said = Clock(), list[str]()
    Patience(said.append, clock.sleep, lambda: clock.seconds, share=lambda: 1.0).attach(api)
    return clock, said


@pytest.mark.parametrize("code", sorted(clients.THROTTLED))
def test_each_way_of_throttling_is_waited_out_with_pauses_that_grow_and_told_once(
    api: Clients, code: str
) -> None:
    clock, said = patient(api)
    requests = answers(api.ec2, *[(503, REFUSED.format(code))] * 8, (200, NONE))
    api.ec2.describe_instances()
    assert len(requests) == 9
    assert clock.pauses == [1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    assert said == [f"the cloud has DescribeInstances wait ({code}): asking more slowly, up to 300 s a call"]


def test_pages_are_waited_for_too(api: Clients) -> None:
    clock, _ = patient(api)
    answers(api.ec2, *[(503, REFUSED.format("RequestLimitExceeded"))] * 5, (200, NONE))
    assert len(list(api.ec2.get_paginator("describe_instances").paginate())) == 1
    assert len(clock.pauses) == 5


def test_it_gives_up_at_the_deadline(api: Clients) -> None:
    clock, _ = patient(api)
    answers(api.s3, (503, S3_REFUSED.format("SlowDown")))
    with pytest.raises(ThrottledError, match="SlowDown"), clients.api_errors("writing"):
        api.s3.put_object(Bucket="our-cluster", Key="k", Body=b"")
    assert DEADLINE - LONGEST_PAUSE < clock.seconds <= DEADLINE


def test_a_launch_that_waited_is_the_same_launch(api: Clients) -> None:
    patient(api)
    body = "<RunInstancesResponse><instancesSet/></RunInstancesResponse>"
    requests = answers(api.ec2, *[(503, REFUSED.format("RequestLimitExceeded"))] * 5, (200, body))
    api.ec2.run_instances(ImageId="ami-1", MinCount=1, MaxCount=1)  # boto3 makes up a token of its own
    assert len({request.body for request in requests}) == 1
    assert "ClientToken=" in requests[0].body


def test_other_errors_are_left_to_boto3(api: Clients) -> None:
    clock, said = patient(api)
    requests = answers(api.ec2, (400, REFUSED.format("InvalidParameterValue")))
    with pytest.raises(Exception, match="InvalidParameterValue"):
        api.ec2.describe_instances()
    assert (len(requests), clock.pauses, said) == (1, [], [])
