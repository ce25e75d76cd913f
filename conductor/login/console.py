"""What an instance has written on its console, and what it goes on to write."""

from __future__ import annotations

from collections.abc import Callable

from conductor import instances
from conductor.context import Context
from conductor.errors import NotFoundError, UnreachableError
from conductor.instances import Instance
from conductor.inventory import Node

LOST = "[... what came in between is lost: the cloud keeps the last 64 KB only ...]\n"


def find_ended(context: Context, name: str) -> Instance:
    """An instance that has ended, by its id or certname: a cloud shows its console for a while yet."""
    for each in reversed(instances.find(context.clients.ec2, bucket=context.store.bucket)):
        if name in {each.id, each.certname}:
            return each
    raise NotFoundError(f"no instance is called {name}", advice="start_instance.py list")


def of_node(node: Node) -> Instance:
    """The instance of a node. Raises NotFoundError if it has none."""
    if node.instance is None:
        raise NotFoundError(f"{node.shown()}: there is no instance whose console could be shown")
    return node.instance


def follow(context: Context, instance: Instance, show: Callable[[str], None]) -> None:
    """Show the console, then what is added to it, until the instance has ended."""
    seen = ""
    while True:
        try:
            ended = _has_ended(context, instance)
            text = instances.console(context.clients.ec2, instance.id)
        except UnreachableError as error:  # as it was while nobody looked
            context.say(f"warning: {error}")
        else:
            show(added(seen, text))
            seen = text if text not in seen else seen
            if ended:
                context.say(f"{instance.id} has ended")
                return
        context.sleep(context.settings.wait.interval)


def added(before: str, now: str) -> str:
    """What is new since the last look, through a window of the text that moves on."""
    if now.startswith(before):
        return now[len(before) :]
    if now in before:  # an older view: the API may lag behind itself
        return ""
    _, _, whole = now.partition("\n")  # the first line may have lost its beginning
    first = whole[: whole.find("\n") + 1]
    at = before.find(first)
    while first and at >= 0:
        if whole.startswith(before[at:]):
            return whole[len(before) - at :]
        at = before.find(first, at + 1)
    return LOST + now


def _has_ended(context: Context, instance: Instance) -> bool:
    found = instances.find(context.clients.ec2, bucket=context.store.bucket, batch=instance.batch)
    return all(each.gone for each in found if each.id == instance.id)
