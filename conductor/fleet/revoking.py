"""Waiting for the CA to revoke: it says in the bucket which terminated nodes it has dealt with."""

from __future__ import annotations

import json
from collections.abc import Sequence

from conductor import instances
from conductor.context import Context
from conductor.inventory import Node
from conductor.record import CA_REVOKED, CA_SERVER, TERMINATED

# The CA looks every 10 s, and revokes a hundred at a look.
LOOKS_SECONDS = 60
PER_HUNDRED_SECONDS = 15


def wait_until_revoked(context: Context, hosts: Sequence[Node]) -> None:
    """Until the CA on one of these hosts has revoked all that is marked as terminated.

    One that says nothing in time is told of, and no reason to let a cluster run on: its key ends with it.
    """
    names = {key.removeprefix(TERMINATED) for key in context.store.keys(TERMINATED)}
    ids = {each.instance.id for each in hosts if each.instance}
    if not names or not ids or not context.store.has(CA_SERVER):
        return
    patience = LOOKS_SECONDS + PER_HUNDRED_SECONDS * (len(names) // 100)
    end = context.monotonic() + patience
    context.say(f"waiting for the CA to revoke {len(names)} certificates")
    while not names <= _revoked(context):
        now = instances.find(context.clients.ec2, bucket=context.store.bucket)
        if not any(each.id in ids and each.state == "running" for each in now):
            context.say("warning: the CA's host does not run, so it revokes nothing; its key ends with it")
            return
        if context.monotonic() >= end:
            context.say(
                f"warning: the CA has not said in {patience} s that it has revoked all; "
                "its host ends all the same, and its key with it"
            )
            return
        context.sleep(min(context.settings.wait.interval, 2))
    context.say(f"revoked: the certificates of {len(names)} nodes")


def _revoked(context: Context) -> set[str]:
    body = context.store.get(CA_REVOKED)
    try:
        names = json.loads(body or b"[]")
    except ValueError:
        return set()
    return {each for each in names if isinstance(each, str)} if isinstance(names, list) else set()
