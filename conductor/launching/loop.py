"""The loop over a start's batches: several at once, others in the place of those that were refused."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from conductor.context import Context, uninterrupted
from conductor.errors import (
    CapacityError,
    ConductorError,
    IncompleteLaunchError,
    InterruptedLaunchError,
    LaunchError,
    LocalError,
    StaleLaunchError,
    UnansweredLaunchError,
    UnreachableError,
)
from conductor.instances import Instance
from conductor.launching.attempt import attempt
from conductor.launching.capacity import Piece, Room
from conductor.launching.completing import Completed, complete, finish
from conductor.launching.outcome import fewer, finish_all
from conductor.launching.preparing import another, with_fresh_code
from conductor.launching.settling import end_document
from conductor.record import Batch, Start

AT_ONCE = 4
REPETITIONS = 2  # of batches that the API did not answer to, each beside what boto3 does by itself
LOSSES = 3  # of instances that ended at once, after which it is no use to start others
# After these nobody knows, or what is there is not as it should be: it is left for `resume`.
OPEN = (IncompleteLaunchError, LocalError, UnreachableError)


@dataclass(frozen=True)
class Begun:
    """A batch to be started, or to be gone on with; ``written``: it is in the bucket as it is."""

    batch: Batch
    written: bool = False
    repeated: bool = False

    @property
    def piece(self) -> Piece:
        return Piece(self.batch.count, self.batch.request.get("SubnetId"))


class Loop:
    """One start. Only the thread that calls ``run`` changes what is in here."""

    def __init__(
        self,
        context: Context,
        start: Start,
        report: Callable[[Sequence[Instance]], None] | None = None,
        *,
        before: int = 0,
    ) -> None:
        self._context = context
        self._start = start
        self._report = report
        self._before = before  # nodes of this start that are there already
        self._room = Room(start.subnets)
        self._queue: deque[Begun] = deque()
        self._running: dict[Future[Completed | ConductorError], Begun] = {}
        self._here: Begun | None = None  # what this thread itself is at
        self._done: list[Completed] = []
        self._repetitions = REPETITIONS
        self._losses = LOSSES
        self._refusal: ConductorError | None = None
        self._open: ConductorError | None = None

    def run(self, todo: Sequence[Begun]) -> list[Instance]:
        """All of them, to the end. Raises as ``batches.start`` says."""
        self._queue.extend(todo)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                self._all(pool)
                return self._end()
            except KeyboardInterrupt as error:
                with uninterrupted():
                    raise InterruptedLaunchError(self._interrupted()) from error

    @property
    def started(self) -> list[Instance]:
        """The instances that are there by now."""
        return [instance for each in self._done for instance in each.started]

    def _all(self, pool: ThreadPoolExecutor) -> None:
        while self._running or (self._queue and not self._refusal and not self._open):
            if len(self._queue) == 1 and not self._running:  # here, where Ctrl-C arrives
                self._here = self._queue.popleft()
                self._take(self._here, self._try(self._here))
                self._here = None
                continue
            while self._queue and len(self._running) < self._at_once:
                begun = self._queue.popleft()
                if begun.repeated or self._room.may_hold(begun.piece):
                    self._running[pool.submit(self._try, begun)] = begun
                else:
                    self._elsewhere(begun)
            self._collect()

    @property
    def _at_once(self) -> int:
        if self._refusal or self._open:
            return 0
        return 1 if self._room.scarce else AT_ONCE

    def _collect(self) -> None:
        if self._running:
            for each in wait(self._running, return_when=FIRST_COMPLETED).done:
                result = each.result()
                self._take(self._running.pop(each), result)

    def _try(self, begun: Begun) -> Completed | ConductorError:
        try:
            return attempt(
                self._context,
                begun.batch,
                repeated=begun.repeated,
                written=begun.written,
                replaceable=True,
            )
        except ConductorError as error:
            return error

    def _take(self, begun: Begun, result: Completed | ConductorError) -> None:
        match result:
            case Completed():
                self._done.append(result)
                if self._report:
                    self._report(result.started)
                if result.loss:
                    self._lost(begun, result, result.loss)
            case InterruptedLaunchError():  # and nothing of this one runs
                self._here = None
                raise KeyboardInterrupt from result
            case CapacityError():
                self._room.refused(begun.piece)
                self._elsewhere(begun, result)
            case StaleLaunchError():
                self._replace(begun, [begun.piece], result)
            case UnansweredLaunchError() if self._repetitions:
                self._repetitions -= 1
                self._replace(begun, [begun.piece], result)
            case UnansweredLaunchError():
                self._refusal = result
                self._end_documents([begun])
            case _ if isinstance(result, OPEN):
                self._open = result
            case _:
                self._refusal = result

    def _elsewhere(self, begun: Begun, why: ConductorError | None = None) -> None:
        """The same in other zones, or in smaller batches."""
        pieces = self._room.place(begun.batch.count)
        if not pieces:
            self._refusal = why or CapacityError(f"no room for {begun.batch.count} x {begun.batch.role}")
            self._end_documents([begun])
            return
        self._replace(begun, pieces, why)

    def _replace(self, begun: Begun, pieces: Sequence[Piece], why: ConductorError | None) -> None:
        """Others in the place of a batch of which nothing runs. They are written before that one is ended, so
        that a kill in between loses none."""
        parts = " + ".join(str(each.count) for each in pieces)
        where = f" in {pieces[0].subnet}" if pieces[0].subnet else ""
        if why:
            self._context.say(f"{why.message}; trying {parts} x {begun.batch.role}{where} instead")
        try:
            new = self._new(begun, pieces, replaces=begun.batch.batch)
            end_document(self._context, begun.batch, given_up=False)
        except ConductorError as error:
            self._open = IncompleteLaunchError(
                f"{why.message + '; then: ' if why else ''}{error}", advice="`start_instance.py resume`"
            )
            return
        self._queue.extend(new)

    def _new(self, begun: Begun, pieces: Sequence[Piece], *, replaces: str | None) -> list[Begun]:
        context = self._context
        like = with_fresh_code(context, begun.batch) if begun.repeated else begun.batch
        batches = [
            another(context, like, each.count, subnet=each.subnet).model_copy(update={"replaces": replaces})
            for each in pieces
        ]
        context.store.put_all({each.key: each.body() for each in batches})
        return [Begun(each, written=True) for each in batches]

    def _lost(self, begun: Begun, completed: Completed, why: LaunchError) -> None:
        """Others for instances that ended at once, where that was for want of room."""
        count = len(completed.lost)
        again = isinstance(why, CapacityError) and self._losses > 0
        pieces = self._room.place(count, after=begun.piece.subnet) if again else []
        self._losses -= 1
        if not pieces:
            self._refusal = why
            return
        self._context.say(f"{why.message}; starting {count} others")
        try:
            # The batch says first what it has lost, or a kill after this would start too many.
            context = self._context
            context.store.put(completed.batch.key, completed.batch.body())
            self._queue.extend(self._new(begun, pieces, replaces=None))
        except ConductorError as error:
            self._open = IncompleteLaunchError(
                f"{why.message}; then: {error}", advice="`start_instance.py resume`"
            )

    def _end(self) -> list[Instance]:
        """What the start comes to."""
        if self._open:
            raise self._open
        if self._refusal:
            self._end_documents(self._queue)
            fewer(self._context, self._start, self._done, self._refusal, before=self._before)
        else:
            finish_all(self._context, self._done)
        return self.started

    def _end_documents(self, begun: Sequence[Begun] | deque[Begun]) -> None:
        """Nothing is to be started from these. One that cannot be written is told of by `resume`."""
        for each in begun:
            try:
                end_document(self._context, each.batch)
            except ConductorError as error:
                self._context.say(f"warning: {error}")

    def _interrupted(self) -> list[Instance]:
        """After Ctrl-C: what is under way ends, nothing else begins, and what runs is complete and told."""
        for future, begun in self._running.items():
            try:
                self._take(begun, future.result())
            except KeyboardInterrupt:
                continue
        try:
            if self._here:
                self._done.append(complete(self._context, self._here.batch, repeated=self._here.repeated))
            self._end_documents(self._queue)
            finish(self._context, self._done)
        except ConductorError as error:
            self._context.say(
                f"warning: the launch is incomplete: {error}; `start_instance.py resume` goes on with it"
            )
        return self.started
