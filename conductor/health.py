"""How the cluster is: each node judged by what the API, its record and its status say, each role counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from conductor import authority, inventory
from conductor.context import Context
from conductor.errors import ConductorError
from conductor.fleet.wanting import wanted
from conductor.inventory import Node
from conductor.launching import batches
from conductor.login.naming import aliases
from conductor.record import Record, moment
from conductor.setting_types import duration

RUN_INTERVAL = 1800  # Puppet's own
# An agent that has missed so many runs, and then some time for slow ones, has stopped.
MISSED_RUNS = 3
SLOWNESS = timedelta(minutes=10)


class Verdict(StrEnum):
    """What a node is; ``WAITING``: it is on its way, with nothing wrong so far."""

    WELL = "well"
    WAITING = "waiting"
    UNWELL = "unwell"


@dataclass(frozen=True)
class NodeHealth:
    """One node, and why it is not well."""

    node: Node
    name: str
    verdict: Verdict
    why: str
    age: timedelta | None
    run_age: timedelta | None

    def as_row(self) -> dict[str, Any]:
        return {
            "name": self.name,
            **self.node.as_row(),
            "verdict": str(self.verdict),
            "why": self.why or None,
            "age_seconds": _seconds(self.age),
            "last_run_age_seconds": _seconds(self.run_age),
        }


@dataclass(frozen=True)
class RoleHealth:
    """How many nodes of a role there are; ``asked``: what ``cluster:`` in the configuration says."""

    role: str
    asked: int | None
    there: int
    enrolled: int
    well: int


@dataclass(frozen=True)
class Overview:
    """The whole cluster. ``problems``: those of no one node."""

    roles: list[RoleHealth]
    nodes: list[NodeHealth]
    problems: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        return not self.told()

    def told(self) -> list[str]:
        """Everything that is not as it should be, in words."""
        named = [f"{each.name}: {each.why}" for each in self.nodes if each.verdict is not Verdict.WELL]
        return [*self.problems, *named]

    def as_data(self) -> dict[str, Any]:
        return {
            "well": self.well,
            "problems": self.problems,
            "roles": [vars(each) for each in self.roles],
            "nodes": [each.as_row() for each in self.nodes],
        }


def look(context: Context) -> Overview:
    """Ask the API and the bucket."""
    return judge(context, inventory.read(context))


def judge(context: Context, nodes: Sequence[Node]) -> Overview:
    """The overview of these nodes, which are all there are."""
    short = aliases(nodes)
    judged = [
        _judged(node, name=next(iter(short.get(node.certname, [])), node.certname), now=context.now())
        for node in nodes
    ]
    asked = wanted(context.settings) if context.settings.cluster else {}
    counted = [_counted(role, judged, asked) for role in dict.fromkeys([*(n.role for n in nodes), *asked])]
    return Overview(
        counted, judged, [*_missing(counted), *_without_ca(context, nodes), *_unfinished(context)]
    )


def _judged(node: Node, *, name: str, now: datetime) -> NodeHealth:
    run = moment(node.status.last_run.at) if node.status.last_run else None
    run_age = now - run if run else None
    verdict, why = _verdict(node, now=now, run_age=run_age)
    age = now - node.instance.launched if node.instance else None
    return NodeHealth(node, name, verdict, why, age, run_age)


def _verdict(node: Node, *, now: datetime, run_age: timedelta | None) -> tuple[Verdict, str]:
    instance, record, status = node.instance, node.record, node.status
    if instance is None:
        return Verdict.UNWELL, (
            "it has a record but no instance: that ended by itself, or its launch was cut short; "
            f"to be rid of it: `start_instance.py terminate {node.certname}`"
        )
    end = f"to end it: `start_instance.py terminate {instance.id}`"
    if node.body is None:
        return Verdict.UNWELL, f"{instance.id} costs money and has no record: nobody signs for it; {end}"
    if record is None:
        return Verdict.UNWELL, f"its record cannot be read; {end}"
    if instance.state not in {"pending", "running"}:
        return Verdict.UNWELL, f"{instance.id} is {instance.state}"
    if not status.enrolled:
        return _not_enrolled(record, now)
    if status.health == "failed" or (status.last_run and status.last_run.status == "failed"):
        return Verdict.UNWELL, "its last Puppet run failed: `journalctl -u puppet` there"
    if run_age is not None and run_age > _patience(record):
        return Verdict.UNWELL, f"its last Puppet run was {shown(run_age)} ago: does its agent run?"
    if status.last_run is None:
        return Verdict.WAITING, "enrolled, its first Puppet run is under way"
    if record.draining:
        return Verdict.WAITING, f"what it holds is being taken elsewhere, since {record.draining}"
    if status.health != "ok":
        return Verdict.WAITING, "it waits for its partners, or for its next Puppet run"
    return Verdict.WELL, ""


def _not_enrolled(record: Record, now: datetime) -> tuple[Verdict, str]:
    expires = moment(record.enrolment.expires) if record.enrolment else None
    if expires is not None and now >= expires:
        return Verdict.UNWELL, f"it has not enrolled, and could only until {shown(now - expires)} ago"
    return Verdict.WAITING, "not enrolled yet"


def _patience(record: Record) -> timedelta:
    try:
        interval = duration(record.parameter("puppet::agent", "runinterval", RUN_INTERVAL))
    except ValueError:
        interval = RUN_INTERVAL
    return MISSED_RUNS * timedelta(seconds=interval if isinstance(interval, int) else RUN_INTERVAL) + SLOWNESS


def _counted(role: str, judged: Sequence[NodeHealth], asked: dict[str, int]) -> RoleHealth:
    of_role = [each for each in judged if each.node.role == role]
    return RoleHealth(
        role=role,
        asked=asked.get(role, 0) if asked else None,
        there=sum(each.node.instance is not None and each.node.body is not None for each in of_role),
        enrolled=sum(each.node.status.enrolled is not None for each in of_role),
        well=sum(each.verdict is Verdict.WELL for each in of_role),
    )


def _missing(counted: Sequence[RoleHealth]) -> list[str]:
    return [
        f"{each.role}: {each.there} of {each.asked} are there: `start_instance.py up` starts the rest"
        for each in counted
        if each.asked is not None and each.there < each.asked
    ]


def _without_ca(context: Context, nodes: Sequence[Node]) -> list[str]:
    """Whether nodes can enrol at all."""
    living = [node for node in nodes if node.instance]
    if not living:
        return ["there are no nodes"]
    try:
        known = authority.agent_settings(context)
    except ConductorError as error:
        return [error.message]
    if any(node.is_ca for node in living):
        return [] if known else ["the CA has not published its certificate yet"]
    return [] if context.settings.agent.ca_cert else ["no host with the CA is there: no node can enrol"]


def _unfinished(context: Context) -> list[str]:
    """Launches of which nobody knows yet what they have started."""
    try:
        begun = batches.unfinished(context)
    except ConductorError as error:
        return [error.message]
    return [
        f"the launch of {each.count} x {each.role} (batch {each.batch}) is under way, or was cut short: "
        f"`start_instance.py resume {each.batch}` goes on with it"
        for each in begun
    ]


def shown(age: timedelta) -> str:
    """A length of time as people say it: 45 s, 12 min, 3 h, 5 d."""
    seconds = max(0, int(age.total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _seconds(age: timedelta | None) -> int | None:
    return None if age is None else int(age.total_seconds())
