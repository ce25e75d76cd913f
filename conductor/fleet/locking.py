"""One conductor at a time changes a cluster: ``locks/conductor`` in the bucket says which.

Taken by a conditional write, so that of two at once one loses. The lock ends ten minutes after its holder
last said that it is at work, and at once when the holder was a process of this machine that is gone: what
was killed can be repeated right away.
"""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, ValidationError

from conductor.context import Context
from conductor.errors import CloudError, ConductorError, LockedError, NotConditionalError
from conductor.fleet import processes
from conductor.record import moment, timestamp

KEY = "locks/conductor"  # certnames have no "/": no record can be taken for it
LIFE = timedelta(minutes=10)
REFRESH_SECONDS = 120
PATIENCE_SECONDS = 120  # others hold it for seconds, but for `up` and `down`
STEAL_ADVICE = (
    "wait for it to end; if it is surely not at work any more, repeat the command with --steal-lock"
)


# Those of this process that are over, whether they could be removed or not.
_given_back: set[str] = set()


class Holder(BaseModel):
    """Who has the lock, and until when."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    token: str
    what: str
    owner: str
    host: str
    machine: str
    pid: int
    began: str
    since: str
    expires: str

    def shown(self) -> str:
        return f"`{self.what}` of {self.owner} (process {self.pid} on {self.host}, since {self.since})"


@dataclass
class Lock:
    """The lock while it is held. ``tag`` is that of the object, None where there is nothing to hold on to."""

    context: Context
    holder: Holder
    tag: str | None
    _lost: str = ""
    _ended: threading.Event = field(default_factory=threading.Event)
    _writing: threading.Lock = field(default_factory=threading.Lock)

    def check(self) -> None:
        """Raises LockedError when others may be at work: ask before what they must not see half done."""
        if not self._lost and self.tag and timestamp(self.context.now()) >= self.holder.expires:
            self.refresh()
        if self._lost:
            raise LockedError(self._lost, advice="see what they have done (`start_instance.py list`)")

    def refresh(self) -> None:
        """Say that we are still at work."""
        with self._writing:
            if self.tag is None or self._lost or self._ended.is_set():
                return
            later = self.holder.model_copy(update={"expires": _expiry(self.context)})
            try:
                tag = self.context.store.put_if(KEY, _body(later), tag=self.tag)
            except NotConditionalError:
                tag = self._write_if_ours(later)
            if tag is None:
                found = _read(self.context)
                if found is not None and found[0].token == self.holder.token:
                    tag = found[1]  # a write of ours whose answer was lost
                else:
                    taken = f"taken by {found[0].shown()}" if found else "taken away"
                    self._lost = f"the lock {self.context.store.url(KEY)} was {taken}"
                    return
            self.holder, self.tag = later, tag

    def _write_if_ours(self, later: Holder) -> str | None:
        """Without a condition, by a look before: who has lost it must not take it back."""
        found = _read(self.context)
        if found is None or found[0].token != self.holder.token:
            return None
        self.context.store.put(KEY, _body(later))
        return self.tag

    def keep(self) -> None:
        """Refresh until the lock is given back."""
        while not self._ended.wait(REFRESH_SECONDS):
            try:
                self.refresh()
            except ConductorError as error:  # it holds for minutes yet
                self.context.say(f"warning: the lock could not be refreshed: {error}")

    def give_back(self) -> None:
        """Remove it, if it is still ours."""
        self._ended.set()
        _given_back.add(self.holder.token)
        with self._writing:
            if self.tag is None or self._lost:
                return
            try:
                found = _read(self.context)
                if found is not None and found[0].token == self.holder.token:
                    self.context.store.delete([KEY])
            except ConductorError as error:  # what was done under it counts
                self.context.say(
                    f"warning: the lock could not be given back: {error}; it ends at {self.holder.expires}"
                )


@contextmanager
def locked(
    context: Context, what: str, *, steal: bool = False, patience: float = PATIENCE_SECONDS
) -> Iterator[Lock]:
    """No other conductor changes the cluster meanwhile; ``what`` is the command, for those who must wait.

    Without a bucket there is nothing to lock. Raises LockedError after ``patience`` seconds.
    """
    mine = _holder(context, what)
    try:
        lock = _take(context, mine, steal=steal, patience=patience)
    except CloudError:
        Lock(context, mine, "unknown").give_back()  # it may have been written all the same
        raise
    keeper = threading.Thread(target=lock.keep, name="lock", daemon=True)
    keeper.start()
    try:
        yield lock
    finally:
        lock.give_back()


def _take(context: Context, mine: Holder, *, steal: bool, patience: float) -> Lock:
    end = context.monotonic() + patience
    told = False
    while True:
        found = _read(context)
        if found is None and not context.store.exists():
            return Lock(context, mine, None)
        if found is not None and found[0].token == mine.token:
            return Lock(context, mine, found[1])  # a write whose answer was lost
        free = found is None or _is_over(context, found[0])
        if free or steal:
            if found is not None:
                why = "whose process is gone, or silent for too long" if free else "as --steal-lock says"
                context.say(f"warning: taking the lock of {found[0].shown()}, {why}")
            mine = mine.model_copy(update={"expires": _expiry(context)})
            tag = _write(context, mine, over=found[1] if found else None)
            if tag is not None:
                return Lock(context, mine, tag)
        if context.monotonic() >= end:
            by = f": {found[0].shown()}" if found else ""
            raise LockedError(
                f"another conductor is at work on {context.store.url()}{by}", advice=STEAL_ADVICE
            )
        if found is not None and not free and not told:
            context.say(f"waiting for {found[0].shown()} to end")
            told = True
        context.sleep(2)


def _write(context: Context, mine: Holder, *, over: str | None) -> str | None:
    try:
        return context.store.put_if(KEY, _body(mine), tag=over)
    except NotConditionalError as error:
        context.say(f"warning: {error}: two conductors that begin in the same second do not see one another")
        context.store.put(KEY, _body(mine))
        found = _read(context)
        # Of two in the same second the last one has written: the other is to see that.
        return found[1] if found and found[0].token == mine.token else None


def _read(context: Context) -> tuple[Holder, str] | None:
    found = context.store.look(KEY)
    if found is None:
        return None
    body, tag = found
    try:
        return Holder.model_validate_json(body), tag
    except ValidationError:  # whatever it is, it is not the lock of a conductor that is at work
        context.say(f"warning: {context.store.url(KEY)} cannot be read; it is written anew")
        return _NOBODY, tag


_NOBODY = Holder(
    token="", what="?", owner="nobody", host="?", machine="", pid=0, began="", since="?", expires=""
)


def _is_over(context: Context, holder: Holder) -> bool:
    if moment(holder.expires) is None or holder.expires <= timestamp(context.now()):
        return True
    if holder.token in _given_back:
        return True
    return holder.machine == processes.machine() and not processes.lives(holder.pid, holder.began)


def _holder(context: Context, what: str) -> Holder:
    pid = os.getpid()
    return Holder(
        token=str(uuid.uuid4()),
        what=what,
        owner=context.launched_by,
        host=socket.gethostname(),
        machine=processes.machine(),
        pid=pid,
        began=processes.started(pid),
        since=timestamp(context.now()),
        expires=_expiry(context),
    )


def _expiry(context: Context) -> str:
    return timestamp(context.now() + LIFE)


def _body(holder: Holder) -> bytes:
    return holder.model_dump_json(indent=2).encode() + b"\n"
