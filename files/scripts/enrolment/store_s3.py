"""A store in an S3 bucket, through boto3: endpoint, CA bundle, region and credentials as AWS's own variables,
files and the instance's role give them."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from .errors import StoreError, StoreUnavailableError
from .store import (
    MAX_LISTED,
    MAX_OBJECT,
    PIECE,
    UNCHANGED,
    Listing,
    Stored,
    Unchanged,
    Write,
    check_key,
    check_prefix,
)

_HINTS = {
    "AccessDenied": " (the role needs GetObject, and ListBucket too, or absent objects read as 403)",
    "ExpiredToken": " (temporary credentials have expired)",
    "NoSuchBucket": " (there is no such bucket: is its name right?)",
    "RequestTimeTooSkewed": " (this host's clock is wrong)",
}


class S3Store:
    """Objects of one bucket under s3://BUCKET."""

    def __init__(self, url: str, *, timeout: float, client: Any = None) -> None:
        """``timeout`` in seconds, for connecting and for each read; ``client`` is boto3's, for tests."""
        parts = urlsplit(url)
        if parts.scheme != "s3" or not parts.netloc or parts.path.strip("/") or parts.query or parts.fragment:
            raise StoreError(f"{url!r}: a bucket's URL is s3://BUCKET")
        self.url = url.rstrip("/")
        self._bucket = parts.netloc
        try:
            self._client: Any = client or session().client(
                "s3",
                config=Config(
                    connect_timeout=timeout,
                    read_timeout=timeout,
                    max_pool_connections=32,
                    retries={"total_max_attempts": 2, "mode": "standard"},
                ),
            )
        except (BotoCoreError, ValueError) as error:
            raise StoreUnavailableError(f"{self.url}: {error}") from error

    def get(self, key: str) -> Stored | None:
        """See Store."""
        answer = self._get_object(key, {})
        if answer is UNCHANGED:
            raise StoreUnavailableError(f"{self.url}/{key}: 304 in answer to an unconditional request")
        return answer

    def get_if_changed(self, key: str, etag: str) -> Stored | Unchanged | None:
        """See Store."""
        return self._get_object(key, {"IfNoneMatch": etag})

    def download(self, key: str, write: Write) -> bool:
        """See Store."""
        check_key(key)
        try:
            pieces = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].iter_chunks(PIECE)
        except (ClientError, BotoCoreError) as error:
            if isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") == "NoSuchKey":
                return False
            raise self._unavailable(key, error) from error
        while piece := self._next(key, pieces):
            write(piece)
        return True

    def put(self, key: str, body: bytes, content_type: str = "application/octet-stream") -> str:
        """See Store."""
        check_key(key)
        try:
            answer = self._client.put_object(
                Bucket=self._bucket, Key=key, Body=body, ContentType=content_type
            )
        except (ClientError, BotoCoreError) as error:
            raise self._unavailable(key, error) from error
        return str(answer["ETag"])

    def delete(self, key: str) -> None:
        """See Store."""
        check_key(key)
        try:
            self._client.delete_object(Bucket=self._bucket, Key=key)
        except (ClientError, BotoCoreError) as error:
            raise self._unavailable(key, error) from error

    def list_keys(self, prefix: str = "") -> Listing:
        """See Store."""
        check_prefix(prefix)
        keys: list[str] = []
        prefixes: list[str] = []
        try:
            for page in self._pages(prefix):
                keys += (entry["Key"] for entry in page.get("Contents", ()) if entry["Key"] != prefix)
                prefixes += (entry["Prefix"] for entry in page.get("CommonPrefixes", ()))
                if len(keys) + len(prefixes) > MAX_LISTED:
                    raise StoreError(f"{self.url}/{prefix}: more than {MAX_LISTED} objects")
        except (ClientError, BotoCoreError) as error:
            raise self._unavailable(prefix, error) from error
        return Listing(tuple(keys), tuple(prefixes))

    def _pages(self, prefix: str) -> Iterator[Any]:
        arguments = {"Bucket": self._bucket, "Prefix": prefix, "Delimiter": "/"}
        for page in self._client.get_paginator("list_objects_v2").paginate(**arguments):
            if page.get("IsTruncated") and not page.get("NextContinuationToken"):
                # An old server, which knows no listing of version 2: this would be the last page.
                yield from self._client.get_paginator("list_objects").paginate(**arguments)
                return
            yield page

    def _get_object(self, key: str, conditions: dict[str, Any]) -> Stored | Unchanged | None:
        check_key(key)
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key, **conditions)
            if int(answer["ContentLength"]) > MAX_OBJECT:
                answer["Body"].close()
                raise StoreError(f"{self.url}/{key}: larger than {MAX_OBJECT} bytes")
            body: bytes = answer["Body"].read()  # botocore raises if the length is not what was announced
            return Stored(body, str(answer["ETag"]))
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "NoSuchKey":
                return None
            if code in ("304", "NotModified"):
                return UNCHANGED
            raise self._unavailable(key, error) from error
        except (BotoCoreError, KeyError, OSError) as error:
            raise self._unavailable(key, error) from error

    def _next(self, key: str, pieces: Iterator[bytes]) -> bytes:
        try:
            return next(pieces, b"")
        except (BotoCoreError, OSError) as error:
            raise self._unavailable(key, error) from error

    def _unavailable(self, key: str, error: Exception) -> StoreUnavailableError:
        where = f"{self.url}/{key}"
        if isinstance(error, ClientError):
            code = str(error.response.get("Error", {}).get("Code", "?"))
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "?")
            return StoreUnavailableError(f"{where}: HTTP {status} {code}{_HINTS.get(code, '')}")
        if isinstance(error, NoCredentialsError):
            return StoreUnavailableError(
                f"{where}: no AWS credentials (environment, ~/.aws, or the instance's role)"
            )
        return StoreUnavailableError(f"{where}: {error}")


def session() -> boto3.session.Session:
    """boto3's, but for the instance's metadata service: asked once, for a second, a busy host has no role."""
    session = botocore.session.get_session()
    session.set_config_variable("metadata_service_timeout", 2)
    session.set_config_variable("metadata_service_num_attempts", 4)
    return boto3.session.Session(botocore_session=session)
