"""cluster/servers: which masters and databases the cluster has, always derived whole from what lives.

What follows from it for a host's own Hiera data (where PuppetDB is) is written into the records.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from conductor import derived
from conductor.context import Context
from conductor.derived import Host
from conductor.errors import CloudError, RecordError
from conductor.record import CLUSTER_SERVERS, Record, Server, Servers
from conductor.roles import CA_CLASS, DATABASE_CLASS, MASTER_CLASS, infrastructure

MASTER_PORT = 8140
DATABASE_PORT = 8081
CA_DATABASE_URL = "puppet::ca::puppetdb_url"
MASTER_DATABASE_URLS = "puppet::master::puppetdb_urls"
ATTEMPTS = 5


def read(context: Context) -> Servers:
    """The document as it is in the bucket. Raises RecordError."""
    body = context.store.get(CLUSTER_SERVERS)
    if body is None:
        return Servers()
    try:
        return Servers.model_validate(json.loads(body))
    except (ValueError, ValidationError) as error:
        raise RecordError(
            f"{context.store.url(CLUSTER_SERVERS)} cannot be read: {error}",
            advice="remove it: the next start or terminate of a master or database writes it anew",
        ) from error


def hosts(context: Context, *, without: Collection[str] = ()) -> list[Host]:
    """The infrastructure's hosts that live, those named in ``without`` (certnames) left out."""
    living = derived.hosts(context, without=without)
    return [each for each in living if infrastructure(each.record.classes)]


def current(context: Context) -> Servers:
    """What the document is to say now, whatever it says."""
    return listed(hosts(context))


def listed(living: Iterable[Host]) -> Servers:
    """What the document is to say when these hosts live."""
    masters, databases = [], []
    for each in sorted(living, key=lambda host: host.instance.certname):
        if not each.instance.private_name:
            continue  # too young: its own launch writes it
        name = {"certname": each.instance.certname, "name": each.instance.private_name}
        if MASTER_CLASS in each.record.classes:
            masters.append(Server(**name, port=master_port(each.record)))
        if DATABASE_CLASS in each.record.classes:
            databases.append(Server(**name, port=_port(each.record, DATABASE_CLASS, DATABASE_PORT)))
    return Servers(masters=masters, databases=databases)


def update(context: Context, *, without: Collection[str] = ()) -> Servers:
    """Bring the document and the hosts' records up to what lives now, but for ``without``.

    Two launches at once may each see only their own hosts: whoever writes last looks again.
    """
    written: Servers | None = None
    for _ in range(ATTEMPTS):
        living = hosts(context, without=without)
        now = listed(living)
        if now == written:
            return now
        _write_data(context, living, now)
        if context.store.get(CLUSTER_SERVERS) != now.body():
            context.store.put(CLUSTER_SERVERS, now.body())
        written = now
    raise CloudError(
        f"{context.store.url(CLUSTER_SERVERS)}: masters came and went {ATTEMPTS} times while it was written",
        advice="try again when nobody else starts or terminates masters",
    )


def leave(context: Context, certnames: Collection[str]) -> bool:
    """Take hosts that are about to end out of the document; False if none of them is in it."""
    try:
        now = read(context)
    except RecordError as error:
        context.say(f"warning: {error.message}; it is written anew")
    else:
        if not any(each.certname in certnames for each in [*now.masters, *now.databases]):
            return False
    update(context, without=certnames)
    return True


def with_derived(record: Record, servers: Servers) -> Record:
    """The record with the data that follows from ``servers``; without a database, what it had stays."""
    return derived.with_data(record, _derived(record, servers))


def knows_database(classes: Mapping[str, Mapping[str, Any]], data: Mapping[str, Any]) -> bool:
    """Whether a master with these classes and data needs not be told where PuppetDB is."""
    own = classes.get(MASTER_CLASS, {})
    return DATABASE_CLASS in classes or "puppetdb_urls" in own or MASTER_DATABASE_URLS in data


def master_port(record: Record) -> int:
    """The port that the record gives to its master."""
    return _port(record, MASTER_CLASS, MASTER_PORT)


def _derived(record: Record, servers: Servers) -> dict[str, Any]:
    if not servers.databases:
        return {}
    url = f"https://{servers.databases[0].address}"
    wanted: dict[str, Any] = {}
    if CA_CLASS in record.classes:
        wanted[CA_DATABASE_URL] = url
    if MASTER_CLASS in record.classes:
        wanted[MASTER_DATABASE_URLS] = [url]
    return wanted


def _write_data(context: Context, living: Iterable[Host], now: Servers) -> None:
    derived.write(context, living, lambda _, record: with_derived(record, now))


def _port(record: Record, class_name: str, default: int) -> int:
    own = record.parameter(class_name, "port")
    return own if isinstance(own, int) else default
