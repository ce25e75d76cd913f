"""``down``: nothing of the cluster is left that costs money or is trusted.

Every step may be cut off and repeated. The order is that of trust: nodes end and are revoked while the CA
still can, then its host ends, then what the bucket says of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from conductor import ending, instances, inventory, roles
from conductor.context import Context
from conductor.errors import CloudError, ConductorError, WaitError
from conductor.fleet import revoking, volumes
from conductor.fleet.locking import Lock, locked
from conductor.fleet.survey import told
from conductor.instances import Instance
from conductor.inventory import Node
from conductor.launching import batches
from conductor.launching.launch import SIGHT_SECONDS, roll_back
from conductor.record import BATCHES, STATUS, TERMINATED
from conductor.roles import CA_CLASS

OURS = (BATCHES, STATUS, "ca/", "cluster/")
PURGED = ("code/", "packages/")
TERMINATED_STATE = "terminated"
AGAIN = "repeat `start_instance.py down`"


@dataclass(frozen=True)
class Ending:
    """Where an instance stands on its way out."""

    instance: Instance
    failure: str = ""

    @property
    def stage(self) -> str:
        return self.instance.state

    @property
    def done(self) -> bool:
        return self.instance.state == TERMINATED_STATE


Report = Callable[[Sequence[Ending], float], None]


def there(context: Context) -> str:
    """What `down` would take away, for the question whether it shall."""
    return told(Counter(each.role or "node" for each in inventory.read(context)))


def down(context: Context, report: Report, *, purge: bool = False, steal: bool = False) -> list[Node]:
    """End all instances, certificates, volumes and records of the cluster; ``purge``: packages and code too.

    Returns the nodes as they were. Raises CloudError, WaitError: what is left, which the next ``down`` takes
    away.
    """
    with locked(context, "down", steal=steal) as lock:
        if context.store.exists():
            nodes = _end_cluster(context, lock, report, purge=purge)
            stays = f"the bucket {context.store.bucket} stays" + ("" if purge else ", with packages and code")
        else:
            context.say(f"there is no bucket {context.store.bucket}: instances and volumes are looked for")
            nodes = inventory.read(context)
            _end_instances(context, report)
            volumes.remove(context)
            stays = "there was no bucket"
        context.operator.unpin(context.store.bucket)  # the next cluster has a CA of its own
    _assert_nothing_runs(context)
    context.say(f"nothing of the cluster is left; {stays}")
    return nodes


def _end_cluster(context: Context, lock: Lock, report: Report, *, purge: bool) -> list[Node]:
    began = context.monotonic()
    cut_off = _take_back_launches(context)
    nodes = _nodes(context)
    hosts = [each for each in nodes if _has_ca(context, each)]
    others = [each for each in nodes if each not in hosts]
    if others:
        ending.end(context, others)
    revoking.wait_until_revoked(context, hosts)
    lock.check()
    if hosts:
        ending.end(context, hosts)
    # A launch that was cut off may show instances late.
    _end_instances(context, report, until=began + SIGHT_SECONDS if cut_off else began)
    volumes.remove(context)
    lock.check()
    _empty(context, purge=purge, keep_marks=_foreign_ca(context) and not hosts)
    return nodes


def _take_back_launches(context: Context) -> bool:
    """Launches that were cut off are not to be gone on with; whether there were any."""
    unfinished = batches.unfinished(context)
    for batch in unfinished:
        if not instances.find(context.clients.ec2, bucket=context.store.bucket, batch=batch.batch):
            roll_back(context, batch)
    return bool(unfinished)


def _nodes(context: Context) -> list[Node]:
    """All nodes; what else is in the bucket is somebody else's."""
    found = []
    for each in inventory.read(context):
        if each.instance is None and each.record is None:
            context.say(f"warning: {context.store.url(each.certname)} is no record, and stays")
        else:
            found.append(each)
    return found


def _has_ca(context: Context, node: Node) -> bool:
    if node.is_ca or node.record is not None:
        return node.is_ca
    with suppress(ConductorError):  # without a record its role tells, if it is one that is still known
        return CA_CLASS in roles.classification(context.settings, node.role).classes
    return False


def _foreign_ca(context: Context) -> bool:
    """Whether the CA is none of this cluster's hosts: then it has yet to revoke what is marked."""
    return bool(context.settings.agent.ca_cert)


def _end_instances(context: Context, report: Report, *, until: float = 0.0) -> None:
    """Until every instance is gone for good, and time has passed for those to show that nobody knew of."""
    begin = context.monotonic()
    end = begin + context.settings.wait.deadline
    ours: set[str] = set()  # clouds show for an hour what ended earlier
    while True:
        now = instances.find(context.clients.ec2, bucket=context.store.bucket)
        runs = [each.id for each in now if not each.gone]
        for first in range(0, len(runs), instances.AT_ONCE):
            instances.terminate(context.clients.ec2, runs[first : first + instances.AT_ONCE])
        left = [each for each in now if each.state != TERMINATED_STATE]
        ours |= {each.id for each in left}
        report([Ending(each) for each in now if each.id in ours], context.monotonic() - begin)
        if not left and context.monotonic() >= until:
            return
        if context.monotonic() >= end:
            raise WaitError(_named("not ended yet", left), advice=f"when they have ended, {AGAIN}")
        context.sleep(context.settings.wait.interval if left else 1)


def _empty(context: Context, *, purge: bool, keep_marks: bool) -> None:
    """Take away what the bucket says of the cluster."""
    prefixes = [*OURS, *(PURGED if purge else ()), *(() if keep_marks else (TERMINATED,))]
    keys = [key for prefix in prefixes for key in context.store.tags(prefix)]
    context.store.delete(keys)
    if keep_marks:
        context.say(f"{context.store.url(TERMINATED)} stays: the CA, which is not of this cluster, reads it")


def _assert_nothing_runs(context: Context) -> None:
    """Nothing that costs money goes unseen. Raises CloudError."""
    left = [
        each
        for each in instances.find(context.clients.ec2, bucket=context.store.bucket)
        if each.state != TERMINATED_STATE
    ]
    if left:
        raise CloudError(_named("started meanwhile", left), advice=AGAIN)
    found = volumes.find(context.clients.ec2, bucket=context.store.bucket)
    if found:
        raise CloudError("made meanwhile: " + ", ".join(each.shown() for each in found), advice=AGAIN)


def _named(what: str, left: Sequence[Instance]) -> str:
    return f"{what}: " + ", ".join(f"{each.role} {each.id} ({each.state})" for each in left)
