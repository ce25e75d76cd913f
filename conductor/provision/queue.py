"""The queue by which the CA is notified (``notify``), and the one for messages that nobody could act on."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from conductor import notify
from conductor.clients import api_errors
from conductor.context import Context
from conductor.provision.steps import Finding, State, Step, ask

PART = "queue"
DEAD = "-dl"  # a queue's name has 80 characters at the most, ours without it 77
KEPT = 3600  # seconds: what is older tells the CA nothing that its sweeps have not found
DEAD_KEPT = 14 * 24 * 3600  # for whoever looks into what went wrong: SQS' longest
TRIES = 5
# While the CA acts on a message, no other listener gets it; after that it comes again.
HIDDEN = 60


def steps(context: Context) -> list[Step]:
    """What the queues must be; none where the CA is not notified."""
    name = notify.queue_name(context.settings)
    if name is None:
        return []
    return [
        Step(PART, f"{name}{DEAD}", partial(_look, context, name + DEAD, _dead(context, name + DEAD))),
        Step(PART, name, partial(_look, context, name, _attributes(context, name))),
    ]


def removal(context: Context) -> list[Step]:
    """The queues' end."""
    name = notify.queue_name(context.settings)
    names = [] if name is None else [name, name + DEAD]
    return [Step(PART, each, partial(_gone, context, each)) for each in names]


def _attributes(context: Context, name: str) -> dict[str, str]:
    dead = {"deadLetterTargetArn": _arn(context, name + DEAD), "maxReceiveCount": TRIES}
    return {
        "MessageRetentionPeriod": str(KEPT),
        "ReceiveMessageWaitTimeSeconds": "20",
        "VisibilityTimeout": str(HIDDEN),
        "SqsManagedSseEnabled": "true",
        "RedrivePolicy": json.dumps(dead),
        "Policy": _only_by_tls(context, name),
    }


def _dead(context: Context, name: str) -> dict[str, str]:
    return {
        "MessageRetentionPeriod": str(DEAD_KEPT),
        "SqsManagedSseEnabled": "true",
        "Policy": _only_by_tls(context, name),
    }


def _only_by_tls(context: Context, name: str) -> str:
    """Who may use it is a matter of IAM in this account; nobody may without TLS."""
    refusal = {
        "Sid": "OnlyByTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": _arn(context, name),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [refusal]})


def _arn(context: Context, name: str) -> str:
    meta = context.clients.sqs.meta
    return f"arn:{meta.partition}:sqs:{meta.region_name}:{context.store.owner or ''}:{name}"


def _look(context: Context, name: str, wanted: dict[str, str]) -> Finding:
    url = _url(context, name)
    sqs = context.clients.sqs
    detail = f"messages are kept for {int(wanted['MessageRetentionPeriod']) // 3600} h"
    if url is None:

        def create() -> None:
            with api_errors(f"making queue {name}"):
                sqs.create_queue(QueueName=name, Attributes=wanted, tags={"ManagedBy": "puppet-hadoop"})  # type: ignore[arg-type]

        return Finding(State.MADE, detail, create)
    with api_errors(f"reading queue {name}"):
        present = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]).get("Attributes", {})
    other = {key: value for key, value in wanted.items() if not _same(present.get(key), value)}  # type: ignore[call-overload]
    if not other:
        return Finding(State.THERE, detail)

    def change() -> None:
        with api_errors(f"changing queue {name}"):
            sqs.set_queue_attributes(QueueUrl=url, Attributes=wanted)  # type: ignore[arg-type]

    return Finding(State.CHANGED, ", ".join(sorted(other)), change)


def _same(present: str | None, wanted: str) -> bool:
    """A policy comes back in other words than it went."""
    if present is None:
        return False
    try:
        return bool(json.loads(present) == json.loads(wanted))
    except ValueError:
        return present == wanted


def _gone(context: Context, name: str) -> Finding:
    url = _url(context, name)
    if url is None:
        return Finding(State.ABSENT)

    def delete() -> None:
        with api_errors(f"removing queue {name}"):
            context.clients.sqs.delete_queue(QueueUrl=url)

    return Finding(State.REMOVED, "", delete)


def _url(context: Context, name: str) -> str | None:
    answer: Any = ask(
        f"looking for queue {name}",
        lambda: context.clients.sqs.get_queue_url(QueueName=name),
        absent=notify.NO_QUEUE,
    )
    return None if answer is None else str(answer["QueueUrl"])
