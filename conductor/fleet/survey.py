"""What there is beside what is wanted, and what follows from it. Nothing here asks or changes the cloud."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conductor.inventory import Node
from conductor.record import Batch


@dataclass(frozen=True)
class Survey:
    """``there`` is what counts; ``begun`` are launches to go on with, ``void`` those to be taken back, which
    neither run nor are wanted any more. The others are only told of."""

    wanted: Mapping[str, int]
    there: Sequence[Node]
    begun: Sequence[Batch]
    void: Sequence[Batch]
    draining: Sequence[Node]
    strays: Sequence[Node]  # instances without a record: they cost money, and can never enrol
    lost: Sequence[Node]  # records without an instance: a certificate may be valid

    @property
    def counts(self) -> Counter[str]:
        """How many of each role are there."""
        return Counter(each.role for each in self.there)

    @property
    def missing(self) -> dict[str, int]:
        """How many of each role are to be started, once what was begun is there."""
        return {role: count for role, count in self._balance().items() if count > 0}

    @property
    def surplus(self) -> dict[str, int]:
        """How many of each role are more than wanted."""
        return {role: -count for role, count in self._balance().items() if count < 0}

    def _balance(self) -> dict[str, int]:
        there = self.counts
        for each in self.begun:
            there[each.role] += each.count
        return {role: self.wanted.get(role, 0) - there[role] for role in sorted({*self.wanted, *there})}


def survey(wanted: Mapping[str, int], nodes: Sequence[Node], unfinished: Sequence[Batch]) -> Survey:
    """Put side by side what is wanted, all nodes, and the launches that were begun and not ended.

    A begun launch of which something runs is gone on with; so is one that is still wanted.
    """
    of_begun = {name for batch in unfinished for name in batch.certnames}
    running = {each.certname for each in nodes if each.instance}
    others = [each for each in nodes if each.certname not in of_begun]
    draining = [each for each in others if each.instance and each.record and each.record.draining]
    there = [each for each in others if each.instance and each.body is not None and each not in draining]
    begun, void = _begun(wanted, Counter(each.role for each in there), unfinished, running)
    return Survey(
        wanted=wanted,
        there=there,
        begun=begun,
        void=void,
        draining=draining,
        strays=[each for each in others if each.instance and each.body is None],
        lost=[each for each in others if not each.instance],
    )


def _begun(
    wanted: Mapping[str, int],
    counts: Counter[str],
    unfinished: Sequence[Batch],
    running: set[str],
) -> tuple[list[Batch], list[Batch]]:
    """Which launches to go on with, and which to take back."""
    by_need = sorted(
        unfinished, key=lambda batch: (running.isdisjoint(batch.certnames), batch.created, batch.batch)
    )
    begun: list[Batch] = []
    void: list[Batch] = []
    for batch in by_need:
        runs = not running.isdisjoint(batch.certnames)
        if runs or counts[batch.role] + batch.count <= wanted.get(batch.role, 0):
            begun.append(batch)
            counts[batch.role] += batch.count
        else:
            void.append(batch)
    return begun, void


def remarks(found: Survey) -> list[str]:
    """What the operator must be told, since `up` does nothing about it."""
    lines = [
        f"warning: {each.shown()} has no record, so it can never enrol, and costs money; "
        f"to end it: `start_instance.py terminate {each.instance.id}`"
        for each in found.strays
        if each.instance
    ]
    lines += [
        f"warning: {each.shown()} has a record, but no instance any more; its certificate is revoked by "
        f"`start_instance.py terminate {each.certname}`"
        for each in found.lost
    ]
    lines += [f"{each.shown()} is being drained, and does not count" for each in found.draining]
    lines += [
        f"warning: {count} x {role} more than the {found.wanted.get(role, 0)} wanted; "
        "`start_instance.py list` shows them, `start_instance.py terminate NAME` ends one"
        for role, count in found.surplus.items()
    ]
    return lines


def told(counts: Mapping[str, int]) -> str:
    """Such as: 1 x puppetmaster, 4 x worker."""
    return ", ".join(f"{count} x {role}" for role, count in counts.items() if count) or "nothing"
