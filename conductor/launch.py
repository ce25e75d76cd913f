"""Launching: what is asked for and each node's record are in the bucket before RunInstances.

A launch can be repeated as it was (``launch`` of the same batch): the batch gives the ClientToken and,
with the operator's key, the secret and so the user data. EC2 answers a repetition with the same instances.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from conductor import authority, code_archive, instances, user_data
from conductor.clients import api_errors
from conductor.context import Context, uninterrupted
from conductor.errors import (
    BucketError,
    ConductorError,
    InterruptedLaunchError,
    LaunchError,
    UnreachableError,
)
from conductor.instances import Instance
from conductor.operator_files import batch_secret, secret_sha256
from conductor.record import Batch, Code, Enrolment, Record, UserData, timestamp
from conductor.roles import CA_CLASS, DEFAULT_ENVIRONMENT, Plan
from conductor.settings import Node

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import InstanceMetadataOptionsRequestTypeDef, TagTypeDef

# IMDSv2 only, and not beyond the instance itself.
METADATA_OPTIONS: InstanceMetadataOptionsRequestTypeDef = {
    "HttpTokens": "required",
    "HttpPutResponseHopLimit": 1,
    "HttpEndpoint": "enabled",
}
CODE_URL_SECONDS = 3600
NAME_SECONDS = 60  # within which a cloud must give an instance its private name
SHOWN = 5


def prepare(context: Context, plan: Plan, *, wait: bool = False) -> Batch:
    """Check everything that can be checked first, and build the batch. Only the code archive is written."""
    instances.check_image(context.clients.ec2, plan.image_id)
    if not context.store.exists():
        if not plan.is_ca:
            raise BucketError(
                f"there is no bucket {context.store.bucket}",
                advice="check s3_bucket_name; `start_instance.py puppetmaster` makes the bucket",
            )
        context.store.create()
        context.say(f"made bucket {context.store.bucket}, private")
    public_key = context.operator.ssh_public_key(context.settings.ssh_public_key)
    inputs = UserData(cloud_init=plan.cloud_init, ssh_public_key=public_key)
    if plan.is_ca:
        authority.refuse_second_ca(context)
        inputs.code = upload_code(context)
    else:
        inputs.agent = authority.wait_for_agent_settings(context, wait=wait)
    name = str(uuid.uuid4())
    record = record_for(context, plan.node, public_key)
    record.enrolment = _enrolment(context, plan, name)
    return Batch(
        batch=name,
        role=plan.role,
        count=plan.count,
        created=timestamp(context.now()),
        record=record,
        request=_request(plan),
        user_data=inputs,
    )


def upload_code(context: Context) -> Code:
    """Put this repository's HEAD into the bucket, unless it is there."""
    archive = code_archive.build()
    if archive.uncommitted:
        names = ", ".join(archive.uncommitted[:SHOWN]) + (", ..." if len(archive.uncommitted) > SHOWN else "")
        context.say(f"warning: not committed, so not on the puppetmaster: {names}")
    if not context.store.has(archive.key):
        context.store.put(archive.key, archive.content)
    return Code(url=context.store.presigned(archive.key, seconds=CODE_URL_SECONDS), sha256=archive.sha256)


def launch(context: Context, batch: Batch, *, repeated: bool = False) -> list[Instance]:
    """Start the batch; again (``repeated``), if it was begun before. Nothing is left half made unseen.

    Raises LaunchError (the message says what runs, if anything; records of nodes that do not run are gone
    again), UnreachableError (nobody knows; the message says how to find out), InterruptedLaunchError (what
    runs is in its ``started``).
    """
    if batch.user_data is None:
        raise LaunchError(f"batch {batch.batch} is {batch.state}: nothing to start")
    secret = batch_secret(context.operator.key(), batch.batch)
    data = user_data.render(batch, batch.user_data, secret)
    try:
        context.store.put(batch.key, batch.body())
        context.store.put_all(_records(context, batch, repeated=repeated))
        if not (repeated and _find(context, batch)):
            _run_instances(context, batch, data)
    except KeyboardInterrupt as error:
        with uninterrupted():
            started = _settle(context, batch, "interrupted")
            raise InterruptedLaunchError(_complete(context, batch) if started else []) from error
    except ConductorError as error:
        with uninterrupted():
            if not _settle(context, batch, str(error)):
                raise LaunchError(
                    f"{error}; nothing was started, the records were removed again", advice=error.advice
                ) from error
    try:
        return _complete(context, batch)
    except KeyboardInterrupt as error:
        with uninterrupted():
            raise InterruptedLaunchError(_complete(context, batch)) from error
    except ConductorError as error:
        raise LaunchError(
            f"{error}; the {batch.count} x {batch.role} of batch {batch.batch} are started, but incomplete",
            advice=_either_way(batch),
        ) from error


def _settle(context: Context, batch: Batch, why: str) -> list[Instance]:
    """After a failure: what has started all the same; if nothing, the records are taken away."""
    try:
        started = _find(context, batch)
    except ConductorError as error:
        raise UnreachableError(
            f"{why}; then: {error}; so nobody knows if the {batch.count} x {batch.role} have started",
            advice=f"when the cloud answers again: {_either_way(batch)}",
        ) from error
    if started:
        return started
    try:
        roll_back(context, batch)
    except ConductorError as error:
        raise LaunchError(
            f"{why}; nothing was started, but the records of batch {batch.batch} remain: {error}",
            advice=f"when the bucket can be written again: {_either_way(batch)}",
        ) from error
    return []


