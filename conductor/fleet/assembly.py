"""Waiting for a cluster: for its CA, then for the first catalog of all nodes."""

from __future__ import annotations

from collections.abc import Sequence

from conductor import authority, servers
from conductor.context import Context
from conductor.errors import WaitError
from conductor.instances import Instance
from conductor.inventory import Node
from conductor.launching.waiting import Progress, Report, watch
from conductor.record import timestamp
from conductor.roles import MASTER_CLASS


def wait_for_ca(context: Context, hosts: Sequence[Node], report: Report) -> None:
    """Until the CA has published its certificate; nobody can be started before. Raises WaitError."""
    context.say("waiting for the CA to publish its certificate")

    def published(_: Sequence[Progress]) -> bool:
        return authority.agent_settings(context) is not None

    watch(context, _instances(hosts), report, over=published, is_ca=True)


def wait_for_all(context: Context, nodes: Sequence[Node], report: Report) -> None:
    """Until every node has applied its first catalog. Raises WaitError: those that did not, and why."""
    _refuse_hopeless(context, nodes)
    if not nodes:
        return
    bootstrapped: set[str] = set()
    if not servers.read(context).masters:
        hosts = [each for each in nodes if each.serves and each.record]
        only = [each for each in hosts if each.record and MASTER_CLASS not in each.record.classes]
        bootstrapped = {each.id for each in _instances(only)}

    def complete(seen: Sequence[Progress]) -> bool:
        return all(each.done for each in seen) and authority.agent_settings(context) is not None

    watch(context, _instances(nodes), report, over=complete, bootstrapped=bootstrapped, patient=True)


def _instances(nodes: Sequence[Node]) -> list[Instance]:
    return [each.instance for each in nodes if each.instance]


def _refuse_hopeless(context: Context, nodes: Sequence[Node]) -> None:
    """A node that has not enrolled in its time never will: that is told at once, not after a deadline."""
    now = timestamp(context.now())
    hopeless = [
        f"{each.shown()} has not enrolled, and could only until {each.record.enrolment.expires}"
        for each in nodes
        if not each.is_ca
        and not each.status.enrolled
        and each.record
        and each.record.enrolment
        and each.record.enrolment.expires <= now
    ]
    if hopeless:
        raise WaitError(
            "\n".join(hopeless),
            advice="`start_instance.py console NAME` shows why; `start_instance.py terminate NAME`, then "
            "`start_instance.py up` replaces it",
        )
