"""Data in a node's record that the conductor derives from other nodes, so that nobody writes it by hand.

What was derived is noted in the record (``derived``). What the operator said, or has changed by hand since,
stays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conductor import instances
from conductor.context import Context
from conductor.errors import RecordError
from conductor.instances import Instance
from conductor.record import Record


@dataclass(frozen=True)
class Host:
    """A node whose instance and record are there."""

    instance: Instance
    record: Record


def hosts(
    context: Context, *, without: Collection[str] = (), among: Iterable[Instance] | None = None
) -> list[Host]:
    """The nodes that live, those named in ``without`` (certnames) left out, and those whose record cannot be
    read, which are told of. ``among``: the instances, where they have been looked up already."""
    found = instances.find(context.clients.ec2, bucket=context.store.bucket) if among is None else among
    live = [each for each in found if not each.gone and each.certname not in without]
    bodies = context.store.get_all(each.certname for each in live)
    read = []
    for each in live:
        body = bodies.get(each.certname)
        if body is None:
            continue
        try:
            read.append(Host(each, Record.parse(context.store.url(each.certname), body)))
        except RecordError as error:
            context.say(f"warning: {error}")
    return read


def with_data(record: Record, wanted: Mapping[str, Any]) -> Record:
    """The record with this data, as far as it is ours to say; None takes a key away again."""
    data = dict(record.data)
    ours = {key: value for key, value in record.derived.items() if data.get(key) == value}
    for key, value in wanted.items():
        if key in data and key not in ours:
            continue
        if value is None:
            data.pop(key, None)
            ours.pop(key, None)
        else:
            data[key] = ours[key] = value
    if data == record.data and ours == record.derived:
        return record
    return record.model_copy(update={"parameters": {**record.parameters, "data": data}, "derived": ours})


def write(context: Context, nodes: Iterable[Host], change: Callable[[Host, Record], Record]) -> bool:
    """Bring the nodes' records to what ``change`` makes of them; whether any had to be written."""
    written = False
    for each in nodes:
        if change(each, each.record) == each.record:
            continue
        key = each.instance.certname
        body = context.store.get(key)  # others may have written into it since it was read
        if body is not None:
            changed = change(each, Record.parse(context.store.url(key), body))
            context.store.put(key, changed.body())
            written = True
    return written
