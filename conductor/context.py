"""What every operation works with."""

from __future__ import annotations

import getpass
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from conductor.clients import Clients, api_errors
from conductor.errors import CloudError, ConductorError, NoCredentialsError, UnreachableError
from conductor.operator_files import Operator
from conductor.settings import Settings
from conductor.store import Store

T = TypeVar("T")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Context:
    """``say`` gets one line of progress at a time; the clock is here so that tests need not wait."""

    settings: Settings
    clients: Clients
    store: Store
    operator: Operator
    launched_by: str
    say: Callable[[str], None]
    now: Callable[[], datetime] = field(default=_utc_now)
    monotonic: Callable[[], float] = field(default=time.monotonic)
    sleep: Callable[[float], None] = field(default=time.sleep)


def wait_until(
    context: Context, look: Callable[[], T | None], *, doing: str, otherwise: ConductorError, wait: bool
) -> T:
    """What ``look`` finds, at once or (``wait``) before the deadline; else raises ``otherwise``."""
    end = context.monotonic() + context.settings.wait.deadline
    said = False
    while (found := look()) is None:
        if not wait or context.monotonic() >= end:
            raise otherwise
        if not said:
            context.say(doing)
            said = True
        context.sleep(context.settings.wait.interval)
    return found


def open_context(settings: Settings, clients: Clients, say: Callable[[str], None]) -> Context:
    """Ask the cloud who we are. Raises NoCredentialsError or UnreachableError if that cannot be."""
    owner = None
    try:
        with api_errors("asking who these credentials belong to"):
            identity = clients.sts.get_caller_identity()
        owner, launched_by = identity["Account"] or None, identity["Arn"]
    except (NoCredentialsError, UnreachableError):
        raise
    except CloudError as error:  # clouds without STS
        say(f"warning: {error}; the bucket's owner is not checked")
        launched_by = f"{getpass.getuser()}@{socket.gethostname()}"
    return Context(
        settings=settings,
        clients=clients,
        store=Store(clients, settings.s3_bucket_name, owner),
        operator=Operator.of(settings.operator_key),
        launched_by=launched_by,
        say=say,
    )


@contextmanager
def uninterrupted() -> Iterator[None]:
    """No Ctrl-C in here: what is being put in order must not be left half done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
