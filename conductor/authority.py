"""What agents must know of their CA, from start_instance.yaml or the bucket."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from conductor import instances
from conductor.context import Context
from conductor.errors import AuthorityError, UsageError
from conductor.record import CA_CERTIFICATE, CA_SERVER, AgentSettings

PORT = 8140
CA_PORT = 8141


def agent_settings(context: Context) -> AgentSettings | None:
    """What is configured wins, key by key; the bucket gives the rest. None: the CA is not up yet.

    Raises AuthorityError if the bucket holds another CA than at the first read, or something unreadable.
    """
    given = context.settings.agent
    certificate = given.ca_cert or _certificate(context)
    names = {} if given.server and certificate and given.ca_cert else _names(context)
    server = given.server or names.get("server")
    if not certificate or not server:
        return None
    ca_server = given.ca_server or names.get("ca_server") or server
    try:
        return AgentSettings(
            server=server,
            ca_server=ca_server,
            ca_cert=certificate,
            port=given.port or names.get("port") or PORT,
            ca_port=given.ca_port or names.get("ca_port") or CA_PORT,
        )
    except ValidationError as error:
        raise AuthorityError(f"{context.store.url(CA_SERVER)} cannot be used: {error}") from error


def wait_for_agent_settings(context: Context, *, wait: bool) -> AgentSettings:
    """The same, waiting for the CA until the deadline if so asked. Raises AuthorityError if there is none."""
    end = context.monotonic() + context.settings.wait.deadline
    said = False
    while (found := agent_settings(context)) is None:
        if not wait or context.monotonic() >= end:
            raise AuthorityError(
                f"no CA yet: {context.store.url(CA_CERTIFICATE)} and {CA_SERVER} are not there",
                advice="start a puppetmaster first (`start_instance.py puppetmaster --wait`), "
                "wait for it with --wait, or set agent.server and agent.ca_cert",
            )
        if not said:
            context.say("waiting for the CA to publish its certificate")
            said = True
        context.sleep(context.settings.wait.interval)
    return found


def refuse_second_ca(context: Context, role: str) -> None:
    """A cluster has one CA, of which ``role`` is to be. With none, a pin of an earlier one is forgotten."""
    if context.store.has(CA_CERTIFICATE) or context.store.has(CA_SERVER):
        raise UsageError(
            f"{context.store.url()} has a CA already ({context.store.url(CA_SERVER)})",
            advice="to replace it: `start_instance.py terminate puppetmaster`; if its host is gone without "
            f"that, remove {CA_CERTIFICATE} and {CA_SERVER} from the bucket. All nodes must then enrol anew",
        )
    for each in instances.find(context.clients.ec2, bucket=context.store.bucket):
        if not each.gone and each.role == role:
            raise UsageError(
                f"{each.id} ({each.private_name}) is to be the CA of {context.store.url()}, "
                "but has not published its certificate yet",
                advice=f"wait for it (`start_instance.py list`), or `start_instance.py terminate {each.id}`",
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
