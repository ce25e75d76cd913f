"""Several launches at once: each comes to its end, whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

from conductor.context import Context, uninterrupted
from conductor.errors import ConductorError, InterruptedUpError, LaunchError

PARALLEL = 8
AGAIN = "`start_instance.py up` again starts what is missing"


def at_once(context: Context, work: Mapping[str, Callable[[], object]]) -> None:
    """Do all of it. Raises LaunchError with every failure, InterruptedUpError after Ctrl-C: what had begun by
    then has ended in order."""
    if not work:
        return
    if len(work) == 1:  # in this thread, where an interruption reaches it
        next(iter(work.values()))()
        return
    with ThreadPoolExecutor(PARALLEL) as pool:
        running = {name: pool.submit(do) for name, do in work.items()}
        try:
            wait(running.values())
        except KeyboardInterrupt as error:
            with uninterrupted():
                _let_end(context, running)
            raise InterruptedUpError(advice=AGAIN) from error
    _raise_failures(running)


def _let_end(context: Context, running: Mapping[str, Future[object]]) -> None:
    """What has not begun is left out; a launch that has begun is not left half done."""
    under_way = [name for name, each in running.items() if not each.cancel() and not each.done()]
    if under_way:
        context.say(f"interrupted: waiting for what is under way to come to its end: {', '.join(under_way)}")
    wait(running.values())
    for name, each in running.items():
        if not each.cancelled() and (error := each.exception()) is not None:
            context.say(f"warning: {name}: {error}")


def _raise_failures(running: Mapping[str, Future[object]]) -> None:
    failed: dict[str, ConductorError] = {}
    for name, each in running.items():
        error = each.exception()
        if isinstance(error, ConductorError):
            failed[name] = error
        elif error is not None:  # a defect, or the end of the process
            raise error
    if failed:
        advice = next((error.advice for error in failed.values() if error.advice), "")
        raise LaunchError(
            "\n".join(f"{name}: {error.message}" for name, error in failed.items()),
            advice=f"{advice}; then {AGAIN}" if advice else AGAIN,
        )
