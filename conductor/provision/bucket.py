"""The bucket: private, encrypted, versioned, and forgetful of what was superseded."""

from __future__ import annotations

from typing import Any

from conductor.clients import api_errors
from conductor.context import Context
from conductor.provision import lifecycle
from conductor.provision.steps import Finding, State, Step, ask
from conductor.store import CLOSED, NO_BUCKET

PART = "bucket"
NODE_BUCKET = "puppet::node_bucket"
PRIVATE = "no access but with credentials"


def steps(context: Context) -> list[Step]:
    """What the bucket must be."""
    name = context.store.url()
    return [
        Step(PART, name, lambda: _bucket(context)),
        Step(PART, f"{name}: public access block", lambda: _public_access(context)),
        Step(PART, f"{name}: encryption", lambda: _encryption(context)),
        Step(PART, f"{name}: versions", lambda: _versioning(context)),
        Step(PART, f"{name}: lifecycle", lambda: _lifecycle(context)),
    ]


def _bucket(context: Context) -> Finding:
    if context.store.exists():
        return Finding(State.THERE)
    region = context.clients.s3.meta.region_name
    return Finding(State.MADE, f"in {region}", context.store.create)


def _public_access(context: Context) -> Finding:
    if _is_public(context):
        return Finding(State.LEFT, f"{NODE_BUCKET} is a https:// address: hosts read public objects")
    found = ask(
        f"reading the public access block of {context.store.url()}",
        lambda: context.clients.s3.get_public_access_block(Bucket=context.store.bucket),
        absent={"NoSuchPublicAccessBlockConfiguration", *NO_BUCKET},
    )
    block = found["PublicAccessBlockConfiguration"] if found else {}
    if block == CLOSED:
        return Finding(State.THERE, PRIVATE)
    return Finding(State.CHANGED if block else State.MADE, PRIVATE, context.store.close_to_the_public)


def _is_public(context: Context) -> bool:
    """Whether the operator has the hosts read the bucket as anybody may."""
    nodes = [context.settings.node, *(role.node for role in context.settings.roles.values())]
    return any(str(node.data.get(NODE_BUCKET, "")).startswith("https:") for node in nodes)


def _encryption(context: Context) -> Finding:
    s3, bucket = context.clients.s3, context.store.bucket
    found = ask(
        f"reading the encryption of {context.store.url()}",
        lambda: s3.get_bucket_encryption(Bucket=bucket),
        absent={"ServerSideEncryptionConfigurationNotFoundError", *NO_BUCKET},
    )
    for rule in found["ServerSideEncryptionConfiguration"]["Rules"] if found else []:
        default = rule.get("ApplyServerSideEncryptionByDefault")
        if default:  # by a key of the customer's too: that is more than we ask for
            return Finding(State.THERE, f"{default['SSEAlgorithm']} by default")

    def encrypt() -> None:
        with api_errors(f"setting the encryption of {context.store.url()}"):
            s3.put_bucket_encryption(
                Bucket=bucket,
                ServerSideEncryptionConfiguration={
                    "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
                },
            )

    return Finding(State.MADE, "AES256 by default", encrypt)


def _versioning(context: Context) -> Finding:
    s3, bucket = context.clients.s3, context.store.bucket
    found = ask(
        f"reading the versioning of {context.store.url()}",
        lambda: s3.get_bucket_versioning(Bucket=bucket),
        absent=NO_BUCKET,
    )
    status = found.get("Status") if found else None
    if status == "Enabled":
        return Finding(State.THERE, "kept")

    def enable() -> None:
        with api_errors(f"switching versions on in {context.store.url()}"):
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    return Finding(State.CHANGED if status else State.MADE, "kept", enable)


def _lifecycle(context: Context) -> Finding:
    s3, bucket = context.clients.s3, context.store.bucket
    found = ask(
        f"reading the lifecycle rules of {context.store.url()}",
        lambda: s3.get_bucket_lifecycle_configuration(Bucket=bucket),
        absent={"NoSuchLifecycleConfiguration", *NO_BUCKET},
    )
    present = found["Rules"] if found else []
    detail = (
        f"terminated/ goes after {lifecycle.TERMINATED_DAYS} days, "
        f"superseded versions after {lifecycle.VERSION_DAYS}"
    )
    wanted = lifecycle.merged(present)
    if wanted is None:
        return Finding(State.THERE, detail)
    rules: list[Any] = list(wanted)

    def write() -> None:
        with api_errors(f"writing the lifecycle rules of {context.store.url()}"):
            s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})

    return Finding(State.CHANGED if present else State.MADE, detail, write)
