"""``terminate``: nodes end at once, whatever they hold."""

from __future__ import annotations

from collections.abc import Sequence

from conductor import hadoop, notify, servers, terminating
from conductor.context import Context
from conductor.errors import CloudError, ConductorError
from conductor.inventory import Node


def end(context: Context, nodes: Sequence[Node]) -> None:
    """End all, and what others were told of them. Raises CloudError that names those that did not end."""
    failed: list[str] = []
    marked: list[str] = []
    # Before their certificates are revoked, agents are to go elsewhere.
    left = servers.leave(context, [node.certname for node in nodes])
    why = terminating.terminate_all(context, nodes)
    for node in nodes:
        if error := why.get(node.certname):
            failed.append(f"not terminated: {node.shown()}: {error.message}")
        else:
            marked.append(node.certname)
            context.say(f"terminated {node.shown()}")
    notify.terminated(context, marked)
    if failed and left:
        try:
            servers.update(context)  # with those of them that stay
        except CloudError as error:
            failed.append(error.message)
    if any(hadoop.concerned(node.record) for node in nodes):
        try:
            hadoop.update(context)  # a worker that has ended is on no list
        except ConductorError as error:
            context.say(
                f"warning: {error}; the next start or end of a worker brings {hadoop.EXCLUDED} up to date"
            )
    if failed:
        raise CloudError("\n".join(failed), advice="run the same command again")
