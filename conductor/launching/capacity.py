"""Room: how a start is cut into batches, and what is tried where the cloud has no room for one.

Each size is tried in all zones; then its halves are, down to one instance. What has been refused once is not
asked for again, nor is more of it in the same zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LARGEST = 100  # instances of one RunInstances


def sizes(count: int, largest: int = LARGEST) -> list[int]:
    """As few batches as possible, as equal as possible, the larger ones first."""
    batches = -(-count // largest)
    each, more = divmod(count, batches)
    return [each + 1] * more + [each] * (batches - more)


@dataclass(frozen=True)
class Piece:
    """So many instances in one zone; None: where the cloud likes."""

    count: int
    subnet: str | None


class Room:
    """What the zones of a start are known not to have room for."""

    def __init__(self, subnets: Sequence[str]) -> None:
        self._subnets: list[str | None] = [*subnets] or [None]
        self._refused: dict[str | None, int] = {}

    def refused(self, piece: Piece) -> None:
        """The cloud had no room for this."""
        self._refused[piece.subnet] = min(piece.count, self._refused.get(piece.subnet, piece.count))

    def may_hold(self, piece: Piece) -> bool:
        """Whether there is any use in asking for it."""
        return piece.count < self._refused.get(piece.subnet, piece.count + 1)

    @property
    def scarce(self) -> bool:
        """Whether anything has been refused: from then on the next answer is worth waiting for."""
        return bool(self._refused)

    def place(self, count: int, *, after: str | None = None) -> list[Piece]:
        """Where to try so many next; empty: not even one of them would be had anywhere.

        ``after``: the zone that is to be the last choice.
        """
        first = self._subnets.index(after) + 1 if after in self._subnets else 0
        for subnet in [*self._subnets[first:], *self._subnets[:first]]:
            piece = Piece(count, subnet)
            if self.may_hold(piece):
                return [piece]
        if count == 1:
            return []
        return [*self.place(count - count // 2), *self.place(count // 2)]
