"""``--wait``: until each node has enrolled and applied its first catalog, or the reason why not.

A host with the CA or the database that is started before any master has no catalog to get: it is ready
when its bootstrap says on the console that it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from conductor import authority, instances, servers
from conductor.context import Context
from conductor.errors import CloudError, RecordError, UnreachableError, WaitError
from conductor.instances import Instance
from conductor.inventory import Status, read_status
from conductor.roles import CA_CLASS, MASTER_CLASS, infrastructure

CONSOLE_INTERVAL = 20  # seconds: reading consoles is slow, and clouds give them late anyway
CONSOLE_LINES = 15
CONSOLE_ERRORS = 10
FAILURE_MARK = "puppet-bootstrap: FAILED"
DONE_MARK = "puppet-bootstrap: done"
ERROR_MARK = "Error:"  # Puppet's; dozens of lines about what depends on it may follow


@dataclass(frozen=True)
class Progress:
    """Where one node stands. ``stage`` is one of the words below."""

    instance: Instance
    stage: str
    failure: str = ""

    @property
    def done(self) -> bool:
        return self.stage in {APPLIED, SET_UP}


PENDING = "pending"
BOOTING = "running, not enrolled yet"
ENROLLED = "enrolled, first run under way"
APPLIED = "first catalog applied"
SET_UP = "set up, waits for a master"
FAILED = "failed"

Report = Callable[[Sequence[Progress], float], None]


def wait_for(
    context: Context, started: Sequence[Instance], report: Report, *, classes: Collection[str]
) -> None:
    """Poll until all are done. ``report`` gets all nodes' progress and the seconds gone by.

    Raises WaitError: an instance ended, its bootstrap or its first run failed, or the deadline has passed.
    """
    is_ca = CA_CLASS in classes
    bootstrapped = {each.id for each in started} if _has_no_master(context, classes) else set()

    def over(seen: Sequence[Progress]) -> bool:
        return all(each.done for each in seen) and (
            not is_ca or authority.agent_settings(context) is not None
        )

    watch(context, started, report, over=over, is_ca=is_ca, bootstrapped=bootstrapped)


def watch(
    context: Context,
    started: Sequence[Instance],
    report: Report,
    *,
    over: Callable[[Sequence[Progress]], bool],
    is_ca: bool = False,
    bootstrapped: Collection[str] = (),
    patient: bool = False,
) -> None:
    """Poll until it is ``over``. ``bootstrapped``: ids of those that are ready when their bootstrap is.
    ``patient``: a failure ends the wait only when every other node is done or has failed.

    Raises WaitError as ``wait_for`` does.
    """
    begin = context.monotonic()
    consoles = _Consoles(context, bootstrapped)
    while True:
        elapsed = context.monotonic() - begin
        seen = _look(context, started)
        if seen is not None:
            seen = consoles.read(seen)
            report(seen, elapsed)
            failed = [each for each in seen if each.failure]
            if failed and not (patient and any(not each.done and not each.failure for each in seen)):
                raise _failure(context, failed)
            if not failed and over(seen):
                return
        if elapsed >= context.settings.wait.deadline:
            raise _late(context, [each for each in seen or [] if not each.done], is_ca=is_ca)
        context.sleep(context.settings.wait.interval)


def _has_no_master(context: Context, classes: Collection[str]) -> bool:
    """Whether these are infrastructure hosts that nobody gives a catalog to yet."""
    if not infrastructure(classes) or MASTER_CLASS in classes:
        return False
    return not servers.read(context).masters


def _look(context: Context, started: Sequence[Instance]) -> list[Progress] | None:
    """None when the API does not answer just now: the deadline, not a hiccup, ends the wait."""
    try:
        batches = {each.batch for each in started}
        only = next(iter(batches)) if len(batches) == 1 else None
        found = instances.find(context.clients.ec2, bucket=context.store.bucket, batch=only)
        now = {each.id: each for each in found}
        statuses = read_status(context, [each.certname for each in started])
    except (RecordError, UnreachableError) as error:
        context.say(f"warning: {error}")
        return None
    # One that this answer leaves out has not ended: the API is only eventually consistent.
    return [_progress(now.get(each.id, each), statuses[each.certname]) for each in started]


def _progress(now: Instance, status: Status) -> Progress:
    if now.state in {*instances.GONE, "stopping", "stopped"}:
        reason = f" ({now.reason})" if now.reason else ""
        return Progress(now, FAILED, f"the instance is {now.state}{reason}")
    if status.last_run and status.last_run.status == "failed":
        return Progress(
            now,
            FAILED,
            f"its first Puppet run had failures; on the node: journalctl -u puppet ({now.private_name})",
        )
    if status.enrolled and status.last_run:
        return Progress(now, APPLIED)
    if status.enrolled:
        return Progress(now, ENROLLED)
    return Progress(now, PENDING if now.state == "pending" else BOOTING)


class _Consoles:
    """What the consoles say of the bootstrap, if the cloud shows them; read now and then."""

    def __init__(self, context: Context, bootstrapped: Collection[str]) -> None:
        self._context = context
        self._bootstrapped = bootstrapped
        self._set_up: set[str] = set()
        self._next = context.monotonic() + CONSOLE_INTERVAL

    def read(self, seen: Sequence[Progress]) -> list[Progress]:
        """The same with failures, and with successes where they are all there is to wait for."""
        if self._context.monotonic() >= self._next:
            seen = [self._with_console(each) for each in seen]
            self._next = self._context.monotonic() + CONSOLE_INTERVAL
        return [
            Progress(each.instance, SET_UP)
            if each.instance.id in self._set_up and not each.failure and not each.done
            else each
            for each in seen
        ]

    def _with_console(self, progress: Progress) -> Progress:
        instance = progress.instance
        if progress.done or progress.failure or progress.stage == PENDING or instance.id in self._set_up:
            return progress
        try:
            text = instances.console(self._context.clients.ec2, instance.id)
        except CloudError:
            return progress  # of use only if it is there
        for line in text.splitlines():
            if FAILURE_MARK in line:
                return Progress(instance, FAILED, line[line.index(FAILURE_MARK) :].strip())
        if instance.id in self._bootstrapped and DONE_MARK in text:
            self._set_up.add(instance.id)
        return progress


def _failure(context: Context, failed: Sequence[Progress]) -> WaitError:
    parts = [_told(context, each, each.failure) for each in failed]
    return WaitError("\n".join(parts), advice=_where(failed[0].instance))


def _late(context: Context, late: Sequence[Progress], *, is_ca: bool) -> WaitError:
    limit = context.settings.wait.deadline
    parts = [_told(context, each, each.failure or f"still {each.stage!r} after {limit} s") for each in late]
    if not parts:
        missing = "the CA has not published its certificate" if is_ca else "the API did not answer"
        return WaitError(f"{missing} after {limit} s", advice="see `start_instance.py list`")
    return WaitError("\n".join(parts), advice=_where(late[0].instance))


def _told(context: Context, progress: Progress, what: str) -> str:
    instance = progress.instance
    head = f"{instance.role} {instance.id} ({instance.private_name}, {instance.certname}): {what}"
    try:
        lines = _excerpt(instances.console(context.clients.ec2, instance.id))
    except CloudError:
        lines = []
    return "\n".join([head, *(f"    console | {line}" for line in lines)])


def _excerpt(console: str) -> list[str]:
    """The lines up to the failure, else the last ones; before them Puppet's errors that came earlier."""
    lines = [line.rstrip() for line in console.rstrip().splitlines()]
    failed = next((number for number, line in enumerate(lines) if FAILURE_MARK in line), len(lines) - 1)
    begin = max(0, failed + 1 - CONSOLE_LINES)
    errors = [line for line in lines[:begin] if ERROR_MARK in line]
    return [*errors[-CONSOLE_ERRORS:], *lines[begin : failed + 1]]


def _where(instance: Instance) -> str:
    return (
        "look at /var/log/cloud-init-output.log and `journalctl -u puppet` there, and on the CA's host at "
        f"`check_csr --explain {instance.certname}`; to end it: `start_instance.py terminate {instance.id}`"
    )
