"""Launching: what is asked for and each node's record are in the bucket before RunInstances.

A launch can be repeated as it was (``launch`` of the same batch): the batch gives the ClientToken and,
with the operator's key, the secret and so the user data. EC2 answers a repetition with the same instances.
"""

from __future__ import annotations

from conductor.context import Context, uninterrupted
from conductor.errors import ConductorError, InterruptedLaunchError
from conductor.instances import Instance
from conductor.launching.attempt import attempt, incomplete
from conductor.launching.completing import complete, finish
from conductor.launching.settling import SIGHT_SECONDS, either_way, roll_back, seen
from conductor.record import Batch

__all__ = ["SIGHT_SECONDS", "launch", "load_batch", "roll_back"]


def launch(context: Context, batch: Batch, *, repeated: bool = False) -> list[Instance]:
    """Start the batch; again (``repeated``), if it was begun before. Nothing is left half made unseen.

    Raises LaunchError (the message says what runs, if anything; records of nodes that do not run are gone
    again), UnreachableError (nobody knows; the message says how to find out), InterruptedLaunchError (what
    runs is in its ``started``).
    """
    try:
        completed = attempt(context, batch, repeated=repeated)
        try:
            finish(context, [completed])
        except ConductorError as error:
            raise incomplete(batch, error) from error
    except KeyboardInterrupt as error:
        with uninterrupted():
            raise InterruptedLaunchError(finish_anyway(context, batch)) from error
    if completed.loss:
        raise completed.loss
    return completed.started


def finish_anyway(context: Context, batch: Batch) -> list[Instance]:
    """After Ctrl-C: what runs is told, whether the launch can be completed or not."""
    try:
        completed = complete(context, batch)
        finish(context, [completed])
        return completed.started
    except ConductorError as error:
        context.say(f"warning: the launch is incomplete: {error}; {either_way(batch)}")
        return seen(context, batch, "interrupted")


def load_batch(context: Context, name: str) -> Batch | None:
    """A batch from the bucket."""
    key = Batch.model_construct(batch=name).key
    body = context.store.get(key)
    return None if body is None else Batch.parse(context.store.url(key), body)
