"""The bucket: the one source of truth about which nodes may exist."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from conductor.clients import Clients, api_errors, error_code
from conductor.errors import BucketError, NotConditionalError

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import PublicAccessBlockConfigurationTypeDef

ABSENT = {"404", "NoSuchKey", "NotFound"}
NO_BUCKET = {"404", "NoSuchBucket", "NotFound"}
FOREIGN = {"403", "AccessDenied", "BucketAlreadyExists"}
UNSUPPORTED = {"NotImplemented", "MethodNotAllowed", "405", "501"}
# Of conditional writes: somebody else was there first.
LOST = {"PreconditionFailed", "ConditionalRequestConflict", "409", "412"}
PARALLEL = 16
FEW = 2  # for which threads are not worth it
CLOSED: PublicAccessBlockConfigurationTypeDef = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


@dataclass(frozen=True)
class Store:
    """A bucket that belongs to the account ``owner`` (None: not checked, the cloud has no STS)."""

    clients: Clients
    bucket: str
    owner: str | None = None

    def exists(self) -> bool:
        """Whether the bucket is there. Raises BucketError if it is somebody else's."""
        with api_errors(f"looking for bucket {self.bucket}"):
            try:
                if self.owner:
                    self.clients.s3.head_bucket(Bucket=self.bucket, ExpectedBucketOwner=self.owner)
                else:
                    self.clients.s3.head_bucket(Bucket=self.bucket)
            except boto.ClientError as error:
                if error_code(error) in NO_BUCKET:
                    return False
                if error_code(error) in FOREIGN:
                    raise self._foreign() from error
                raise
        return True

    def create(self) -> None:
        """Make the bucket, private. Raises BucketError if the name is taken by somebody else."""
        s3 = self.clients.s3
        region = s3.meta.region_name
        with api_errors(f"making bucket {self.bucket}"):
            try:
                if region == "us-east-1":  # the one region that must not be named
                    s3.create_bucket(Bucket=self.bucket)
                else:
                    s3.create_bucket(
                        Bucket=self.bucket,
                        CreateBucketConfiguration={"LocationConstraint": region},  # type: ignore[typeddict-item]
                    )
            except boto.ClientError as error:
                if error_code(error) == "BucketAlreadyExists":
                    raise self._foreign() from error
                if error_code(error) != "BucketAlreadyOwnedByYou":
                    raise
            try:
                self.close_to_the_public()
            except BaseException:  # a bucket that was there would be taken as it is by the next launch
                with suppress(boto.ClientError):  # the first refusal is what the operator must hear of
                    s3.delete_bucket(Bucket=self.bucket)
                raise

    def close_to_the_public(self) -> None:
        """Nobody gets in without credentials, whatever is written into policies or lists later."""
        with api_errors(f"closing {self.url()} to the public"):
            try:
                self.clients.s3.put_public_access_block(
                    Bucket=self.bucket, PublicAccessBlockConfiguration=CLOSED
                )
            except boto.ClientError as error:
                if error_code(error) not in UNSUPPORTED:  # such clouds make private buckets anyway
                    raise

    def get(self, key: str) -> bytes | None:
        """An object's content, or None if there is none."""
        with api_errors(f"reading {self.url(key)}"):
            try:
                return self.clients.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
            except boto.ClientError as error:
                if error_code(error) in ABSENT:
                    return None
                raise

    def has(self, key: str) -> bool:
        with api_errors(f"looking for {self.url(key)}"):
            try:
                self.clients.s3.head_object(Bucket=self.bucket, Key=key)
            except boto.ClientError as error:
                if error_code(error) in ABSENT:
                    return False
                raise
        return True

    def put(self, key: str, body: bytes) -> None:
        with api_errors(f"writing {self.url(key)}"):
            self.clients.s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def look(self, key: str) -> tuple[bytes, str] | None:
        """An object's content and tag, or None if there is none, or no bucket either."""
        with api_errors(f"reading {self.url(key)}"):
            try:
                answer = self.clients.s3.get_object(Bucket=self.bucket, Key=key)
                return answer["Body"].read(), answer["ETag"]
            except boto.ClientError as error:
                if error_code(error) in ABSENT | NO_BUCKET:
                    return None
                raise

    def put_if(self, key: str, body: bytes, *, tag: str | None) -> str | None:
        """Write an object if it still has this tag, or (None) is not there; None: it was not so, nothing is
        written. Raises NotConditionalError: this cloud does not know such writes."""
        with api_errors(f"writing {self.url(key)}"):
            try:
                if tag is None:
                    answer = self.clients.s3.put_object(
                        Bucket=self.bucket, Key=key, Body=body, IfNoneMatch="*"
                    )
                else:
                    answer = self.clients.s3.put_object(Bucket=self.bucket, Key=key, Body=body, IfMatch=tag)
            except boto.ClientError as error:
                if error_code(error) in LOST | ABSENT:  # absent: what had the tag is gone
                    return None
                if error_code(error) in UNSUPPORTED:
                    raise NotConditionalError(f"{self.url()} has no conditional writes") from error
                raise
            except boto.ParamValidationError as error:  # an older boto3
                raise NotConditionalError(f"this boto3 has no conditional writes: {error}") from error
        return answer["ETag"]

    def put_file(self, key: str, path: Path, *, md5: str) -> str:
        """Write a file of any size, which must be what ``md5`` (base64) says; returns the object's tag."""
        with api_errors(f"writing {self.url(key)}"), path.open("rb") as file:
            answer = self.clients.s3.put_object(Bucket=self.bucket, Key=key, Body=file, ContentMD5=md5)
        return answer["ETag"].strip('"')

    def put_all(self, objects: dict[str, bytes]) -> None:
        """Write several, at once; raises the first failure after all have been tried."""
        with ThreadPoolExecutor(PARALLEL) as pool:
            done = [pool.submit(self.put, key, body) for key, body in objects.items()]
        for each in done:
            each.result()

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects, many at once; one that is absent is no error."""

        def remove(key: str) -> None:
            with api_errors(f"removing {self.url(key)}"):
                self.clients.s3.delete_object(Bucket=self.bucket, Key=key)

        names = list(keys)
        if len(names) <= FEW:
            for key in names:
                remove(key)
            return
        with ThreadPoolExecutor(PARALLEL) as pool:
            done = [pool.submit(remove, key) for key in names]
        for each in done:
            each.result()

    def keys(self, prefix: str = "") -> list[str]:
        """Keys right under ``prefix``, without those in "folders" below it."""
        found: list[str] = []
        with api_errors(f"listing {self.url(prefix)}"):
            pages = self.clients.s3.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=prefix, Delimiter="/"):
                found += [item["Key"] for item in page.get("Contents", [])]
        return found

    def tags(self, prefix: str) -> dict[str, str]:
        """All keys that begin with ``prefix``, each with the tag of what it holds."""
        found: dict[str, str] = {}
        with api_errors(f"listing {self.url(prefix)}"):
            for page in self.clients.s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=prefix
            ):
                found |= {item["Key"]: item["ETag"].strip('"') for item in page.get("Contents", [])}
        return found

    def get_all(self, keys: Iterable[str]) -> dict[str, bytes]:
        """The content of several objects, read at once; those that are absent are left out."""
        names = list(keys)
        with ThreadPoolExecutor(PARALLEL) as pool:
            bodies = list(pool.map(self.get, names))
        return {name: body for name, body in zip(names, bodies, strict=True) if body is not None}

    def presigned(self, key: str, *, seconds: int) -> str:
        """An address at which anybody may read one object for a while."""
        with api_errors(f"signing an address for {self.url(key)}"):
            return self.clients.s3.generate_presigned_url(
                "get_object", Params={"Bucket": self.bucket, "Key": key}, ExpiresIn=seconds
            )

    def url(self, key: str = "") -> str:
        return f"s3://{self.bucket}/{key}" if key else f"s3://{self.bucket}"

    def _foreign(self) -> BucketError:
        return BucketError(
            f"bucket {self.bucket} is not ours: it is another account's, or closed to these credentials",
            advice="choose another s3_bucket_name (names are shared by all of AWS), or other credentials",
        )
