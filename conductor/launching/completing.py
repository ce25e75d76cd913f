"""After RunInstances: what the cloud has told goes into the records, and to those who must know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from conductor import hadoop, notify, servers
from conductor.context import Context
from conductor.errors import CapacityError, LaunchError
from conductor.instances import Instance
from conductor.launching.settling import disown, find
from conductor.record import Batch, Record
from conductor.roles import infrastructure

NAME_SECONDS = 60  # within which a cloud must give an instance its private name
NO_ROOM = ("InsufficientInstanceCapacity", "Insufficient capacity", "SpotInstance")
BY_HAND = ("UserInitiated", "User initiated")  # somebody did not want it


@dataclass(frozen=True)
class Completed:
    """A batch whose instances are there. ``loss``: why those in ``lost`` are not, unless that was to be."""

    batch: Batch
    started: list[Instance]
    lost: list[str] = field(default_factory=list)
    loss: LaunchError | None = None


def complete(context: Context, batch: Batch, *, repeated: bool = False) -> Completed:
    """Write what is known only now into the records. Raises LaunchError if the API does not show them."""
    shown = _shown(context, batch, repeated=repeated)
    living = [each for each in shown if not each.gone]
    if batch.record.enrolment and batch.record.enrolment.dns_alt_names is None:
        _write_names(context, batch, living)
    notify.written(context, [each.certname for each in living])
    lost = sorted(set(batch.certnames) - {each.certname for each in living} - set(batch.lost))
    if not lost:
        return Completed(batch, living)
    disown(context, batch, lost)
    changed = batch.model_copy(update={"lost": [*batch.lost, *lost]})
    return Completed(changed, living, lost, _loss(batch, [each for each in shown if each.certname in lost]))


def finish(context: Context, completed: Sequence[Completed]) -> None:
    """Tell whom it concerns, once for all of them; only then the batches are over."""
    there = [each for each in completed if each.started]
    announce(context, there)
    documents = {}
    for each in completed:
        update = {
            "state": "launched" if each.started else "rolled-back",
            "user_data": None,
            "instances": [instance.id for instance in each.started],
        }
        documents[each.batch.key] = each.batch.model_copy(update=update).body()
    context.store.put_all(documents)


def announce(context: Context, completed: Sequence[Completed]) -> None:
    """What follows from new nodes for others, which takes a reading of the others' records."""
    records = [each.batch.record for each in completed]
    if any(infrastructure(each.classes) for each in records):
        servers.update(context)
    if any(hadoop.concerned(each) for each in records):
        # A new worker may have got the name of one that was drained, but is on no list by itself.
        workers = [each for each in completed if hadoop.HEADS.isdisjoint(each.batch.record.classes)]
        new = {instance.certname for each in workers for instance in each.started}
        hadoop.update(context, without=new)


def _shown(context: Context, batch: Batch, *, repeated: bool) -> list[Instance]:
    """All instances, once each has a private name or has ended; the API may lag behind itself.

    Of a launch that is ``repeated`` some may have ended so long ago that the API does not show them any more.
    """
    end = context.monotonic() + NAME_SECONDS
    while True:
        found = find(context, batch)
        named = all(each.private_name or each.gone for each in found)
        missing = set(batch.certnames) - set(batch.lost) - {each.certname for each in found}
        if named and not missing:
            return found
        if context.monotonic() >= end:
            if repeated and named:
                return found
            raise LaunchError(f"the API does not show {batch.count} instances with names in {NAME_SECONDS} s")
        context.sleep(1)


def _loss(batch: Batch, gone: Sequence[Instance]) -> LaunchError | None:
    """Why the others ended; None if that was somebody's wish, or is so long ago that nobody knows."""
    reasons = {each.id: each.reason or "no reason given" for each in gone}
    unwanted = {name: why for name, why in reasons.items() if not any(word in why for word in BY_HAND)}
    if not unwanted:
        return None
    name, why = next(iter(unwanted.items()))
    text = f"{len(unwanted)} of {batch.count} x {batch.role} ended at once, such as {name}: {why}"
    spot = "InstanceMarketOptions" in batch.request
    if spot or any(word in why for word in NO_ROOM):
        return CapacityError(text, advice="ask for fewer, another instance_type, or other subnet_ids")
    return LaunchError(text)


def _write_names(context: Context, batch: Batch, started: Sequence[Instance]) -> None:
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
