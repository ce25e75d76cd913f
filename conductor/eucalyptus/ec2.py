"""EC2 as such clouds have it: no tags at a launch, no metadata options, no profiles, no spot instances."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from botocore import exceptions as boto

from conductor.clients import error_code
from conductor.eucalyptus import tagging
from conductor.eucalyptus.absent import refusal
from conductor.instances import GONE

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_s3 import S3Client

NO_ROOM = "InsufficientInstanceCapacity"  # as AWS says it
NO_ROOM_CODES = {"FinishedNotEnoughResources", "InsufficientResources", "NotEnoughResourcesException"}
NO_ROOM_TEXT = "not enough resources"
BY_TAG = "tag:"
PROFILE = (
    "warning: this cloud has no instance profiles (cloud: eucalyptus): {} is left out, and the hosts must "
    "reach the bucket in another way (docs/conductor.md, Eucalyptus)"
)


class Ec2:
    """boto3's client but for what differs.

    An instance has its tags only some time after its launch, and without an end if the conductor is killed in
    between. So instances are not asked for by tag: all are listed, and one without tags is known by its
    ClientToken, which is the name of its batch in the bucket.
    """

    def __init__(self, inner: EC2Client, s3: S3Client, say: Callable[[str], None]) -> None:
        self._inner = inner
        self._known = tagging.Known(s3)
        self._say = say
        self._told: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def run_instances(self, **request: Any) -> Any:
        """Start them, then tag them. That they have no tags yet is no failure: they are known without."""
        _refuse_unknown(request)
        request.pop("MetadataOptions", None)
        profile = request.pop("IamInstanceProfile", None)
        if profile:
            self._tell(PROFILE.format(profile.get("Name") or profile.get("Arn")))
        specifications = request.pop("TagSpecifications", [])
        try:
            answer = self._inner.run_instances(**request)
        except boto.ClientError as error:
            raise _in_aws_words(error) from error
        for each in specifications:
            self._tag(_resources(answer["Instances"], each["ResourceType"]), each["Tags"])
        return answer

    def create_security_group(self, **request: Any) -> Any:
        specifications = request.pop("TagSpecifications", [])
        answer = self._inner.create_security_group(**request)
        for each in specifications:
            self._inner.create_tags(Resources=[answer["GroupId"]], Tags=each["Tags"])
        return answer

    def get_console_output(self, **request: Any) -> Any:
        request.pop("Latest", None)
        return self._inner.get_console_output(**request)

    def describe_instances(self, **request: Any) -> Any:
        reservations = [
            reservation for page in self._pages(**request) for reservation in page["Reservations"]
        ]
        return {"Reservations": reservations}

    def get_paginator(self, operation: str) -> Any:
        if operation == "describe_instances":
            return Pages(self._pages)
        if operation == "describe_volumes":
            return Pages(self._pages_of_volumes)
        return self._inner.get_paginator(operation)  # type: ignore[call-overload]

    def _pages(self, **request: Any) -> Iterator[Any]:
        tags, others = _split(request)
        for page in self._inner.get_paginator("describe_instances").paginate(**others):
            yield {**page, "Reservations": [self._filtered(each, tags) for each in page["Reservations"]]}

    def _pages_of_volumes(self, **request: Any) -> Iterator[Any]:
        tags, others = _split(request)
        for page in self._inner.get_paginator("describe_volumes").paginate(**others):
            yield {**page, "Volumes": [each for each in page["Volumes"] if _has(each, tags)]}

    def _filtered(self, reservation: Any, tags: dict[str, list[str]]) -> Any:
        found = [self._with_tags(each, tags) for each in reservation["Instances"]]
        return {**reservation, "Instances": [each for each in found if _has(each, tags)]}

    def _with_tags(self, instance: Any, wanted: dict[str, list[str]]) -> Any:
        missing = self._known.missing(instance, wanted.get(tagging.BUCKET, []))
        if not missing:
            return instance
        # Asked for one launch: that is going on with it.
        if tagging.BATCH in wanted and instance["State"]["Name"] not in GONE:
            for kind in ("instance", "volume"):
                self._tag(_resources([instance], kind), missing)
        return {**instance, "Tags": [*instance.get("Tags", []), *missing]}

    def _tag(self, resources: Sequence[str], tags: Sequence[Any]) -> None:
        if not resources:
            return
        try:
            self._inner.create_tags(Resources=list(resources), Tags=list(tags))
        except (boto.ClientError, boto.BotoCoreError) as error:
            self._tell(f"warning: instances without tags for now, known by their batch: {error}")

    def _tell(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            self._say(line)


class Pages:
    """What a paginator is used for."""

    def __init__(self, pages: Callable[..., Iterator[Any]]) -> None:
        self._pages = pages

    def paginate(self, **request: Any) -> Iterator[Any]:
        return self._pages(**request)


def _refuse_unknown(request: dict[str, Any]) -> None:
    """What the operator asked for and cannot have is not passed over in silence."""
    if "InstanceMarketOptions" in request:
        raise refusal("RunInstances", "spot instances (market: spot)")
    volumes = [each.get("Ebs", {}) for each in request.get("BlockDeviceMappings", [])]
    if any(each.get("Encrypted") for each in volumes):
        raise refusal("RunInstances", "encrypted volumes (encrypted: true)")
    if volumes:
        request["BlockDeviceMappings"] = [_plain(each) for each in request["BlockDeviceMappings"]]


def _plain(volume: dict[str, Any]) -> dict[str, Any]:
    """One that is not encrypted, without saying so."""
    ebs = {key: value for key, value in volume.get("Ebs", {}).items() if key != "Encrypted"}
    return {**volume, "Ebs": ebs} if "Ebs" in volume else volume


def _in_aws_words(error: boto.ClientError) -> boto.ClientError:
    """That there is no room is said in many ways; who then asks for fewer knows AWS' one."""
    text = error.response.get("Error", {}).get("Message", "")
    if error_code(error) not in NO_ROOM_CODES and NO_ROOM_TEXT not in text.lower():
        return error
    response: Any = {**error.response, "Error": {"Code": NO_ROOM, "Message": text}}
    return boto.ClientError(response, error.operation_name)


def _resources(started: Sequence[Any], kind: str) -> list[str]:
    if kind == "instance":
        return [each["InstanceId"] for each in started]
    volumes = [volume for each in started for volume in each.get("BlockDeviceMappings", [])]
    return [each["Ebs"]["VolumeId"] for each in volumes if each.get("Ebs", {}).get("VolumeId")]


def _split(request: dict[str, Any]) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """The tags that are asked for, and the request without them."""
    filters = request.get("Filters", [])
    tags = {
        each["Name"][len(BY_TAG) :]: each["Values"] for each in filters if each["Name"].startswith(BY_TAG)
    }
    rest = {name: value for name, value in request.items() if name != "Filters"}
    if others := [each for each in filters if not each["Name"].startswith(BY_TAG)]:
        rest["Filters"] = others
    return tags, rest


def _has(thing: Any, wanted: dict[str, list[str]]) -> bool:
    tags = {each["Key"]: each["Value"] for each in thing.get("Tags", [])}
    return all(tags.get(key) in values for key, values in wanted.items())
