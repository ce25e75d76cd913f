"""IAM policies: the files in conductor/policies, with this cluster's names filled in.

A file may hold BUCKET, QUEUE, ACCOUNT and REGION. Statements whose Sid begins with "Notices" are for clusters
in which the conductor notifies the CA (``notify``), and left out in others.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Literal

from conductor import notify
from conductor.context import Context
from conductor.errors import CloudError
from conductor.roles import ALL_IN_ONE, PROFILES

FOLDER = Path(__file__).resolve().parent.parent / "policies"
# What each kind of host that serves is called; the same as the role that is launched.
KINDS = (ALL_IN_ONE, *sorted(PROFILES.values()))
Operator = Literal["conductor", "init"]
NOTICES = "Notices"

Policy = dict[str, Any]

TRUST: Policy = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def of_host(context: Context, kind: str) -> Policy:
    """The rights of a kind of host that serves."""
    return _fill(context, FOLDER / f"{kind}.json", account=context.store.owner or "")


def of_operator(context: Context, who: Operator) -> Policy:
    """The rights of who uses the conductor: every day, or (``init``) for ``init`` besides.

    Raises CloudError where the cloud has no accounts.
    """
    if context.store.owner is None:
        raise CloudError("this cloud does not say which account these credentials are of (no STS)")
    return _fill(context, FOLDER / "operator" / f"{who}.json", account=context.store.owner)


def _fill(context: Context, path: Path, *, account: str) -> Policy:
    text = path.read_text(encoding="utf-8")
    queue = notify.queue_name(context.settings)
    names = {
        "QUEUE": queue or "",
        "BUCKET": context.store.bucket,
        "ACCOUNT": account,
        "REGION": context.clients.s3.meta.region_name,
        "arn:aws:": f"arn:{_partition(context)}:",
    }
    # At once: a queue may be called after what is filled in elsewhere.
    text = re.sub("|".join(names), lambda found: names[found[0]], text)
    policy: Policy = json.loads(text)
    if queue is None:
        statements = policy["Statement"]
        policy["Statement"] = [each for each in statements if not each["Sid"].startswith(NOTICES)]
    return policy


def _partition(context: Context) -> str:
    """aws, or what AWS calls the part of it that stands apart (aws-cn, aws-us-gov)."""
    arn = context.launched_by.split(":")
    return arn[1] if arn[0] == "arn" else "aws"
