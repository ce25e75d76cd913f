"""What a start comes to: all that was asked for, none of it, or what can be had."""

from __future__ import annotations

from collections.abc import Sequence

from conductor.context import Context
from conductor.errors import ConductorError, IncompleteLaunchError, LaunchError
from conductor.launching.completing import Completed, finish
from conductor.launching.settling import withdraw
from conductor.record import Start


def finish_all(context: Context, done: Sequence[Completed]) -> None:
    """Tell whom it concerns, and end the batches. Raises IncompleteLaunchError."""
    try:
        finish(context, done)
    except ConductorError as error:
        raise IncompleteLaunchError(
            f"{error}; the {_instances(done)} are started, but incomplete",
            advice="`start_instance.py resume` completes them",
        ) from error


def fewer(
    context: Context, start: Start, done: Sequence[Completed], why: ConductorError, *, before: int
) -> None:
    """Not as many as asked for: the operator has said whether that is better than none.

    ``before``: those of an earlier command. Raises LaunchError unless some stay.
    """
    new = _instances(done)
    got = before + new
    told = f"{start.asked} asked for, {got} got: {why.message}" if got else why.message
    if start.keep_partial and got:
        finish_all(context, done)
        context.say(f"warning: {told}; these stay")
        return
    try:
        for each in done:
            withdraw(context, each.batch, each.started)
    except ConductorError as error:
        raise IncompleteLaunchError(
            f"{told}; then, while they were taken back: {error}",
            advice="`start_instance.py resume` goes on with that",
        ) from error
    kind = type(why) if isinstance(why, LaunchError) else LaunchError
    if not new:
        raise kind(told, advice=why.advice) from why
    raise kind(
        f"{told}; the {new} were terminated again",
        advice=f"{why.advice}; --keep-partial keeps what can be had",
    ) from why


def _instances(done: Sequence[Completed]) -> int:
    return sum(len(each.started) for each in done)
