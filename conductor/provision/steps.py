"""Each thing that ``init`` sees to is a step: look, then do what is missing, or (a dry run) say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TypeVar

from botocore import exceptions as boto

from conductor.clients import api_errors, error_code
from conductor.errors import CloudError, ConductorError, NoCredentialsError, UnsupportedError

T = TypeVar("T")


class State(StrEnum):
    """How a thing stands, or what was done about it."""

    THERE = "there"
    ABSENT = "absent"
    LEFT = "left as it is"
    MADE = "made"
    CHANGED = "changed"
    REMOVED = "removed"
    TO_MAKE = "to be made"
    TO_CHANGE = "to be changed"
    TO_REMOVE = "to be removed"
    UNSUPPORTED = "not supported here, skipped"
    FAILED = "failed"
    NOT_TRIED = "not tried"


PLANNED = {
    State.MADE: State.TO_MAKE,
    State.CHANGED: State.TO_CHANGE,
    State.REMOVED: State.TO_REMOVE,
}


@dataclass(frozen=True)
class Finding:
    """What a look has found. ``do`` brings about ``state``; without it the thing is in that state."""

    state: State
    detail: str = ""
    do: Callable[[], object] | None = None


@dataclass(frozen=True)
class Step:
    """One thing. After a failure the later steps of the same ``part`` are not tried: they need it."""

    part: str
    name: str
    look: Callable[[], Finding]


@dataclass(frozen=True)
class Outcome:
    """What became of a step."""

    part: str
    name: str
    state: State
    detail: str

    def as_row(self) -> dict[str, str]:
        """Plain data for output."""
        return {key: str(value) for key, value in asdict(self).items()}


def run(steps: Iterable[Step], *, dry_run: bool) -> Iterator[Outcome]:
    """Take the steps one after the other; what fails keeps the other parts from nothing.

    Raises NoCredentialsError: then nothing else can go well.
    """
    broken: set[str] = set()
    for step in steps:
        if step.part in broken:
            yield Outcome(step.part, step.name, State.NOT_TRIED, "")
            continue
        try:
            yield _take(step, dry_run=dry_run)
        except UnsupportedError as error:
            yield Outcome(step.part, step.name, State.UNSUPPORTED, error.message)
        except NoCredentialsError:
            raise
        except ConductorError as error:
            broken.add(step.part)
            advice = f"; {error.advice}" if error.advice else ""
            yield Outcome(step.part, step.name, State.FAILED, error.message + advice)


def _take(step: Step, *, dry_run: bool) -> Outcome:
    finding = step.look()
    state = finding.state
    if finding.do is not None:
        if dry_run:
            state = PLANNED[state]
        else:
            finding.do()
    return Outcome(step.part, step.name, state, finding.detail)


def check(outcomes: Sequence[Outcome], *, again: str) -> None:
    """Raises CloudError that names all that failed."""
    failed = [each for each in outcomes if each.state is State.FAILED]
    if failed:
        raise CloudError(
            "\n".join(f"{each.name}: {each.detail}" for each in failed),
            advice=f"all else is done; put this right, then `start_instance.py {again}` again",
        )


def ask(doing: str, read: Callable[[], T], *, absent: set[str]) -> T | None:
    """What an API call answers; None where its answer is one of the codes for "there is none"."""
    with api_errors(doing):
        try:
            return read()
        except boto.ClientError as error:
            if error_code(error) in absent:
                return None
            raise
