"""``terminate --drain`` and ``recommission``: a worker is marked, and ends when its work is elsewhere.

The mark is in the worker's record, from which all else is derived (see hadoop.py). Whoever is interrupted
leaves it there: the drain stays in force, and the same command goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from conductor import hadoop, notify, terminating
from conductor.context import Context
from conductor.derived import Host
from conductor.draining import waiting
from conductor.draining.reports import Said
from conductor.draining.waiting import Report, go_on
from conductor.errors import (
    CloudError,
    ConductorError,
    DrainError,
    InterruptedDrainError,
    RecordError,
    UsageError,
)
from conductor.hadoop import NAMENODE, WORKER
from conductor.inventory import Node
from conductor.record import Record, moment, timestamp

SERVING = {"pending", "running"}
# Within which a namenode that runs every two minutes must have been heard of for silence to mean anything.
FRESH = timedelta(minutes=10)


@dataclass(frozen=True)
class Chosen:
    """What is to end: workers to be drained first, and those that never had anything, each with why."""

    workers: list[Node]
    idle: list[tuple[Node, str]]


def drain(
    context: Context,
    everybody: Sequence[Node],
    nodes: Sequence[Node],
    report: Report,
    *,
    deadline: int | None,
) -> None:
    """Mark the workers ``nodes``, wait until their blocks and containers are elsewhere, terminate each then.

    ``everybody``: all nodes, those among them. ``deadline``: seconds; None: the configuration's.
    Raises UsageError before anything is written, DrainError (the message says of each why it is not
    terminated), InterruptedDrainError.
    """
    chosen = _choose(context, everybody, nodes)
    failed: list[str] = []
    try:
        _mark(context, chosen.workers, everybody)
        for node, why in chosen.idle:
            try:
                terminating.terminate(context, node)
                notify.terminated(context, [node.certname])
                context.say(f"terminated {node.shown()}: {why}, so there was nothing to drain")
            except CloudError as error:  # the others are to be drained all the same
                failed.append(f"not terminated: {node.shown()}: {error.message}")
        limit = context.settings.drain.deadline if deadline is None else deadline
        failed += waiting.wait_for(context, chosen.workers, report, limit=limit)
    except KeyboardInterrupt as error:
        raise InterruptedDrainError(advice=go_on(chosen.workers)) from error
    except DrainError:
        raise
    except ConductorError as error:
        advice = "; ".join(filter(None, [error.advice, go_on(chosen.workers)]))
        raise DrainError("\n".join([error.message, *failed]), advice=advice) from error
    if failed:
        raise DrainError("\n".join(failed), advice="see `start_instance.py list`")


def recommission(context: Context, nodes: Sequence[Node]) -> None:
    """Take the mark away: the workers get blocks and containers again."""
    _refuse_others(nodes, "recommissioned")
    for node in nodes:
        body = context.store.get(node.certname)
        if body is None:
            raise DrainError(f"{node.shown()}: terminated meanwhile")
        record = Record.parse(context.store.url(node.certname), body)
        if record.draining is None:
            context.say(f"{node.shown()} is not being drained")
            continue
        context.store.put(node.certname, record.model_copy(update={"draining": None}).body())
        context.say(f"recommissioned {node.shown()}")
    hadoop.update(context)


def _refuse_others(nodes: Sequence[Node], what: str) -> None:
    others = [node for node in nodes if node.record is None or WORKER not in node.record.classes]
    if others:
        raise UsageError(
            f"only workers ({WORKER}) can be {what}, not " + ", ".join(node.shown() for node in others),
            advice="name the workers; `start_instance.py terminate NAME` ends any node at once",
        )


def _choose(context: Context, everybody: Sequence[Node], nodes: Sequence[Node]) -> Chosen:
    """Refuses what cannot come to a good end."""
    _refuse_others(nodes, "drained")
    for node in nodes:
        heads = hadoop.HEADS.intersection(node.record.classes if node.record else ())
        if heads:
            raise UsageError(
                f"{node.shown()} has {' and '.join(sorted(heads))} too: the cluster would end with it"
            )
    unreadable = [node.shown() for node in everybody if node.instance and node.body and node.record is None]
    if unreadable:
        raise RecordError(
            f"the record of {', '.join(unreadable)} cannot be read: has it a say in the drain?",
            advice="mend or terminate it first",
        )
    idle = [(node, why) for node in nodes if (why := _idle(context, node, everybody))]
    workers = [node for node in nodes if node not in [each for each, _ in idle]]
    for name in sorted({hadoop.cluster(node.record) for node in workers if node.record}):
        _refuse_cluster(name, {node.certname for node in nodes}, _living(everybody))
    return Chosen(workers, idle)


def _idle(context: Context, node: Node, everybody: Sequence[Node]) -> str:
    """Why a worker has nothing to drain; "" if it may have something.

    That the bucket knows of no enrolment is a proof only while the bucket is told of what happens.
    """
    if node.instance is None:
        return "it has no instance"
    if node.status.enrolled or node.record is None:
        return ""
    cluster = hadoop.cluster(node.record)
    runs = [
        moment(each.status.last_run.at)
        for each in everybody
        if each.status.last_run and each.record and NAMENODE in each.record.classes
        if hadoop.cluster(each.record) == cluster
    ]
    heard = max(filter(None, runs), default=None)
    return "it has not enrolled yet" if heard and heard > context.now() - FRESH else ""


def _refuse_cluster(name: str, chosen: set[str], living: Sequence[Host]) -> None:
    namenodes = hadoop.of_class(living, NAMENODE, name)
    if not namenodes:
        raise UsageError(
            f"Hadoop cluster {name} has no namenode that could take the workers' blocks elsewhere",
            advice="start it (`start_instance.py namenode --wait`), or terminate the workers without --drain",
        )
    left = [
        each
        for each in hadoop.of_class(living, WORKER, name)
        if each.instance.certname not in chosen
        and not each.record.draining
        and each.instance.state in SERVING
    ]
    if not left:
        raise UsageError(
            f"no worker of Hadoop cluster {name} would be left to take the blocks",
            advice="start others first (`start_instance.py worker --count N --wait`), or terminate without "
            "--drain",
        )
    for each in living:
        if hadoop.cluster(each.record) == name and hadoop.says_itself(each.record):
            raise UsageError(
                f"the record of {each.instance.role} {each.instance.id} has a {hadoop.EXCLUDED} by hand, "
                "which a drain would not change",
                advice="take it out of the configuration, then `start_instance.py classify "
                f"{each.instance.id}`",
            )


def _living(everybody: Sequence[Node]) -> list[Host]:
    return [
        Host(node.instance, node.record)
        for node in everybody
        if node.instance and node.record and hadoop.concerned(node.record)
    ]


def _mark(context: Context, workers: Sequence[Node], everybody: Sequence[Node]) -> None:
    """Note the beginning of the drain in each record, and bring the lists up to it."""
    if not workers:
        return
    heads = [node for node in everybody if node.record and not hadoop.HEADS.isdisjoint(node.record.classes)]
    said = [Said.parse(node.status.drain).drain for node in heads]
    # What has been said already is before the mark, whatever this machine's clock says.
    now: datetime = max([context.now(), *[each.at for each in said if each]])
    for node in workers:
        body = context.store.get(node.certname)
        if body is None:
            continue  # terminated meanwhile
        record = Record.parse(context.store.url(node.certname), body)
        if record.draining is None:
            context.store.put(node.certname, record.model_copy(update={"draining": timestamp(now)}).body())
            context.say(f"draining {node.shown()}")
        else:
            context.say(f"draining {node.shown()} since {record.draining}")
    hadoop.update(context)
