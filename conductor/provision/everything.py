"""What ``init`` sees to, part by part, and the same on the way back."""

from __future__ import annotations

from conductor import instances
from conductor.context import Context
from conductor.errors import UsageError
from conductor.provision import bucket, emptying, groups, profiles, profiles_removal, queue
from conductor.provision.steps import Step

SHOWN = 5


def steps(context: Context) -> list[Step]:
    """All that a cluster needs before its first instance."""
    return [
        *bucket.steps(context),
        *queue.steps(context),
        *profiles.steps(context),
        *groups.steps(context),
    ]


def removal(context: Context, *, purge: bool) -> list[Step]:
    """All of it, last made first. Raises UsageError while the cluster lives."""
    refuse_in_use(context)
    return [
        *groups.removal(context),
        *profiles_removal.removal(context),
        *queue.removal(context),
        *emptying.removal(context, purge=purge),
    ]


def refuse_in_use(context: Context) -> None:
    """Raises UsageError if instances live, which need all this, or records are there."""
    advice = (
        "`start_instance.py down` first: it ends the nodes and revokes their certificates; "
        "what it leaves as no record, take away yourself"
    )
    found = instances.find(context.clients.ec2, bucket=context.store.bucket)
    living = [f"{each.role} {each.id}" for each in found if not each.gone]
    if living:
        raise UsageError(f"the cluster in {context.store.url()} lives: {_some(living)}", advice=advice)
    records = context.store.keys() if context.store.exists() else []
    if records:
        raise UsageError(f"{context.store.url()} has records of nodes: {_some(records)}", advice=advice)


def _some(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
