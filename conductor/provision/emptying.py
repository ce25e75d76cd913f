"""Taking the bucket away, with all that the conductor has put there, but not with anybody else's objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conductor import packages
from conductor.clients import api_errors
from conductor.context import Context
from conductor.errors import CloudError, UnsupportedError, UsageError
from conductor.provision.steps import Finding, State, Step
from conductor.record import BATCHES, STATUS, TERMINATED

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

PREFIXES = (BATCHES, STATUS, TERMINATED, packages.PREFIX, "ca/", "cluster/", "code/", "locks/")
AT_ONCE = 1000  # objects in one DeleteObjects
SHOWN = 5


def removal(context: Context, *, purge: bool) -> list[Step]:
    """The bucket, if that is asked for."""
    url = context.store.url()

    def look() -> Finding:
        if not context.store.exists():
            return Finding(State.ABSENT)
        if not purge:
            return Finding(State.LEFT, "--purge takes it away too, with packages and all versions")
        refuse_others(context)
        return Finding(State.REMOVED, "with all versions of its objects", lambda: _remove(context))

    return [Step("bucket", url, look)]


def refuse_others(context: Context) -> None:
    """Raises UsageError if there is what the conductor has not put there."""
    others = [key for key in context.store.tags("") if not key.startswith(PREFIXES)]
    if others:
        names = ", ".join(others[:SHOWN]) + (", ..." if len(others) > SHOWN else "")
        raise UsageError(
            f"{context.store.url()} holds what the conductor has not put there, or records: {names}",
            advice="take that away yourself if it is not needed, then again",
        )


def _remove(context: Context) -> None:
    s3, bucket = context.clients.s3, context.store.bucket
    doomed = list(_versions(context))
    for first in range(0, len(doomed), AT_ONCE):
        some = doomed[first : first + AT_ONCE]
        with api_errors(f"emptying {context.store.url()}"):
            answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": some, "Quiet": True})
        for error in answer.get("Errors", []):
            raise CloudError(
                f"{context.store.url(error.get('Key', ''))} was not removed: "
                f"{error.get('Message', '')} ({error.get('Code', '')})"
            )
    with api_errors(f"removing {context.store.url()}"):
        s3.delete_bucket(Bucket=bucket)
    context.operator.unpin(bucket)


def _versions(context: Context) -> Iterator[ObjectIdentifierTypeDef]:
    """Every version and every mark of a removal; on clouds without versions, the objects."""
    s3, bucket = context.clients.s3, context.store.bucket
    try:
        with api_errors(f"listing the versions in {context.store.url()}"):
            for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
                for each in (*page.get("Versions", []), *page.get("DeleteMarkers", [])):
                    yield {"Key": each["Key"], "VersionId": each["VersionId"]}
    except UnsupportedError:
        for key in context.store.tags(""):
            yield {"Key": key}
