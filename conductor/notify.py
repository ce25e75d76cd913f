"""Messages to the CA (``notify``), by which it looks at once where it would have looked soon.

They are hints, and the bucket stays the truth: one that cannot be sent is a warning and nothing else, since
the CA's sweeps find the same by themselves. The other side: files/scripts/enrolment/listen.py.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Literal
from urllib.parse import urlsplit

from botocore import exceptions as boto

from conductor.clients import api_errors, error_code
from conductor.context import Context
from conductor.errors import CloudError, NotFoundError
from conductor.roles import CA_CLASS
from conductor.settings import Settings

CA_QUEUE = "puppet::ca::notify_queue"
NO_QUEUE = {"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"}
MOST = 1000  # names that the CA takes from one message: 40 KB of SQS' 256


def queue_name(settings: Settings) -> str | None:
    """The queue's name: as configured, or of the bucket; None: the CA is not notified."""
    if isinstance(settings.notify, str):
        return settings.notify
    # A bucket's name may have dots and has no underscores, a queue's has no dots.
    return f"puppet-hadoop-{settings.s3_bucket_name.replace('.', '_')}" if settings.notify else None


def queue_url(context: Context) -> str | None:
    """Where the queue is; None: there is none of that name, or the CA is not notified. Raises CloudError."""
    name = queue_name(context.settings)
    if name is None:
        return None
    sqs = context.clients.sqs
    with api_errors(f"looking for queue {name}"):
        try:
            path = urlsplit(sqs.get_queue_url(QueueName=name)["QueueUrl"]).path
        except boto.ClientError as error:
            if error_code(error) in NO_QUEUE:
                return None
            raise
    # SQS has several names, and a cloud behind a proxy may not know its own: ours reaches it.
    return sqs.meta.endpoint_url.rstrip("/") + path


def data_for(context: Context, classes: Collection[str]) -> dict[str, str]:
    """The Hiera data by which a host with these classes listens. Raises NotFoundError, CloudError."""
    if CA_CLASS not in classes or queue_name(context.settings) is None:
        return {}
    url = queue_url(context)
    if url is None:
        raise NotFoundError(
            f"notify: there is no queue {queue_name(context.settings)}",
            advice="`start_instance.py init` makes it; or take `notify` out of the configuration",
        )
    return {CA_QUEUE: url}


def written(context: Context, certnames: Sequence[str]) -> None:
    """Tell the CA that these nodes' records are in the bucket, as they are to be."""
    _tell(context, "certnames", certnames)


def terminated(context: Context, certnames: Sequence[str]) -> None:
    """Tell the CA that these nodes are marked as terminated."""
    _tell(context, "terminated", certnames)


def _tell(context: Context, key: Literal["certnames", "terminated"], certnames: Sequence[str]) -> None:
    if not certnames or queue_name(context.settings) is None:
        return
    try:
        url = queue_url(context)
        if url is None:
            context.say(
                f"warning: there is no queue {queue_name(context.settings)} (`start_instance.py init` makes "
                "it): the CA is not told, and finds out at its next look"
            )
            return
        with api_errors(f"telling the CA by {url}"):
            for begin in range(0, len(certnames), MOST):
                body = json.dumps({key: list(certnames[begin : begin + MOST])})
                context.clients.sqs.send_message(QueueUrl=url, MessageBody=body)
    except CloudError as error:
        context.say(f"warning: {error}; it finds out at its next look")
