"""moto as a cloud of some years ago: what Eucalyptus or UEC do not know is refused, and noted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from conductor.clients import Clients
from tests.cloud.faults import Answer, watched
from tests.cloud.support import refusal

ABSENT = {"sts", "iam", "sqs"}
UNKNOWN_OPERATIONS = {"ListObjectsV2"}
UNKNOWN_WORDS = ("PublicAccessBlock", "Encryption")
UNKNOWN_PARAMETERS = {
    "BucketKeyEnabled",
    "ExpectedBucketOwner",
    "IamInstanceProfile",
    "IfMatch",
    "IfNoneMatch",
    "InstanceMarketOptions",
    "Latest",
    "MetadataOptions",
    "TagSpecifications",
}


@contextmanager
def old_cloud(clients: Clients) -> Iterator[list[str]]:
    """Gives what was refused, as it comes."""
    refused: list[str] = []

    def step(service: str, operation: str, parameters: dict[str, Any], answer: Answer) -> Any:
        if strange := unknown(service, operation, parameters):
            refused.append(strange)
            raise refusal("InvalidAction", operation)
        return answer()

    with watched(clients, step):
        yield refused


def unknown(service: str, operation: str, parameters: dict[str, Any]) -> str:
    """What such a cloud does not know of a call."""
    name = f"{service}:{operation}"
    if service in ABSENT or operation in UNKNOWN_OPERATIONS:
        return name
    if any(word in operation for word in UNKNOWN_WORDS):
        return name
    if strange := UNKNOWN_PARAMETERS & set(parameters):
        return f"{name} {', '.join(sorted(strange))}"
    if operation.startswith("Describe") and "tag:" in str(parameters.get("Filters", "")):
        return f"{name} by tag"
    if "'Encrypted'" in str(parameters.get("BlockDeviceMappings", "")):
        return f"{name} Encrypted"
    return ""
