"""The cluster's nodes: instances, records and status, joined by certname."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from conductor import authority, instances, roles
from conductor.context import Context
from conductor.errors import NotFoundError, RecordError
from conductor.instances import Instance
from conductor.launch import load_batch, record_for
from conductor.record import CA_SERVER, STATUS, TERMINATED, Record
from conductor.roles import CA_CLASS


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


@dataclass(frozen=True)
class Node:
    """One certname and what is known of it; either the record or the instance may be missing."""

    certname: str
    instance: Instance | None
    record: Record | None
    status: Status

    @property
    def role(self) -> str:
        if self.record and self.record.enrolment:
            return self.record.enrolment.role
        return self.instance.role if self.instance else ""

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
            "record": self.record is not None,
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
    """All nodes that have a record or an instance that is not gone; by role and age."""
    by_name = {
        each.certname: each
        for each in instances.find(context.clients.ec2, bucket=context.store.bucket)
        if not each.gone
    }
    bodies = context.store.get_all(context.store.keys()) if context.store.exists() else {}
    records = {name: _record(context, name, body) for name, body in bodies.items()}
    certnames = sorted({*by_name, *records})
    statuses = read_status(context, certnames) if certnames else {}
    nodes = [Node(name, by_name.get(name), records.get(name), statuses[name]) for name in certnames]
    return sorted(nodes, key=lambda node: (node.role != "puppetmaster", node.role, node.certname))


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


def terminate(context: Context, node: Node) -> None:
    """Mark the certificate for revocation, end the enrolment, then end the instance. May be repeated."""
    if _is_the_ca(context, node):
        authority.forget(context)
    mark = TERMINATED + node.certname
    if node.record:
        context.store.put(mark, node.record.body())
    elif not context.store.has(mark):  # the record is lost: the certificate is to be revoked all the same
        context.store.put(mark, Record().body())
    context.store.delete([node.certname, STATUS + node.certname])
    if node.instance:
        instances.terminate(context.clients.ec2, [node.instance.id])
        batch = load_batch(context, node.instance.batch)
        if batch and batch.user_data is not None:  # or `resume` would start it once more
            context.store.put(batch.key, batch.model_copy(update={"user_data": None}).body())


def classify(context: Context, node: Node) -> None:
    """Write the classification that the configuration has now into the node's record."""
    if node.record is None:
        raise NotFoundError(f"{node.certname} has no record")
    wanted = roles.classification(context.settings, node.role)
    now = record_for(context, wanted, context.operator.ssh_public_key(context.settings.ssh_public_key))
    update = {"classes": now.classes, "parameters": now.parameters, "environment": now.environment}
    context.store.put(node.certname, node.record.model_copy(update=update).body())


def _is_the_ca(context: Context, node: Node) -> bool:
    """Whether ca/ in the bucket speaks of this host."""
    if not node.record or CA_CLASS not in node.record.classes:
        return False
    server = context.store.get(CA_SERVER)
    if server is None or node.instance is None:
        return True
    return node.instance.private_name.encode() in server


def _record(context: Context, name: str, body: bytes) -> Record:
    record = Record.parse(context.store.url(name), body)
    if not isinstance(record, Record):
        raise RecordError(f"{context.store.url(name)}: not a record")
    return record


def _status(context: Context, name: str, body: bytes | None) -> Status:
    if body is None:
        return Status()
    try:
        return Status.model_validate(json.loads(body))
    except (ValueError, ValidationError) as error:
        raise RecordError(f"{context.store.url(STATUS + name)}: not a status: {error}") from error
