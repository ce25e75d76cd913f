"""The listener: messages of the conductor have the CA look at once where it would have looked soon.

A message is a hint and nothing else: ``{"certnames": [NAME, ...]}`` (records have been written) or
``{"terminated": [NAME, ...]}`` (nodes have been ended). What is signed and revoked is decided by the sweeps'
own code from the bucket, so one that is lost, repeated, late or forged changes nothing.
"""

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from .errors import ConfigError, EnrolmentError, StoreUnavailableError
from .log import Log
from .names import is_certname
from .resident import notify

MAX_NAMES = 1000  # in one message; the conductor sends 100 at the most
FIRST_REST, LONGEST_REST = 1.0, 60.0  # seconds without a question to a queue that cannot be read


@dataclass(frozen=True)
class Message:
    """One message, and what the queue wants to hear when it may be removed."""

    body: str
    receipt: str


@dataclass(frozen=True)
class Hint:
    """Where to look: at the requests of these names, and at these terminated nodes."""

    certnames: frozenset[str] = frozenset()
    terminated: frozenset[str] = frozenset()

    def __or__(self, other: "Hint") -> "Hint":
        return Hint(self.certnames | other.certnames, self.terminated | other.terminated)


class Queue(Protocol):
    """What a queue does. Both may raise StoreUnavailableError."""

    url: str

    def receive(self) -> Sequence[Message]:
        """Wait for messages for a while; return none if none has come."""

    def delete(self, message: Message) -> None:
        """Have a message not come again."""


Act = Callable[[Hint], bool]


def parse_hint(body: str) -> Hint | None:
    """Return what a message says; None if it is no message of the conductor's."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not document or not {"certnames", "terminated"}.issuperset(document):
        return None
    for names in document.values():
        if not isinstance(names, list) or not 0 < len(names) <= MAX_NAMES:
            return None
        if not all(isinstance(name, str) and is_certname(name) for name in names):
            return None
    return Hint(**{key: frozenset(names) for key, names in document.items()})


class Listener:
    """Hands what comes from a queue to ``act``, which returns whether it could do its work."""

    def __init__(self, queue: Queue, act: Act, log: Log) -> None:
        self._queue = queue
        self._act = act
        self._log = log

    def look(self) -> None:
        """Wait once for messages, and act on them together.

        A message is removed when it was acted on, or is none. One that could not be acted on, since the
        store is silent, comes again until the queue gives it up; the sweeps do not depend on it. Raises
        StoreUnavailableError if the queue cannot be read, ConfigError.
        """
        messages = self._queue.receive()
        notify("WATCHDOG=1")
        hint, understood, strange = Hint(), [], []
        for message in messages:
            found = parse_hint(message.body)
            if found is None:
                self._log.warning(f"Not a message of the conductor's, removed: {message.body[:200]}")
                strange.append(message)
            else:
                hint |= found
                understood.append(message)
        done = self._acted(hint) if understood else True
        for message in [*strange, *(understood if done else [])]:
            self._queue.delete(message)

    def _acted(self, hint: Hint) -> bool:
        for word, names in (("written", hint.certnames), ("terminated", hint.terminated)):
            if names:
                self._log.info(f"Told of {len(names)} {word}: {', '.join(sorted(names))}")
        try:
            return self._act(hint)
        except ConfigError:
            raise
        except EnrolmentError as error:
            self._log.error(str(error))
            return False


def listen(
    listener: Listener,
    log: Log,
    *,
    sleep: Callable[[float], None] = time.sleep,
    jitter: Callable[[], float] = random.random,
) -> None:
    """Look again and again, for ever; while the queue cannot be read, less and less often.

    Raises ConfigError: what is configured wrongly is read anew when systemd starts this again.
    """
    notify("READY=1")
    rest, told = FIRST_REST, ""
    while True:
        notify("WATCHDOG=1")
        try:
            listener.look()
        except StoreUnavailableError as error:
            if str(error) != told:  # once, and not each minute of an outage
                log.error(f"{error}; the sweeps go on without it")
            told = str(error)
            notify("WATCHDOG=1\nSTATUS=the queue cannot be read")
            sleep(rest * (0.5 + jitter() / 2))
            rest = min(2 * rest, LONGEST_REST)
        else:
            if told:
                log.info("The queue can be read again")
            rest, told = FIRST_REST, ""
            notify("STATUS=listening")
