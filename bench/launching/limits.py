"""AWS's limits as token buckets, with the sizes that AWS documents.

EC2: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class Bucket:
    """``size`` tokens at first, and so many more a second, up to that."""

    size: float
    refill: float
    clock: Callable[[], float] = time.monotonic
    _tokens: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens, self._at = self.size, self.clock()

    def has(self, tokens: float) -> bool:
        now = self.clock()
        self._tokens = min(self.size, self._tokens + (now - self._at) * self.refill)
        self._at = now
        return self._tokens >= tokens

    def take(self, tokens: float) -> None:
        self._tokens -= tokens


# Requests: size, refill a second. Of the actions that are not listed AWS has others, no smaller ones.
EC2 = {"RunInstances": (5, 2), "TerminateInstances": (100, 5)}
OTHER_EC2 = (100, 20)
# Instances.
RESOURCES = {"RunInstances": (1000, 2), "TerminateInstances": (1000, 20)}
# S3, for each prefix.
WRITES, READS = (3500, 3500), (5500, 5500)


class Limits:
    """All of an account's buckets. Each call takes one token for itself, some also one for each instance."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def ec2(self, action: str, instances: int) -> bool:
        """Whether AWS would let this call pass."""
        wanted = [(self._bucket("ec2", action, EC2.get(action, OTHER_EC2)), 1)]
        if action in RESOURCES:
            wanted.append((self._bucket("instances", action, RESOURCES[action]), instances))
        return self._take(wanted)

    def s3(self, path: str, *, write: bool) -> bool:
        """The same of an object."""
        prefix = path.rpartition("/")[0]
        kind, size = ("write", WRITES) if write else ("read", READS)
        return self._take([(self._bucket(f"s3 {kind}", prefix, size), 1)])

    def _bucket(self, kind: str, name: str, size: tuple[float, float]) -> Bucket:
        with self._lock:
            if (kind, name) not in self._buckets:
                self._buckets[kind, name] = Bucket(*size, clock=self._clock)
            return self._buckets[kind, name]

    def _take(self, wanted: Sequence[tuple[Bucket, int]]) -> bool:
        """From all of them, or from none."""
        with self._lock:
            if not all(bucket.has(tokens) for bucket, tokens in wanted):
                return False
            for bucket, tokens in wanted:
                bucket.take(tokens)
            return True