def _either_way(batch: Batch) -> str:
    return (
        f"`start_instance.py resume {batch.batch}` to have them, "
        f"`start_instance.py terminate {batch.batch}` to be rid of them"
    )


def roll_back(context: Context, batch: Batch) -> None:
    """Take the records away: if an instance should turn up later, nobody signs for it."""
    context.store.delete(batch.certnames)
    ended = batch.model_copy(update={"state": "rolled-back", "user_data": None})
    context.store.put(batch.key, ended.body())


def load_batch(context: Context, name: str) -> Batch | None:
    """A batch from the bucket."""
    key = Batch.model_construct(batch=name).key
    body = context.store.get(key)
    return None if body is None else Batch.parse(context.store.url(key), body)


def record_for(context: Context, node: Node, public_key: str) -> Record:
    """The record without `enrolment`: what the ENC prints."""
    data: dict[str, Any] = {}
    if CA_CLASS in node.classes:
        data["puppet::node_bucket"] = context.store.url()
    # What the operator says wins, but the login keys of both are let in.
    data |= node.parameters.get("data") or {}
    others = [key for key in data.get("login_allowed::keys") or [] if key != public_key]
    data["login_allowed::keys"] = [public_key, *others]
    return Record(
        classes=node.classes,
        parameters={**node.parameters, "data": data},
        environment=node.environment or DEFAULT_ENVIRONMENT,
    )


def _enrolment(context: Context, plan: Plan, batch: str) -> Enrolment:
    expires = context.now() + timedelta(seconds=context.settings.enrolment_ttl)
    return Enrolment(
        batch=batch,
        secret_sha256=secret_sha256(batch_secret(context.operator.key(), batch)),
        expires=timestamp(expires),
        role=plan.role,
        launched_by=context.launched_by,
        dns_alt_names=None if plan.serves else [],
    )


def _request(plan: Plan) -> dict[str, Any]:
    """RunInstances' parameters, apart from those that follow from the batch."""
    optional = {
        "IamInstanceProfile": {"Name": plan.instance_profile} if plan.instance_profile else None,
        "KeyName": plan.key_name,
        "SubnetId": plan.subnet_id,
        "SecurityGroupIds": plan.security_group_ids,
    }
    return {
        "ImageId": plan.image_id,
        "InstanceType": plan.instance_type,
        "Tags": plan.tags,
        **{name: value for name, value in optional.items() if value},
    }


def _records(context: Context, batch: Batch, *, repeated: bool) -> dict[str, bytes]:
    """What to write; a repeated launch must not undo what has been written to a record since."""
    present = context.store.get_all(batch.certnames) if repeated else {}
    body = batch.record.body()
    return {name: body for name in batch.certnames if name not in present}


def _run_instances(context: Context, batch: Batch, data: bytes) -> None:
    request = dict(batch.request)
    more = request.pop("Tags", {})
    tags: list[TagTypeDef] = [
        {"Key": key, "Value": value}
        for key, value in instances.tags(batch, bucket=context.store.bucket, more=more).items()
    ]
    context.say(f"starting {batch.count} x {batch.role} ({request['ImageId']}, {request['InstanceType']})")
    with api_errors(f"starting {batch.count} x {batch.role}"):
        context.clients.ec2.run_instances(
            **request,
            MinCount=batch.count,
            MaxCount=batch.count,
            ClientToken=batch.batch,
            UserData=data,  # type: ignore[arg-type] # compressed: bytes; botocore encodes both
            MetadataOptions=METADATA_OPTIONS,
            TagSpecifications=[
                {"ResourceType": "instance", "Tags": tags},
                {"ResourceType": "volume", "Tags": tags},
            ],
        )


def _find(context: Context, batch: Batch) -> list[Instance]:
    return instances.find(context.clients.ec2, bucket=context.store.bucket, batch=batch.batch)


def _complete(context: Context, batch: Batch) -> list[Instance]:
    """Note what the cloud has told: the instances in the batch, their private names in the records."""
    started = _named_instances(context, batch)
    if batch.record.enrolment and batch.record.enrolment.dns_alt_names is None:
        _write_names(context, started)
    update = {"state": "launched", "user_data": None, "instances": [each.id for each in started]}
    context.store.put(batch.key, batch.model_copy(update=update).body())
    return started


def _named_instances(context: Context, batch: Batch) -> list[Instance]:
    """The batch's instances once all are visible and have private names; the API may lag behind itself."""
    end = context.monotonic() + NAME_SECONDS
    while True:
        found = _find(context, batch)
        gone = [each for each in found if each.gone]
        if gone:
            raise LaunchError(f"{gone[0].id} is {gone[0].state}: {gone[0].reason or 'no reason given'}")
        if len(found) == batch.count and all(each.private_name for each in found):
            return found
        if context.monotonic() >= end:
            raise LaunchError(f"the API does not show {batch.count} instances with names in {NAME_SECONDS} s")
        context.sleep(1)


def _write_names(context: Context, started: list[Instance]) -> None:
    """Names for the certificate of a host that serves: its private name is known only now."""
    for each in started:
        key = each.certname
        body = context.store.get(key)
        if body is None:
            continue  # terminated meanwhile
        record = Record.parse(context.store.url(key), body)
        if record.enrolment and record.enrolment.dns_alt_names is None:
            enrolment = record.enrolment.model_copy(update={"dns_alt_names": [each.private_name]})
            context.store.put(key, record.model_copy(update={"enrolment": enrolment}).body())
