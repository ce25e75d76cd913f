"""S3 as such clouds have it: no listing of version 2, no public access block, no conditional writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from conductor.eucalyptus.absent import refusal

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# Of version 2's parameters, what version 1 has, by its name there.
LISTING = {"Bucket": "Bucket", "Delimiter": "Delimiter", "Prefix": "Prefix", "StartAfter": "Marker"}
# An old server passes over an option that it does not know, and makes, lists or removes the bucket itself.
UNKNOWN = {
    "delete_public_access_block": "public access block",
    "get_public_access_block": "public access block",
    "put_public_access_block": "public access block",
    "delete_bucket_encryption": "default encryption",
    "get_bucket_encryption": "default encryption",
    "put_bucket_encryption": "default encryption",
}


class S3:
    """boto3's client but for what differs."""

    def __init__(self, inner: S3Client) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        if name in UNKNOWN:

            def refuse(**_: object) -> NoReturn:
                raise refusal(name, UNKNOWN[name])

            return refuse
        return getattr(self._inner, name)

    def put_object(self, **request: Any) -> Any:
        """A condition would be passed over in silence, and two writers both believe that they were first."""
        if {"IfMatch", "IfNoneMatch"} & set(request):
            raise refusal("PutObject", "conditional writes")
        return self._inner.put_object(**request)

    def get_paginator(self, operation: str) -> Any:
        if operation == "list_objects_v2":
            return Pages(self._inner)
        return self._inner.get_paginator(operation)  # type: ignore[call-overload]


class Pages:
    """Listings of version 1, whose pages hold the same."""

    def __init__(self, inner: S3Client) -> None:
        self._pages = inner.get_paginator("list_objects")

    def paginate(self, **request: Any) -> Iterator[Any]:
        known = {LISTING[name]: value for name, value in request.items() if name in LISTING}
        return iter(self._pages.paginate(**known))
