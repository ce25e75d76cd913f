"""Starts: any number of nodes, as batches that are in the bucket before anything is asked of the cloud.

A start, and going on with one that was cut short, are the same loop over those batches. It ends with as many
nodes as were asked for; or, where they cannot be had, with none, or (``keep_partial``) with those that could.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from conductor.context import Context
from conductor.errors import ConductorError, LaunchError, RecordError, StaleLaunchError
from conductor.instances import Instance
from conductor.launching.attempt import rendered
from conductor.launching.capacity import sizes
from conductor.launching.launch import launch
from conductor.launching.loop import Begun, Loop
from conductor.launching.preparing import another, prepare, with_fresh_code
from conductor.launching.settling import end_document, find, withdraw
from conductor.record import BATCHES, Batch, Start
from conductor.roles import Plan

Report = Callable[[Sequence[Instance]], None]


def start(
    context: Context,
    plan: Plan,
    *,
    count: int,
    keep_partial: bool = False,
    wait: bool = False,
    report: Report | None = None,
) -> list[Instance]:
    """Start so many. ``wait``: for the CA and a master to be there; ``report`` gets each batch's instances.

    Raises LaunchError: not as many could be had, and none is there; with ``keep_partial`` those that could
    are returned, fewer than asked for. IncompleteLaunchError, UnreachableError: to be gone on with.
    InterruptedLaunchError: what runs is in its ``started``.
    """
    first = prepare(context, replace(plan, count=count), wait=wait)
    asked = Start(name=first.batch, asked=count, subnets=plan.subnet_ids, keep_partial=keep_partial)
    first = first.model_copy(update={"start": asked})
    parts = sizes(count)
    subnet = plan.subnet_ids[0] if plan.subnet_ids else None
    batches = [another(context, first, part, subnet=subnet) for part in parts] if len(parts) > 1 else [first]
    for each in batches:
        rendered(context, each)  # raises what is to be known before anything is written
    if len(batches) > 1:
        _write(context, batches)
    loop = Loop(context, asked, report)
    return loop.run([Begun(each, written=len(batches) > 1) for each in batches])


def all_batches(context: Context) -> list[Batch]:
    """Every batch in the bucket, oldest first; one that cannot be read is told of, and left out."""
    found = []
    for key, body in context.store.get_all(context.store.keys(BATCHES)).items():
        try:
            found.append(Batch.parse(context.store.url(key), body))
        except RecordError as error:
            context.say(f"warning: {error}")
    return sorted(found, key=lambda each: (each.created, each.batch))


def unfinished(context: Context) -> list[Batch]:
    """Those that were begun, and neither completed nor taken back."""
    return _unfinished(all_batches(context))


def resume(context: Context, batch: Batch) -> list[Instance]:
    """Go on with one batch, and no others of its start. Empty: it had to be taken back, which is told.

    Raises as ``launch`` does.
    """
    try:
        return launch(context, batch, repeated=True)
    except StaleLaunchError as error:
        context.say(f"batch {batch.batch} ({batch.count} x {batch.role}) is taken back: {error}")
        return []


def go_on(
    context: Context, names: Collection[str] = (), *, report: Report | None = None
) -> list[Instance] | None:
    """Go on with all starts that were cut short, or those with one of these batches; None: there is none.

    Ends as each of them would have ended. Raises as ``start`` does, after all of them have been tried.
    """
    starts: dict[str, list[Batch]] = {}
    for each in all_batches(context):
        starts.setdefault(_start_of(each).name, []).append(each)
    chosen = [
        group
        for group in starts.values()
        if _unfinished(group) and (not names or any(each.batch in names for each in group))
    ]
    started: list[Instance] = []
    failed: list[ConductorError] = []
    for group in chosen:
        try:
            started += _go_on(context, group, report)
        except ConductorError as error:
            failed.append(error)
    if len(failed) == 1:
        raise failed[0]
    if failed:
        raise LaunchError("\n".join(each.message for each in failed), advice=failed[0].advice)
    return started if chosen else None


def _go_on(context: Context, group: Sequence[Batch], report: Report | None) -> list[Instance]:
    begun = _unfinished(group)
    asked = _start_of(begun[0])
    for each in group:
        if each.state == "prepared" and each not in begun:  # others have taken its place
            end_document(context, each, given_up=False)
    given_up = any(each.given_up for each in group)
    if given_up and not asked.keep_partial:
        for each in begun:
            withdraw(context, each, find(context, each))
        context.say(f"the start of {asked.asked} x {begun[0].role} had been given up: the rest is taken back")
        return []
    todo = [Begun(each, written=True, repeated=True) for each in begun]
    there = sum(each.count - len(each.lost) for each in group if each.state == "launched")
    owed = asked.asked - there - sum(each.count - len(each.lost) for each in begun)
    if owed > 0 and not given_up:
        like = with_fresh_code(context, begun[0]).model_copy(update={"start": asked})
        subnet = asked.subnets[0] if asked.subnets else None
        more = [another(context, like, part, subnet=subnet) for part in sizes(owed)]
        _write(context, more)
        todo += [Begun(each, written=True) for each in more]
    return Loop(context, asked, report, before=there).run(todo)


def _write(context: Context, batches: Sequence[Batch]) -> None:
    """Batches that nothing has been asked of the cloud for yet."""
    try:
        context.store.put_all({each.key: each.body() for each in batches})
    except ConductorError as error:
        try:
            for each in batches:
                end_document(context, each)
        except ConductorError:
            raise error from None  # they remain: `resume` goes on with them
        raise LaunchError(f"{error}; nothing was started", advice=error.advice) from error


def _unfinished(batches: Sequence[Batch]) -> list[Batch]:
    replaced = {each.replaces for each in batches}
    return [
        each
        for each in batches
        if each.state == "prepared" and each.user_data is not None and each.batch not in replaced
    ]


def _start_of(batch: Batch) -> Start:
    """Of a batch from before there were starts: itself."""
    return batch.start or Start(name=batch.batch, asked=batch.count)
