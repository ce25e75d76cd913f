"""One batch: its records, then RunInstances. Nothing is left half made unseen."""

from __future__ import annotations

from datetime import timedelta

from conductor.context import Context, uninterrupted
from conductor.errors import (
    CapacityError,
    ConductorError,
    IncompleteLaunchError,
    InterruptedLaunchError,
    LaunchError,
    LocalError,
    StaleLaunchError,
    ThrottledError,
    UnansweredLaunchError,
    UnreachableError,
)
from conductor.launching import user_data
from conductor.launching.completing import Completed, complete
from conductor.launching.preparing import CODE_FRESH_SECONDS
from conductor.launching.request import run_instances
from conductor.launching.settling import either_way, seen, settle
from conductor.operator_files import batch_secret, secret_sha256
from conductor.record import Batch, moment, timestamp

# After these another batch may take this one's place.
REPLACEABLE = (CapacityError, StaleLaunchError, ThrottledError, UnreachableError)


def attempt(
    context: Context,
    batch: Batch,
    *,
    repeated: bool = False,
    written: bool = False,
    replaceable: bool = False,
) -> Completed:
    """Start the batch, or go on with one that was begun (``repeated``).

    ``written``: the batch is in the bucket as it is. ``replaceable``: the caller ends the batch itself
    after one of REPLACEABLE. Raises LaunchError, of which IncompleteLaunchError alone means that something
    runs or remains; UnreachableError (nobody knows: the message says how to find out); KeyboardInterrupt (the
    instances are there); InterruptedLaunchError (none is).
    """
    run(context, batch, repeated=repeated, written=written, replaceable=replaceable)
    try:
        return complete(context, batch, repeated=repeated)
    except ConductorError as error:
        raise incomplete(batch, error) from error


def run(
    context: Context,
    batch: Batch,
    *,
    repeated: bool = False,
    written: bool = False,
    replaceable: bool = False,
) -> None:
    """The same until the instances are there."""
    data = rendered(context, batch)
    there = repeated and bool(seen(context, batch, f"going on with batch {batch.batch}"))
    asked = False
    try:
        if repeated and not there:
            _refuse_expired(context, batch)
        if not written:
            context.store.put(batch.key, batch.body())
        context.store.put_all(_records(context, batch, repeated=repeated))
        if not there:
            asked = True
            run_instances(context, batch, data)
    except KeyboardInterrupt as error:
        with uninterrupted():
            if not settle(context, batch, "interrupted", unsure=asked):
                raise InterruptedLaunchError([]) from error
        raise
    except ConductorError as error:
        unsure = asked and isinstance(error, UnreachableError | StaleLaunchError)
        document = not (replaceable and isinstance(error, REPLACEABLE))
        with uninterrupted():
            if not settle(context, batch, str(error), unsure=unsure, document=document):
                raise _refusal(error) from error


def incomplete(batch: Batch, error: ConductorError) -> IncompleteLaunchError:
    """What to raise when instances run, but what belongs to them could not be written."""
    return IncompleteLaunchError(
        f"{error}; the {batch.count} x {batch.role} of batch {batch.batch} are started, but incomplete",
        advice=either_way(batch),
    )


def rendered(context: Context, batch: Batch) -> bytes:
    """The user data. Raises ConfigError (too long), LocalError (another operator's), LaunchError (over)."""
    if batch.user_data is None:
        raise LaunchError(f"batch {batch.batch} is {batch.state}: nothing to start")
    return user_data.render(batch, batch.user_data, _secret(context, batch))


def _refusal(error: ConductorError) -> LaunchError:
    kind: type[LaunchError] = LaunchError
    if isinstance(error, UnreachableError | ThrottledError):
        kind = UnansweredLaunchError
    elif isinstance(error, LaunchError):
        kind = type(error)
    return kind(f"{error}; nothing was started, the records were removed again", advice=error.advice)


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
    """What would be started now must still be able to fetch its code, and to enrol."""
    begun = moment(batch.created)
    old = begun is None or context.now() >= begun + timedelta(seconds=CODE_FRESH_SECONDS)
    if old and batch.user_data and batch.user_data.code:
        raise StaleLaunchError(
            f"nothing of batch {batch.batch} runs, and the address of its code is of {batch.created}",
            advice="start anew",
        )
    enrolment = batch.record.enrolment
    if enrolment and timestamp(context.now()) >= enrolment.expires:
        raise StaleLaunchError(
            f"nothing of batch {batch.batch} runs, and it could enrol only until {enrolment.expires}",
            advice="start anew",
        )


def _records(context: Context, batch: Batch, *, repeated: bool) -> dict[str, bytes]:
    """What to write; a repeated launch must not undo what has been written to a record since."""
    present = context.store.get_all(batch.certnames) if repeated else {}
    body = batch.record.body()
    return {name: body for name in batch.certnames if name not in present}
