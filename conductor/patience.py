"""Throttling: an account that asks too often is refused for a while, which is no reason to give up.

AWS counts an account's calls together, so others may use up what there is. boto3 repeats a call three times
within seconds; this goes on, with pauses of random length that grow (full jitter), up to a deadline.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.client import BaseClient

from conductor.clients import THROTTLED, Clients

DEADLINE = 300.0  # seconds that one call may be put off in all
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 20.0
NAME = "puppet-hadoop-patience"
SINCE = "puppet-hadoop-throttled-since"


@dataclass
class Patience:
    """A handler of botocore's event ``needs-retry``: it sleeps, then has the call made again as it was."""

    say: Callable[[str], None]
    sleep: Callable[[float], None]
    monotonic: Callable[[], float]
    share: Callable[[], float] = random.random  # of the longest pause at that point: 0 to 1
    _told: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def attach(self, clients: Clients) -> None:
        """All calls of these clients, paginators' too, are waited for. Before botocore's own handler."""
        for client in _real(clients):
            service = client.meta.service_model.service_id.hyphenize()
            client.meta.events.register_first(
                f"needs-retry.{service}",
                self,  # type: ignore[arg-type] # which forgets that handlers answer
                unique_id=f"{NAME}-{service}",
            )

    def __call__(
        self, *, response: Any, attempts: int, request_dict: dict[str, Any], operation: Any, **_: Any
    ) -> float | None:
        """Seconds that botocore is to wait before the next try; None: it is not ours to say."""
        code = response[1].get("Error", {}).get("Code") if response else None
        if code not in THROTTLED:
            return None
        now = self.monotonic()
        since = request_dict["context"].setdefault(SINCE, now)
        pause = self.share() * min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1))
        if now + pause > since + DEADLINE:
            return None
        self._tell(operation.name, code)
        self.sleep(pause)
        return 0.0

    def _tell(self, operation: str, code: str) -> None:
        with self._lock:
            if operation in self._told:
                return
            self._told.add(operation)
        self.say(
            f"the cloud has {operation} wait ({code}): asking more slowly, up to {DEADLINE:.0f} s a call"
        )


def _real(clients: Clients) -> Iterator[BaseClient]:
    """Those that speak to a cloud: some clouds lack some, and have stand-ins."""
    yield clients.ec2
    yield clients.s3
    yield from (each for each in (clients.sts, clients.iam, clients.sqs) if isinstance(each, BaseClient))
