"""When a launch did not go well: what has started all the same, and taking back what has not."""

from __future__ import annotations

from collections.abc import Sequence

from conductor import instances
from conductor.context import Context
from conductor.errors import ConductorError, IncompleteLaunchError, UnreachableError
from conductor.instances import Instance
from conductor.record import STATUS, TERMINATED, Batch

SIGHT_SECONDS = 15  # within which the API shows an instance that it has started


def find(context: Context, batch: Batch) -> list[Instance]:
    """The batch's instances, those that have ended lately among them."""
    return instances.find(context.clients.ec2, bucket=context.store.bucket, batch=batch.batch)


def seen(context: Context, batch: Batch, why: str) -> list[Instance]:
    """The same. Raises UnreachableError that says what is not known now, and what to do then."""
    try:
        return find(context, batch)
    except ConductorError as error:
        raise UnreachableError(
            f"{why}; then: {error}; so nobody knows if the {batch.count} x {batch.role} have started",
            advice=f"when the cloud answers again: {either_way(batch)}",
        ) from error


def settle(context: Context, batch: Batch, why: str, *, unsure: bool, document: bool = True) -> bool:
    """After a failure: whether it has started all the same; if not, the records are taken away.

    ``unsure``: RunInstances may have had an effect that the API does not show yet. Without ``document`` the
    batch itself stays as it is: the caller says what comes in its place.
    """
    end = context.monotonic() + (SIGHT_SECONDS if unsure else 0)
    said = False
    while True:
        if seen(context, batch, why):
            return True
        if context.monotonic() >= end:
            break
        if not said:
            context.say(f"{why}: looking for up to {SIGHT_SECONDS} s whether anything has started")
            said = True
        context.sleep(1)
    try:
        context.store.delete(batch.certnames)
        if document:
            end_document(context, batch)
    except ConductorError as error:
        raise IncompleteLaunchError(
            f"{why}; nothing was started, but the records of batch {batch.batch} remain: {error}",
            advice=f"when the bucket can be written again: {either_way(batch)}",
        ) from error
    return False


def roll_back(context: Context, batch: Batch) -> None:
    """Take the records away: if an instance should turn up later, nobody signs for it."""
    context.store.delete(batch.certnames)
    end_document(context, batch)


def end_document(context: Context, batch: Batch, *, given_up: bool = True) -> None:
    """Nothing is to be started from this batch any more; unless ``given_up``, others take its place."""
    update = {"state": "rolled-back", "user_data": None, "given_up": given_up}
    context.store.put(batch.key, batch.model_copy(update=update).body())


def withdraw(context: Context, batch: Batch, started: Sequence[Instance]) -> None:
    """End what has started. May be repeated: the batch is ended last."""
    disown(context, batch, [each.certname for each in started])
    context.store.delete(batch.certnames)
    instances.terminate(context.clients.ec2, [each.id for each in started if not each.gone])
    end_document(context, batch)


def disown(context: Context, batch: Batch, certnames: Sequence[str]) -> None:
    """These nodes have ended, or are about to: a certificate that one may have got is to be revoked."""
    body = batch.record.body()
    context.store.put_all({TERMINATED + name: body for name in certnames})
    context.store.delete([*certnames, *(STATUS + name for name in certnames)])


def either_way(batch: Batch) -> str:
    """What to do about a launch that is not complete."""
    return (
        f"`start_instance.py resume {batch.batch}` to have them, "
        f"`start_instance.py terminate {batch.batch}` to be rid of them"
    )
