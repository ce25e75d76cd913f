"""The faults of an API, at any call of a scenario: what a network, a cloud or a `kill -9` does to a command.

    calls = calls_of(clients, lambda: start(context))       # a good run, each call of it
    for call in calls:
        for fault in faults_at(call):
            with broken(clients, call, fault) as broke:     # in a cloud of its own
                ...
            assert broke.happened

Calls are told apart by operation and number ("the second PutObject"), from whatever thread they come.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any

from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError

from conductor.clients import Clients
from tests.cloud.support import refusal

READS = ("Describe", "Get", "Head", "List")
ENDPOINT = "https://cloud.test"
Answer = Callable[[], Any]


class KilledError(BaseException):
    """The process ends here: nothing that would catch an error gets to do so."""


class Fault(Enum):
    """What happens at a call. All but the last two happen once, and then all is well again."""

    THROTTLED = "throttled"
    SERVER_ERROR = "answered by 500"
    TIMEOUT_BEFORE = "timed out before its effect"
    TIMEOUT_AFTER = "timed out after its effect"
    DENIED = "denied"
    CUT_OFF = "the last one that gets through, without its answer"
    KILLED_BEFORE = "never made: killed"
    KILLED_AFTER = "made, then killed"


FAULTS = tuple(Fault)
# A read that had an "effect" is one that had none.
FAULTS_OF_READS = (
    Fault.THROTTLED,
    Fault.SERVER_ERROR,
    Fault.TIMEOUT_BEFORE,
    Fault.DENIED,
    Fault.KILLED_BEFORE,
)
KILLS = (Fault.KILLED_BEFORE, Fault.KILLED_AFTER)


@dataclass(frozen=True)
class Call:
    """One call of a scenario: the ``number``-th (from 0) of its operation."""

    service: str
    operation: str
    number: int

    @property
    def writes(self) -> bool:
        return not self.operation.startswith(READS)

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}[{self.number}]"


def faults_at(call: Call) -> tuple[Fault, ...]:
    """The faults that differ at this call."""
    return FAULTS if call.writes else FAULTS_OF_READS


@dataclass
class Broken:
    """Whether the fault has happened, and what was called until then and after it."""

    happened: bool = False
    calls: list[Call] = field(default_factory=list)
    _seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, service: str, operation: str) -> Call:
        with self._lock:
            call = Call(service, operation, self._seen[service, operation])
            self._seen[service, operation] += 1
            self.calls.append(call)
            return call


def calls_of(clients: Clients, scenario: Callable[[], object]) -> list[Call]:
    """Every call that a good run makes, in order."""
    seen = Broken()
    with watched(clients, lambda service, operation, _, answer: (seen.note(service, operation), answer())[1]):
        scenario()
    return seen.calls


@contextmanager
def broken(clients: Clients, call: Call, fault: Fault) -> Iterator[Broken]:
    """``fault`` happens at ``call``. After a kill, or once cut off, no call gets through any more."""
    state = Broken()

    def step(service: str, operation: str, _: dict[str, Any], answer: Answer) -> Any:
        if state.happened and fault in KILLS:
            raise KilledError
        if state.happened and fault is Fault.CUT_OFF:
            raise ConnectTimeoutError(endpoint_url=ENDPOINT)
        if state.note(service, operation) != call:
            return answer()
        state.happened = True
        if fault in {Fault.TIMEOUT_AFTER, Fault.CUT_OFF, Fault.KILLED_AFTER}:
            answer()
        raise error_of(fault, service, operation)

    with watched(clients, step):
        yield state


def error_of(fault: Fault, service: str, operation: str) -> BaseException:
    """What boto3 raises then, its own repetitions being in vain."""
    match fault:
        case Fault.KILLED_BEFORE | Fault.KILLED_AFTER:
            return KilledError()
        case Fault.TIMEOUT_BEFORE:
            return ConnectTimeoutError(endpoint_url=ENDPOINT)
        case Fault.TIMEOUT_AFTER:
            return ReadTimeoutError(endpoint_url=ENDPOINT)
        case Fault.CUT_OFF:
            return ConnectionClosedError(endpoint_url=ENDPOINT)
        case Fault.THROTTLED:
            code = {"ec2": "RequestLimitExceeded", "s3": "SlowDown"}.get(service, "Throttling")
            return refusal(code, operation, 503)
        case Fault.SERVER_ERROR:
            return refusal("InternalError", operation, 500)
        case Fault.DENIED:
            code = {"ec2": "UnauthorizedOperation", "s3": "AccessDenied"}.get(service, "AccessDenied")
            return refusal("403" if operation.startswith("Head") else code, operation, 403)


Step = Callable[[str, str, dict[str, Any], Answer], Any]


@contextmanager
def watched(clients: Clients, step: Step) -> Iterator[None]:
    """``step(service, operation, parameters, answer)`` stands before each call, paginators' too."""
    with ExitStack() as stack:
        for each in fields(clients):
            client = getattr(clients, each.name)
            if client is not None:
                stack.enter_context(_replaced(client, step))
        yield


@contextmanager
def _replaced(client: Any, step: Step) -> Iterator[None]:
    """boto3 makes every call by this one method, which is what moto's own documentation has tests replace."""
    real = client._make_api_call
    service = client.meta.service_model.service_name

    def make_api_call(operation: str, parameters: dict[str, Any]) -> Any:
        return step(service, operation, parameters, lambda: real(operation, parameters))

    client._make_api_call = make_api_call
    try:
        yield
    finally:
        client._make_api_call = real


@contextmanager
def client_tokens(ec2: Any) -> Iterator[None]:
    """RunInstances keeps its promise on ClientToken, as EC2's does and moto's does not."""
    known: dict[str, tuple[dict[str, Any], Any]] = {}
    lock = threading.Lock()

    def step(_: str, operation: str, parameters: dict[str, Any], answer: Answer) -> Any:
        token = parameters.get("ClientToken")
        if operation != "RunInstances" or not token:
            return answer()
        asked = deepcopy(parameters)  # botocore encodes the user data in place
        with lock:
            if token not in known:
                known[token] = (asked, answer())
            first, given = known[token]
        if first != asked:
            raise refusal("IdempotentParameterMismatch", operation)
        return given

    with _replaced(ec2, step):
        yield


def numbered(calls: list[Call], operation: str) -> list[Call]:
    """Those of one operation."""
    return [each for each in calls if each.operation == operation]


def cases(calls: list[Call]) -> list[tuple[Call, Fault]]:
    """The whole table of a scenario: each call with each fault that differs there."""
    return list(itertools.chain.from_iterable([(call, fault) for fault in faults_at(call)] for call in calls))
