"""Launching: what is asked for and each node's record are in the bucket before RunInstances.

A launch can be repeated as it was (``launch`` of the same batch): the batch gives the ClientToken and,
with the operator's key, the secret and so the user data. EC2 answers a repetition with the same instances.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conductor import hadoop, instances, notify, servers
from conductor.clients import api_errors
from conductor.context import Context, uninterrupted
from conductor.errors import (
    ConductorError,
    InterruptedLaunchError,
    LaunchError,
    LocalError,
    UnknownProfileError,
    UnreachableError,
)
from conductor.instances import Instance
from conductor.launching import user_data
from conductor.operator_files import batch_secret, secret_sha256
from conductor.record import Batch, Record, timestamp
from conductor.roles import infrastructure

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import InstanceMetadataOptionsRequestTypeDef, TagTypeDef

# IMDSv2 only, and not beyond the instance itself.
METADATA_OPTIONS: InstanceMetadataOptionsRequestTypeDef = {
    "HttpTokens": "required",
    "HttpPutResponseHopLimit": 1,
    "HttpEndpoint": "enabled",
}
SIGHT_SECONDS = 15  # within which the API shows an instance that it has started
PROFILE_SECONDS = 20  # within which EC2 knows an instance profile that IAM has made
NAME_SECONDS = 60  # within which a cloud must give an instance its private name


def launch(context: Context, batch: Batch, *, repeated: bool = False) -> list[Instance]:
    """Start the batch; again (``repeated``), if it was begun before. Nothing is left half made unseen.

    Raises LaunchError (the message says what runs, if anything; records of nodes that do not run are gone
    again), UnreachableError (nobody knows; the message says how to find out), InterruptedLaunchError (what
    runs is in its ``started``).
    """
    if batch.user_data is None:
        raise LaunchError(f"batch {batch.batch} is {batch.state}: nothing to start")
    data = user_data.render(batch, batch.user_data, _secret(context, batch))
    there = repeated and bool(_find(context, batch))
    if repeated and not there:
        _refuse_expired(context, batch)
    asked = False
    try:
        context.store.put(batch.key, batch.body())
        context.store.put_all(_records(context, batch, repeated=repeated))
        if not there:
            asked = True
            _run_instances(context, batch, data)
    except KeyboardInterrupt as error:
        with uninterrupted():
            started = _settle(context, batch, "interrupted", unsure=asked)
            raise InterruptedLaunchError(_complete_anyway(context, batch) if started else []) from error
    except ConductorError as error:
        with uninterrupted():
            if not _settle(context, batch, str(error), unsure=asked and isinstance(error, UnreachableError)):
                raise LaunchError(
                    f"{error}; nothing was started, the records were removed again", advice=error.advice
                ) from error
    try:
        return _complete(context, batch)
    except KeyboardInterrupt as error:
        with uninterrupted():
            raise InterruptedLaunchError(_complete_anyway(context, batch)) from error
    except ConductorError as error:
        raise LaunchError(
            f"{error}; the {batch.count} x {batch.role} of batch {batch.batch} are started, but incomplete",
            advice=_either_way(batch),
        ) from error


def _secret(context: Context, batch: Batch) -> str:
    secret = batch_secret(context.operator.key(), batch.batch)
    enrolment = batch.record.enrolment
    if enrolment and enrolment.secret_sha256 != secret_sha256(secret):
        raise LocalError(
            f"batch {batch.batch} was begun with another operator's key than {context.operator.key_file}",
            advice="give that key in PUPPET_HADOOP_OPERATOR_KEY, or have it resumed by "
            f"{enrolment.launched_by}; or `start_instance.py terminate {batch.batch}`",
        )
    return secret


def _refuse_expired(context: Context, batch: Batch) -> None:
    """What would be started now must still be able to enrol."""
    enrolment = batch.record.enrolment
    if enrolment and timestamp(context.now()) >= enrolment.expires:
        raise LaunchError(
            f"nothing of batch {batch.batch} runs, and it could enrol only until {enrolment.expires}",
            advice=f"`start_instance.py terminate {batch.batch}`, then start anew",
        )


def _settle(context: Context, batch: Batch, why: str, *, unsure: bool) -> list[Instance]:
    """After a failure: what has started all the same; if nothing, the records are taken away.

    ``unsure``: RunInstances may have had an effect that the API does not show yet.
    """
    end = context.monotonic() + (SIGHT_SECONDS if unsure else 0)
    said = False
    while True:
        started = _seen(context, batch, why)
        if started:
            return started
        if context.monotonic() >= end:
            break
        if not said:
            context.say(f"{why}: looking for up to {SIGHT_SECONDS} s whether anything has started")
            said = True
        context.sleep(1)
    try:
        roll_back(context, batch)
    except ConductorError as error:
        raise LaunchError(
            f"{why}; nothing was started, but the records of batch {batch.batch} remain: {error}",
            advice=f"when the bucket can be written again: {_either_way(batch)}",
        ) from error
    return []


def _seen(context: Context, batch: Batch, why: str) -> list[Instance]:
    try:
        return _find(context, batch)
    except ConductorError as error:
        raise UnreachableError(
            f"{why}; then: {error}; so nobody knows if the {batch.count} x {batch.role} have started",
            advice=f"when the cloud answers again: {_either_way(batch)}",
        ) from error


def _complete_anyway(context: Context, batch: Batch) -> list[Instance]:
    """After Ctrl-C: what runs is told, whether the launch can be completed or not."""
    try:
        return _complete(context, batch)
    except ConductorError as error:
        context.say(f"warning: the launch is incomplete: {error}; {_either_way(batch)}")
        return _seen(context, batch, "interrupted")


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
    end = context.monotonic() + PROFILE_SECONDS
    while True:
        try:
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
            return
        except UnknownProfileError:
            if context.monotonic() >= end:
                raise
        context.sleep(2)


def _find(context: Context, batch: Batch) -> list[Instance]:
    return instances.find(context.clients.ec2, bucket=context.store.bucket, batch=batch.batch)


def _complete(context: Context, batch: Batch) -> list[Instance]:
    """Note what the cloud has told: the instances in the batch, their private names in the records and,
    if they serve others, in cluster/servers; and what follows for others."""
    started = _named_instances(context, batch)
    if batch.record.enrolment and batch.record.enrolment.dns_alt_names is None:
        _write_names(context, batch, started)
    notify.written(context, batch.certnames)
    if infrastructure(batch.record.classes):
        servers.update(context)
    if hadoop.concerned(batch.record):
        hadoop.update(context)  # a new worker may have got the name of one that was drained
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


def _write_names(context: Context, batch: Batch, started: list[Instance]) -> None:
    """Names for the certificate of a host that serves: its private name is known only now."""
    for each in started:
        key = each.certname
        body = context.store.get(key)
        if body is None:
            continue  # terminated meanwhile
        record = Record.parse(context.store.url(key), body)
        if record.enrolment and record.enrolment.dns_alt_names is None:
            names = [each.private_name, *batch.dns_alt_names]
            enrolment = record.enrolment.model_copy(update={"dns_alt_names": names})
            context.store.put(key, record.model_copy(update={"enrolment": enrolment}).body())
