"""``up``: the cluster becomes what the configuration says; what is there already stays as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from conductor import authority, inventory
from conductor.context import Context
from conductor.errors import AuthorityError, BucketError, CloudError, ConductorError
from conductor.fleet import assembly, wanting
from conductor.fleet.at_once import at_once
from conductor.fleet.locking import Lock, locked
from conductor.fleet.survey import Survey, remarks, survey, told
from conductor.instances import find
from conductor.launching import batches
from conductor.launching.launch import SIGHT_SECONDS, load_batch, roll_back
from conductor.launching.waiting import Report
from conductor.record import Batch, moment, timestamp
from conductor.roles import CA_CLASS, Plan

ROUNDS = 4  # of going on with what was begun: each may end with launches taken back


def up(
    context: Context, report: Report, *, wait: bool = True, keep_partial: bool = False, steal: bool = False
) -> list[inventory.Node]:
    """Start what is missing, and ``wait`` for the first catalog of all; returns the cluster's nodes.

    Raises ConfigError before anything is touched, LockedError, LaunchError (what has started stays; the next
    ``up`` starts the rest), WaitError.
    """
    plans = wanting.plans(context.settings)
    _make_bucket(context, plans)
    # Made here if they are not there yet: launches at once would each make their own.
    context.operator.key()
    context.operator.ssh_public_key(context.settings.ssh_public_key)
    with locked(context, "up", steal=steal) as lock:
        found, changed = _go_on(context, lock)
        for line in remarks(found):
            context.say(line)
        for stage in wanting.stages(plans):
            changed |= _start_missing(context, lock, found, stage, report, keep_partial=keep_partial)
    nodes = look(context).there  # the lock is free by now: others may look after single nodes meanwhile
    if wait:
        assembly.wait_for_all(context, nodes, report)
    there = told(Counter(each.role for each in nodes))
    context.say(f"the cluster is up: {there}" if changed else f"nothing to do, the cluster is up: {there}")
    return [each for each in inventory.read(context) if each.instance]


def look(context: Context) -> Survey:
    """The cluster beside what the configuration wants."""
    unfinished = batches.unfinished(context)
    return survey(wanting.wanted(context.settings), inventory.read(context), unfinished)


def _make_bucket(context: Context, plans: Mapping[str, Plan]) -> None:
    """As the start of the host with the CA does: the lock is in the bucket. Raises BucketError."""
    if context.store.exists():
        return
    if not any(each.is_ca for each in plans.values()):
        raise BucketError(
            f"there is no bucket {context.store.bucket}, and `cluster:` names no role with {CA_CLASS}, "
            "whose start makes it",
            advice="check s3_bucket_name and cluster; `start_instance.py init` makes the bucket too",
        )
    context.store.create()
    context.say(f"made bucket {context.store.bucket}, private")


def _go_on(context: Context, lock: Lock) -> tuple[Survey, bool]:
    """Bring to an end what earlier commands have begun; whether there was anything."""
    changed = False
    for _ in range(ROUNDS):
        found = look(context)
        if not found.begun and not found.void:
            return found, changed
        lock.check()
        changed = True
        for batch in found.void:
            _take_back(context, batch)
        _resume(context, found.begun)
    raise CloudError(
        f"{context.store.url()}: launches that were begun did not come to an end",
        advice="see what the messages above say of them, then repeat `start_instance.py up`",
    )


def _take_back(context: Context, batch: Batch) -> None:
    """A launch that nobody wants any more, unless an instance of it shows up now: the API may lag behind."""
    created = moment(batch.created)
    shown_by = timestamp((created or context.now()) + timedelta(seconds=SIGHT_SECONDS))
    tries = SIGHT_SECONDS if timestamp(context.now()) < shown_by else 1
    for number in range(tries):
        if number:
            context.sleep(1)
        if find(context.clients.ec2, bucket=context.store.bucket, batch=batch.batch):
            return  # the next round goes on with it
    roll_back(context, batch)
    context.say(
        f"batch {batch.batch} ({batch.count} x {batch.role}) is taken back: it is not wanted any more"
    )


def _resume(context: Context, begun: Sequence[Batch]) -> None:
    """Go on with launches. One that ended with being taken back, as one does whose time is over, is no
    failure: what it was to start is started anew."""

    def resume(batch: Batch) -> None:
        try:
            batches.resume(context, batch)
        except ConductorError as error:
            now = load_batch(context, batch.batch)
            if now is None or now.state != "rolled-back":
                raise
            context.say(f"batch {batch.batch} ({batch.count} x {batch.role}) is taken back: {error}")

    for batch in begun:
        context.say(f"going on with batch {batch.batch} ({batch.count} x {batch.role})")
    at_once(context, {f"batch {each.batch}": partial(resume, each) for each in begun})


def _start_missing(
    context: Context,
    lock: Lock,
    found: Survey,
    stage: Sequence[Plan],
    report: Report,
    *,
    keep_partial: bool,
) -> bool:
    """Start what is missing of these roles, all at once; whether there was anything."""
    missing = [(plan, found.missing[plan.role]) for plan in stage if found.missing.get(plan.role)]
    if not missing:
        return False
    if not stage[0].is_ca:
        _need_ca(context, report)
    lock.check()
    at_once(
        context,
        {
            plan.role: partial(batches.start, context, plan, count=count, keep_partial=keep_partial)
            for plan, count in missing
        },
    )
    return True


def _need_ca(context: Context, report: Report) -> None:
    """What is started from here on must know its CA. Raises AuthorityError, WaitError."""
    if authority.agent_settings(context) is not None:
        return
    hosts = [each for each in look(context).there if each.is_ca]
    if not hosts:
        raise AuthorityError(
            f"no CA: `cluster:` names no role with {CA_CLASS}, and none is known from {context.store.url()}",
            advice="add one (puppetmaster, ca-database or ca) to `cluster:`, or set agent.ca_cert, "
            "agent.ca_server and agent.server",
        )
    assembly.wait_for_ca(context, hosts, report)
