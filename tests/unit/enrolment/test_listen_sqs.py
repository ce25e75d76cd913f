"""The listener's queue of SQS: moto's for what it does, botocore's stubs for what goes wrong."""

import boto3
import pytest
import yaml
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from enrolment.check_csr_cli import main
from enrolment.errors import ConfigError, StoreUnavailableError
from enrolment.listen_sqs import WAIT, SqsQueue, _client
from moto import mock_aws

URL = "https://sqs.us-east-1.amazonaws.com/123456789012/queue"


@pytest.fixture(autouse=True)
def _aws(monkeypatch, tmp_path):
    for name in (
        "AWS_PROFILE",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_SQS",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


def test_a_message_is_received_until_it_is_removed():
    with mock_aws():
        sqs = boto3.client("sqs", region_name="us-east-1")
        url = sqs.create_queue(QueueName="queue", Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
        assert url == URL
        queue = SqsQueue(url)
        sqs.send_message(QueueUrl=url, MessageBody="one")
        assert [each.body for each in queue.receive()] == ["one"]
        (again,) = queue.receive()
        queue.delete(again)
        count = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert count["ApproximateNumberOfMessages"] == "0"


@pytest.mark.parametrize(
    ("url", "region"),
    [
        (URL, "us-east-1"),
        ("https://sqs.eu-west-1.amazonaws.com/123456789012/queue", "eu-west-1"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/queue", "cn-north-1"),
        ("https://queues.example.com:8443/123456789012/queue", "us-east-1"),
    ],
)
def test_the_queues_url_says_where_it_is(url, region):
    meta = SqsQueue(url)._client.meta
    assert meta.endpoint_url == url.removesuffix("/123456789012/queue")
    assert meta.region_name == region


def test_it_waits_for_messages_as_long_as_sqs_lets_it_and_longer_for_the_answer():
    class Client:
        def receive_message(self, **arguments):
            self.arguments = arguments
            return {}

    client = Client()
    assert SqsQueue(URL, client=client).receive() == []
    assert client.arguments == {"QueueUrl": URL, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 20}
    assert _client("https://sqs.us-east-1.amazonaws.com", "")._client_config.read_timeout > WAIT


@pytest.mark.parametrize(
    "url",
    [
        "",
        "queue",
        "http://sqs.us-east-1.amazonaws.com/123456789012/queue",
        "https://sqs.us-east-1.amazonaws.com/queue",
        "https://sqs.us-east-1.amazonaws.com/123456789012/queue?x",
        "https://sqs.us-east-1.amazonaws.com/123456789012/a/b",
        f"{URL}\n",
    ],
)
def test_what_is_no_queues_url_is_a_mistake_of_configuration(url):
    with pytest.raises(ConfigError, match="a queue's URL is"):
        SqsQueue(url)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ClientError({"Error": {"Code": "AccessDenied"}}, "x"), "the role needs sqs:ReceiveMessage"),
        (
            ClientError({"Error": {"Code": "AWS.SimpleQueueService.NonExistentQueue"}}, "x"),
            "start_instance.py init",
        ),
        (ClientError({}, "x"), r"\?"),
        (NoCredentialsError(), "no AWS credentials"),
        (EndpointConnectionError(endpoint_url="https://sqs"), "Could not connect"),
        (KeyError("Body"), "Body"),
    ],
)
def test_a_fault_is_no_answer_and_says_what_to_look_at(error, told):
    class Broken:
        def receive_message(self, **_):
            raise error

    with pytest.raises(StoreUnavailableError, match=told) as raised:
        SqsQueue(URL, client=Broken()).receive()
    assert str(raised.value).startswith(URL)


def test_the_command_ends_at_a_queue_that_is_none_so_that_it_is_read_anew(config, tmp_path):
    path = tmp_path / "ca.yaml"
    settings = {"cadir": config.cadir, "user": "", "node_bucket": config.node_bucket}
    path.write_text(yaml.safe_dump(settings))
    assert main(["--listen", "--queue", "nonsense", "--config", str(path)]) == 2
