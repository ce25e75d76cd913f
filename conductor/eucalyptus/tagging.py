"""The tags that an instance is to have, from its ClientToken and the batch of that name in the bucket."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore import exceptions as boto

from conductor import instances
from conductor.clients import error_code
from conductor.errors import RecordError
from conductor.record import BATCHES, Batch
from conductor.store import ABSENT, NO_BUCKET

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import TagTypeDef
    from mypy_boto3_s3 import S3Client

BUCKET = instances.TAG_BUCKET
BATCH = instances.TAG_BATCH
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Known:
    """What the buckets say of launches, read once."""

    def __init__(self, s3: S3Client) -> None:
        self._s3 = s3
        self._tags: dict[tuple[str, str], dict[str, str]] = {}

    def missing(self, instance: Any, buckets: Sequence[str]) -> list[TagTypeDef]:
        """The tags that an instance of these buckets' clusters lacks; none: it has them, or is another's."""
        present = {each["Key"] for each in instance.get("Tags", [])}
        token = instance.get("ClientToken") or ""
        if BATCH in present or not UUID.fullmatch(token):
            return []
        for bucket in buckets:
            if tags := self._of(bucket, token):
                return [{"Key": key, "Value": value} for key, value in tags.items() if key not in present]
        return []

    def _of(self, bucket: str, token: str) -> dict[str, str]:
        if (bucket, token) not in self._tags:
            found = self._read(bucket, token)
            if not found:  # it may be written yet: of this instance's or another's launch
                return {}
            self._tags[bucket, token] = found
        return self._tags[bucket, token]

    def _read(self, bucket: str, token: str) -> dict[str, str]:
        key = BATCHES + token
        try:
            body = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except boto.ClientError as error:
            if error_code(error) in ABSENT | NO_BUCKET:
                return {}
            raise
        try:
            batch = Batch.parse(key, body)
        except RecordError:  # ours all the same, and costs money
            least = {BATCH: token, BUCKET: bucket, "ManagedBy": instances.MANAGED_BY}
            return {"Name": "unknown", **least}
        return instances.tags(batch, bucket=bucket, more=batch.request.get("Tags", {}))
