"""The cluster's nodes: instances, records and status, joined by certname."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from conductor import derived, hadoop, instances, roles, servers
from conductor.context import Context
from conductor.errors import NotFoundError, RecordError
from conductor.instances import Instance
from conductor.launching.preparing import record_for
from conductor.record import STATUS, Record

T = TypeVar("T")


class LastRun(BaseModel):
    """A node's last Puppet run."""

    status: Literal["changed", "unchanged", "failed"]
    at: str
    noop: bool = False


class Status(BaseModel):
    """status/CERTNAME, as the database's host writes it."""

    model_config = ConfigDict(extra="ignore")

    enrolled: str | None = None
    last_run: LastRun | None = None
    health: str | None = None
    # What a namenode or jobtracker says of workers that are drained: see draining/reports.py.
    drain: Any = None


@dataclass(frozen=True)
class Node:
    """One certname and what is known of it; either the record or the instance may be missing."""

    certname: str
    instance: Instance | None
    # The record as it is in the bucket, and as read; None: there is none, or it cannot be read.
    body: bytes | None
    record: Record | None
    status: Status

    @property
    def is_ca(self) -> bool:
        return self.record is not None and roles.CA_CLASS in self.record.classes

    @property
    def serves(self) -> bool:
        return self.record is not None and bool(roles.infrastructure(self.record.classes))

    @property
    def role(self) -> str:
        if self.record and self.record.enrolment:
            return self.record.enrolment.role
        return self.instance.role if self.instance else ""

    def shown(self) -> str:
        """How messages call it."""
        return (
            f"{self.role or 'node'} {self.instance.id if self.instance else '(no instance)'}, {self.certname}"
        )

    def names(self) -> set[str]:
        """All that an operator may call this node, roles aside."""
        found = {self.certname}
        if self.record and self.record.enrolment:
            found.add(self.record.enrolment.batch)
        if self.instance:
            found |= {self.instance.id, self.instance.batch, self.instance.private_name}
        return found - {""}

    def as_row(self) -> dict[str, Any]:
        """Plain data for output; no secrets, and not what the operator wrote as parameters."""
        enrolment = self.record.enrolment if self.record else None
        instance = self.instance
        return {
            "role": self.role,
            "certname": self.certname,
            "instance_id": instance.id if instance else None,
            "state": instance.state if instance else None,
            "private_name": instance.private_name if instance else None,
            "private_ip": instance.private_ip if instance else None,
            "launched": instance.launched.isoformat() if instance else None,
            "batch": instance.batch if instance else enrolment.batch if enrolment else None,
            "draining": self.record.draining if self.record else None,
            "record": self.body is not None,
            "classes": sorted(self.record.classes) if self.record else [],
            "environment": self.record.environment if self.record else None,
            "expires": enrolment.expires if enrolment else None,
            "enrolled": self.status.enrolled,
            "last_run": self.status.last_run.model_dump() if self.status.last_run else None,
            "health": self.status.health,
        }


def read_status(context: Context, certnames: Sequence[str]) -> dict[str, Status]:
    """What the database's host last wrote of these nodes; an unknown node has an empty status."""
    bodies = context.store.get_all(STATUS + name for name in certnames)
    return {name: _status(context, name, bodies.get(STATUS + name)) for name in certnames}


def read(context: Context) -> list[Node]:
    """All nodes that have a record or an instance that is not gone; those that serve first, by role and name.

    One object that cannot be read is told of, and hides no other node: instances cost money.
    """
    by_name = {
        each.certname: each
        for each in instances.find(context.clients.ec2, bucket=context.store.bucket)
        if not each.gone
    }
    there = context.store.exists()
    bodies = context.store.get_all(context.store.keys()) if there else {}
    certnames = sorted({*by_name, *bodies})
    statuses = context.store.get_all(STATUS + name for name in certnames) if there else {}
    nodes = [
        Node(
            certname=name,
            instance=by_name.get(name),
            body=bodies.get(name),
            record=_tolerant(context, _record, name, bodies.get(name), None),
            status=_tolerant(context, _status, name, statuses.get(STATUS + name), Status()),
        )
        for name in certnames
    ]
    return sorted(nodes, key=lambda node: (not node.is_ca, not node.serves, node.role, node.certname))


def _tolerant(
    context: Context,
    read_one: Callable[[Context, str, bytes | None], T],
    name: str,
    body: bytes | None,
    default: T,
) -> T:
    try:
        return read_one(context, name, body)
    except RecordError as error:
        context.say(f"warning: {error}")
        return default


def select(nodes: Sequence[Node], names: Sequence[str]) -> list[Node]:
    """Nodes by certname, batch, instance id, private name or role. Raises NotFoundError."""
    chosen: dict[str, Node] = {}
    unknown = []
    for name in names:
        found = [node for node in nodes if name in node.names()]
        found = found or [node for node in nodes if name == node.role]
        chosen |= {node.certname: node for node in found}
        unknown += [] if found else [name]
    if unknown:
        raise NotFoundError(
            f"no node has this certname, instance id, private name, batch or role: {', '.join(unknown)}",
            advice="start_instance.py list",
        )
    return list(chosen.values())


def classify(context: Context, node: Node) -> bool:
    """Write the classification that the configuration has now into the node's record.

    Returns whether the node serves others now.
    """
    if node.record is None:
        raise NotFoundError(f"{node.certname} has no record that can be read")
    wanted = roles.classification(context.settings, node.role)
    public_key = context.operator.ssh_public_key(context.settings.ssh_public_key)
    now = record_for(context, wanted, public_key, servers.read(context))
    # A run between this and hadoop.update must not find a drain ended.
    now = derived.with_data(now, {hadoop.EXCLUDED: node.record.derived.get(hadoop.EXCLUDED)})
    update = {name: getattr(now, name) for name in ("classes", "parameters", "environment", "derived")}
    context.store.put(node.certname, node.record.model_copy(update=update).body())
    return bool(roles.infrastructure(now.classes))


def _record(context: Context, name: str, body: bytes | None) -> Record | None:
    if body is None:
        return None
    return Record.parse(context.store.url(name), body)


def _status(context: Context, name: str, body: bytes | None) -> Status:
    if body is None:
        return Status()
    try:
        return Status.model_validate(json.loads(body))
    except (ValueError, ValidationError) as error:
        raise RecordError(f"{context.store.url(STATUS + name)}: not a status: {error}") from error
