"""Where Hadoop's nodes get its packages from, when they were published from here.

`start_instance.py publish-packages` has put a repository into the bucket; hosts with puppet::packages serve
it. Its address and its signing key are derived into the records of Hadoop's nodes, unless the operator gives
another source there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from conductor import derived, instances
from conductor.context import Context
from conductor.derived import Host
from conductor.errors import RecordError
from conductor.instances import Instance
from conductor.record import CA_SERVER, Record
from conductor.roles import CA_CLASS

PREFIX = "packages/"
KEYRING = f"{PREFIX}hadoop-archive-keyring.asc"
IN_RELEASE = f"{PREFIX}dists/hadoop/InRelease"

SERVING_CLASS = "puppet::packages"
PORT = 8143
APT_CLASS = "hadoop::apt"
LOCATION = f"{APT_CLASS}::location"
KEY_CONTENT = f"{APT_CLASS}::key_content"
# Each says where the signing key is.
KEY_SOURCES = ("key_content", "key_source", "keyring")


@dataclass(frozen=True)
class Source:
    """A package source for apt: its URL, and the public key, in ASCII armour, that it is signed with."""

    location: str
    key: str


def source(context: Context) -> Source | None:
    """What is published and served at present; None: nothing."""
    key = context.store.get(KEYRING)
    if key is None or not context.store.has(IN_RELEASE):
        return None
    living = instances.find(context.clients.ec2, bucket=context.store.bucket)
    serving = _serving(context, living)
    if not serving:
        if any(not each.gone for each in living):  # else it is a cluster that is yet to be started
            context.say(
                f"warning: {context.store.url(PREFIX)} holds packages, but no host serves them; "
                f"`start_instance.py classify` the CA's host, or give another one the class {SERVING_CLASS}"
            )
        return None
    # The CA's host first: there is one of it.
    host = min(serving, key=lambda each: (CA_CLASS not in each.record.classes, each.instance.certname))
    port = host.record.parameter(SERVING_CLASS, "port", PORT)
    try:
        text = key.decode("ascii")
    except UnicodeDecodeError as error:
        raise RecordError(
            f"{context.store.url(KEYRING)} is not a key in ASCII armour",
            advice="`start_instance.py publish-packages` again",
        ) from error
    return Source(location=f"http://{host.instance.private_name}:{port}/hadoop", key=text)


def _serving(context: Context, living: Collection[Instance]) -> list[Host]:
    """The hosts that serve packages. The CA's is asked for first: all records may be a thousand."""
    published = context.store.get(CA_SERVER) or b""
    likely = [each for each in living if each.private_name and each.private_name.encode() in published]
    for among in (likely, living):
        found = [
            each
            for each in derived.hosts(context, among=among)
            if SERVING_CLASS in each.record.classes and each.instance.private_name
        ]
        if found:
            return found
    return []


def concerned(record: Record) -> bool:
    """Whether a node needs Hadoop's packages."""
    return any(name.startswith("hadoop::") for name in record.classes)


def derive(context: Context, record: Record) -> Record:
    """The record of a new node, with the source that there is now."""
    if not concerned(record) or _said(record, "location"):
        return record
    return with_source(record, source(context))


def with_source(record: Record, found: Source | None) -> Record:
    """The record of a Hadoop node with this source, unless it has one of the operator's.

    Without any, it keeps what it had: a host that serves may be replaced just now.
    """
    if found is None or not concerned(record):
        return record
    wanted: dict[str, Any] = {LOCATION: found.location, KEY_CONTENT: found.key}
    if _said(record, "location"):
        wanted[LOCATION] = wanted[KEY_CONTENT] = None
    elif any(_said(record, name) for name in KEY_SOURCES):
        wanted[KEY_CONTENT] = None
    return derived.with_data(record, wanted)


def update(context: Context) -> None:
    """Tell the nodes that live, after packages were published: they may have been started before."""
    found = source(context)
    if found is None:
        return
    derived.write(context, derived.hosts(context), lambda _, record: with_source(record, found))


def _said(record: Record, name: str) -> bool:
    """Whether the operator gives this parameter of hadoop::apt, null included."""
    key = f"{APT_CLASS}::{name}"
    if name in record.classes.get(APT_CLASS, {}):
        return True
    ours = key in record.derived and record.derived[key] == record.data.get(key)
    return key in record.data and not ours
