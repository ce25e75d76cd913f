"""Hadoop's clusters as the records have them, and what follows from a worker that is to be drained.

A worker whose record says ``draining`` is on the list ``hadoop::excluded`` of its cluster's namenode and
jobtracker, and on its own. The list is derived whole from what lives, so that repeating it heals whatever two
conductors at once, or an interrupted one, have left; and EC2 may give a name that was on it to a new worker.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from conductor import derived
from conductor.context import Context
from conductor.derived import Host
from conductor.errors import CloudError
from conductor.instances import Instance
from conductor.record import Record

NAMENODE = "hadoop::namenode"
JOBTRACKER = "hadoop::jobtracker"
WORKER = "hadoop::worker"
# Those that take work away from a worker, and all that hold the list or are on it.
HEADS = frozenset({NAMENODE, JOBTRACKER})
CONCERNED = HEADS | {WORKER}
EXCLUDED = "hadoop::excluded"
DEFAULT_CLUSTER = "hadoop"
ATTEMPTS = 5


def concerned(record: Record | None) -> bool:
    """Whether a list may follow from this node, or belong to it."""
    return record is not None and not CONCERNED.isdisjoint(record.classes)


def cluster(record: Record) -> str:
    """The Hadoop cluster that a node is part of, as far as its record says."""
    return str(record.parameter("hadoop", "cluster") or DEFAULT_CLUSTER)


def of_class(hosts: Iterable[Host], name: str, cluster_name: str) -> list[Host]:
    """Those with a class in one cluster."""
    return [each for each in hosts if name in each.record.classes and cluster(each.record) == cluster_name]


def hosts(
    context: Context, *, without: Collection[str] = (), among: Iterable[Instance] | None = None
) -> list[Host]:
    """Hadoop's nodes that live, clients and those named in ``without`` (certnames) apart."""
    living = derived.hosts(context, without=without, among=among)
    return [each for each in living if concerned(each.record)]


def update(context: Context, *, without: Collection[str] = ()) -> None:
    """Bring every list up to what lives now. Another conductor may write meanwhile: so it looks again.

    ``without``: nodes that are known to have no list and not to be on any. Raises CloudError, RecordError.
    """
    for _ in range(ATTEMPTS):
        if not write(context, hosts(context, without=without)):
            return
    raise CloudError(
        f"records of {context.store.url()} changed {ATTEMPTS} times while {EXCLUDED} was written",
        advice="try again when nobody else drains, starts or terminates workers",
    )


def write(context: Context, living: Collection[Host]) -> bool:
    """Bring the lists up to what these say; whether there was anything to write."""
    lists = {name: excluded(living, name) for name in {cluster(each.record) for each in living}}

    def change(_: Host, record: Record) -> Record:
        return derived.with_data(record, {EXCLUDED: _derived(record, lists.get(cluster(record), []))})

    return derived.write(context, living, change)


def excluded(living: Iterable[Host], cluster_name: str) -> list[str]:
    """Private names of a cluster's workers that are being drained."""
    workers = of_class(living, WORKER, cluster_name)
    return sorted({each.instance.private_name for each in workers if each.record.draining} - {""})


def says_itself(record: Record) -> bool:
    """Whether the operator has written the list by hand, so that it is not ours to derive."""
    return EXCLUDED in record.data and record.derived.get(EXCLUDED) != record.data[EXCLUDED]


def _derived(record: Record, names: list[str]) -> list[str] | None:
    holds_it = not HEADS.isdisjoint(record.classes) or (WORKER in record.classes and record.draining)
    return names if holds_it and names else None
