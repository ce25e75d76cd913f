"""A queue of SQS, through boto3: credentials as AWS's own files and the instance's role give them."""

import re
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from .errors import ConfigError, StoreUnavailableError
from .listen import Message
from .store_s3 import session

WAIT = 20  # seconds, SQS' longest
SPARE = 10  # seconds beyond that until an answer must be there
MOST = 10  # messages, SQS' most in one answer
# The form in Puppet: Puppet::Queue_url.
QUEUE_URL = re.compile(r"(https://([A-Za-z0-9.-]+)(?::[0-9]{1,5})?)/[0-9]{12}/[A-Za-z0-9_-]{1,80}", re.ASCII)
AWS_HOST = re.compile(r"sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")

_HINTS = {
    "AccessDenied": " (the role needs sqs:ReceiveMessage and sqs:DeleteMessage on it)",
    "AccessDeniedException": " (the role needs sqs:ReceiveMessage and sqs:DeleteMessage on it)",
    "AWS.SimpleQueueService.NonExistentQueue": " (`start_instance.py init` makes it)",
    "QueueDoesNotExist": " (`start_instance.py init` makes it)",
}


class SqsQueue:
    """The queue at https://sqs.REGION.amazonaws.com/ACCOUNT/NAME."""

    def __init__(self, url: str, *, client: Any = None) -> None:
        """``client`` is boto3's, for tests."""
        found = QUEUE_URL.fullmatch(url)
        if found is None:
            raise ConfigError(f"{url!r}: a queue's URL is https://sqs.REGION.amazonaws.com/ACCOUNT/NAME")
        self.url = url
        try:
            self._client: Any = client or _client(found[1], found[2])
        except (BotoCoreError, ValueError) as error:
            raise StoreUnavailableError(f"{self.url}: {error}") from error

    def receive(self) -> list[Message]:
        """See Queue."""
        try:
            answer = self._client.receive_message(
                QueueUrl=self.url, MaxNumberOfMessages=MOST, WaitTimeSeconds=WAIT
            )
            return [Message(each["Body"], each["ReceiptHandle"]) for each in answer.get("Messages", ())]
        except (ClientError, BotoCoreError, KeyError) as error:
            raise self._unavailable(error) from error

    def delete(self, message: Message) -> None:
        """See Queue."""
        try:
            self._client.delete_message(QueueUrl=self.url, ReceiptHandle=message.receipt)
        except (ClientError, BotoCoreError) as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> StoreUnavailableError:
        if isinstance(error, ClientError):
            code = str(error.response.get("Error", {}).get("Code", "?"))
            return StoreUnavailableError(f"{self.url}: {code}{_HINTS.get(code, '')}")
        if isinstance(error, NoCredentialsError):
            return StoreUnavailableError(f"{self.url}: no AWS credentials (~/.aws, or the instance's role)")
        return StoreUnavailableError(f"{self.url}: {error}")


def _client(endpoint: str, host: str) -> Any:
    """The queue's URL says where it is: an instance has no region of its own in any file."""
    in_aws = AWS_HOST.fullmatch(host)
    made = session()
    return made.client(
        "sqs",
        endpoint_url=endpoint,
        region_name=in_aws[1] if in_aws else made.region_name or "us-east-1",
        config=Config(
            connect_timeout=5,
            read_timeout=WAIT + SPARE,
            retries={"total_max_attempts": 2, "mode": "standard"},
        ),
    )
