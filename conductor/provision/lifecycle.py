"""What the bucket forgets by itself: its lifecycle rules.

The bucket is versioned, so that a record that is overwritten or removed by mistake can be brought back.
Only superseded versions, and marks of nodes that ended a month ago, are removed; packages and code stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conductor.record import BATCHES, STATUS, TERMINATED

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import LifecycleRuleOutputTypeDef, LifecycleRuleTypeDef

OURS = "puppet-hadoop-"
TERMINATED_DAYS = 30
VERSION_DAYS = 30
UPLOAD_DAYS = 7
# Old versions of what changes all the time, or (batches) has held the operator's own text for a while.
SHORT = (BATCHES, STATUS, "locks/")
SHORT_DAYS = 1


def rules() -> list[LifecycleRuleTypeDef]:
    """Those of ours."""
    short: list[LifecycleRuleTypeDef] = [
        {
            "ID": f"{OURS}versions-of-{prefix.rstrip('/')}",
            "Status": "Enabled",
            "Filter": {"Prefix": prefix},
            "NoncurrentVersionExpiration": {"NoncurrentDays": SHORT_DAYS},
        }
        for prefix in SHORT
    ]
    return [
        {
            "ID": f"{OURS}terminated",
            "Status": "Enabled",
            "Filter": {"Prefix": TERMINATED},
            "Expiration": {"Days": TERMINATED_DAYS},
        },
        {
            "ID": f"{OURS}versions",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": VERSION_DAYS},
            "Expiration": {"ExpiredObjectDeleteMarker": True},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UPLOAD_DAYS},
        },
        *short,
    ]


def merged(
    present: Sequence[LifecycleRuleOutputTypeDef],
) -> list[LifecycleRuleTypeDef | LifecycleRuleOutputTypeDef] | None:
    """The rules that the bucket is to have, those of the operator's own included; None: it has them."""
    wanted = rules()
    ours = [each for each in present if each.get("ID", "").startswith(OURS)]
    if sorted(map(_told, ours)) == sorted(map(_told, wanted)):
        return None
    others = [each for each in present if not each.get("ID", "").startswith(OURS)]
    return [*others, *wanted]


def _told(rule: LifecycleRuleTypeDef | LifecycleRuleOutputTypeDef) -> str:
    """All of a rule that is ours to say; clouds write an empty filter in several ways."""
    filtered = rule.get("Filter") or {}
    return repr(
        (
            rule.get("ID"),
            rule["Status"],
            filtered.get("Prefix") or rule.get("Prefix") or "",
            sorted((rule.get("Expiration") or {}).items()),
            sorted((rule.get("NoncurrentVersionExpiration") or {}).items()),
            sorted((rule.get("AbortIncompleteMultipartUpload") or {}).items()),
        )
    )
