"""What agents must know of their CA, from start_instance.yaml or the bucket."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from conductor import servers
from conductor.context import Context, wait_until
from conductor.derived import Host
from conductor.errors import AuthorityError, UsageError
from conductor.record import CA_CERTIFICATE, CA_SERVER, CLUSTER_SERVERS, AgentSettings
from conductor.roles import CA_CLASS

CA_PORT = 8141


def agent_settings(context: Context) -> AgentSettings | None:
    """What is configured wins, key by key; the bucket gives the rest. None: the CA is not up yet.

    Raises AuthorityError if the bucket holds another CA than at the first read, or something unreadable.
    """
    given = context.settings.agent
    certificate = given.ca_cert or _certificate(context)
    names = {} if given.server and given.ca_cert else _names(context)
    ca_server = given.ca_server or names.get("ca_server") or given.server
    if not certificate or not ca_server:
        return None
    try:
        found = AgentSettings(
            ca_server=ca_server,
            ca_port=given.ca_port or names.get("ca_port") or CA_PORT,
            ca_cert=certificate,
            server=given.server or names.get("server"),
            port=given.port or names.get("port"),
        )
    except ValidationError as error:
        raise AuthorityError(f"{context.store.url(CA_SERVER)} cannot be used: {error}") from error
    return found if found.server else _with_masters(context, found)


def _with_masters(context: Context, found: AgentSettings) -> AgentSettings:
    """Agents are told of every master, where the masters have no name in common."""
    masters = servers.read(context).masters
    if not masters:
        return found
    return found.model_copy(
        update={
            "server": masters[0].name,
            "port": masters[0].port,
            "server_list": [each.address for each in masters],
        }
    )


def common_name(context: Context) -> str | None:
    """The one name under which agents are to reach all masters, if there is one."""
    return context.settings.agent.server or _names(context).get("server")


def wait_for_ca(context: Context, *, wait: bool) -> AgentSettings:
    """What a host that is not the CA must know of it. Raises AuthorityError if there is none."""
    return wait_until(
        context,
        lambda: agent_settings(context),
        doing="waiting for the CA to publish its certificate",
        wait=wait,
        otherwise=AuthorityError(
            f"no CA yet: {context.store.url(CA_CERTIFICATE)} and {CA_SERVER} are not there",
            advice="start a host with the CA first (`start_instance.py puppetmaster --wait`, or ca-database, "
            "or ca), wait for it with --wait, or set agent.ca_cert, agent.ca_server and agent.server",
        ),
    )


def wait_for_master(context: Context, *, wait: bool) -> AgentSettings:
    """The same, once there is a master to ask for catalogs. Raises AuthorityError if there is none."""

    def with_master() -> AgentSettings | None:
        found = agent_settings(context)
        return found if found and found.server else None

    return wait_until(
        context,
        with_master,
        doing="waiting for a master to be started",
        wait=wait,
        otherwise=AuthorityError(
            f"no master yet: {context.store.url(CLUSTER_SERVERS)} names none",
            advice="start one first (`start_instance.py master --wait`), wait for it with --wait, "
            "or set agent.server",
        ),
    )


def refuse_second_ca(context: Context, living: Iterable[Host]) -> None:
    """A cluster has one CA. With none, a pin of an earlier one is forgotten."""
    if context.store.has(CA_CERTIFICATE) or context.store.has(CA_SERVER):
        raise UsageError(
            f"{context.store.url()} has a CA already ({context.store.url(CA_SERVER)})",
            advice="to replace it: `start_instance.py terminate` its host (see `start_instance.py list`); if "
            f"that is gone without it, remove {CA_CERTIFICATE} and {CA_SERVER} from the bucket. "
            "All nodes must then enrol anew",
        )
    for each in living:
        if CA_CLASS in each.record.classes:
            instance = each.instance
            raise UsageError(
                f"{instance.id} ({instance.role}, {instance.private_name}) is to be the CA of "
                f"{context.store.url()}, but has not published its certificate yet",
                advice="wait for it (`start_instance.py list`), or "
                f"`start_instance.py terminate {instance.id}`",
            )
    context.operator.unpin(context.store.bucket)


def forget(context: Context) -> None:
    """Take the CA's certificate and names out of the bucket: its host is being terminated."""
    context.store.delete([CA_CERTIFICATE, CA_SERVER])
    context.operator.unpin(context.store.bucket)


def _certificate(context: Context) -> str | None:
    body = context.store.get(CA_CERTIFICATE)
    if not body:
        return None
    text = body.decode("ascii", errors="replace")
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise AuthorityError(f"{context.store.url(CA_CERTIFICATE)} is not a certificate in PEM form")
    context.operator.pin(context.store.bucket, text)
    return text


def _names(context: Context) -> dict[str, Any]:
    body = context.store.get(CA_SERVER)
    if not body:
        return {}
    try:
        names = json.loads(body)
    except ValueError as error:
        raise AuthorityError(f"{context.store.url(CA_SERVER)} is not JSON: {error}") from error
    if not isinstance(names, dict):
        raise AuthorityError(f"{context.store.url(CA_SERVER)} is not a JSON object")
    return names
