"""Ending nodes, any number at once: certificate marked for revocation, enrolment ended, then the instance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from conductor import authority, instances
from conductor.context import Context
from conductor.errors import CloudError, NoCredentialsError, RecordError, ThrottledError, UnreachableError
from conductor.inventory import Node
from conductor.launching.launch import load_batch
from conductor.record import CA_SERVER, STATUS, TERMINATED, Record
from conductor.store import PARALLEL

# After these it is no use to ask for each instance by itself.
HOPELESS = (NoCredentialsError, ThrottledError, UnreachableError)


def terminate(context: Context, node: Node) -> None:
    """One node. May be repeated. Raises CloudError."""
    for error in terminate_all(context, [node]).values():
        raise error


def terminate_all(context: Context, nodes: Sequence[Node]) -> dict[str, CloudError]:
    """Any number. May be repeated. Returns those that did not end, by certname, and why."""
    failed: dict[str, CloudError] = {}

    def left() -> list[Node]:
        return [node for node in nodes if node.certname not in failed]

    for node in nodes:
        if _is_the_ca(context, node):
            failed |= _each([node], lambda _: authority.forget(context))
    # First of all: a launch that was cut short must not be resumed, or it would start a node once more.
    batches = {name: [node for node in left() if batch_of(node) == name] for name in map(batch_of, left())}
    for name, error in _named(sorted(batches), lambda name: _end_batch(context, name)).items():
        failed |= dict.fromkeys((node.certname for node in batches[name]), error)
    failed |= _each(left(), lambda node: _end_record(context, node))
    failed |= _end_instances(context, [node for node in left() if node.instance])
    return failed


def mark_terminated(context: Context, certname: str, body: bytes | None) -> None:
    """Put a node's record, if it has one, where the CA looks for certificates to revoke."""
    mark = TERMINATED + certname
    if body is not None:
        context.store.put(mark, body)
    elif not context.store.has(mark):  # the record is lost: the certificate is to be revoked all the same
        context.store.put(mark, Record().body())


def batch_of(node: Node) -> str:
    """The batch by which it was launched; "" if nothing says so."""
    enrolment = node.record.enrolment if node.record else None
    return node.instance.batch if node.instance else enrolment.batch if enrolment else ""


def _end_record(context: Context, node: Node) -> None:
    mark_terminated(context, node.certname, node.body)
    context.store.delete([node.certname, STATUS + node.certname])


def _end_instances(context: Context, nodes: Sequence[Node]) -> dict[str, CloudError]:
    failed: dict[str, CloudError] = {}
    for begin in range(0, len(nodes), instances.AT_ONCE):
        part = nodes[begin : begin + instances.AT_ONCE]
        try:
            instances.terminate(context.clients.ec2, [node.instance.id for node in part if node.instance])
        except HOPELESS as error:
            failed |= {node.certname: error for node in part}
        except CloudError as error:
            # One that may not be terminated has them all refused: the others are to end all the same.
            failed |= (
                {part[0].certname: error}
                if len(part) == 1
                else _each(part, lambda node: _end_instance(context, node))
            )
    return failed


def _end_instance(context: Context, node: Node) -> None:
    if node.instance:
        instances.terminate(context.clients.ec2, [node.instance.id])


def _end_batch(context: Context, name: str) -> None:
    try:
        batch = load_batch(context, name) if name else None
    except RecordError as error:  # then `resume` cannot read it either
        context.say(f"warning: {error}")
        return
    if batch and batch.user_data is not None:
        context.store.put(batch.key, batch.model_copy(update={"user_data": None}).body())


def _is_the_ca(context: Context, node: Node) -> bool:
    """Whether ca/ in the bucket speaks of this host."""
    if not node.is_ca:
        return False
    server = context.store.get(CA_SERVER)
    if server is None:
        return True
    # Of a host that is gone the record still has the name; one that never was has none.
    enrolment = node.record.enrolment if node.record else None
    names = [node.instance.private_name] if node.instance else (enrolment and enrolment.dns_alt_names) or []
    return any(name.encode() in server for name in names)


def _each(nodes: Sequence[Node], act: Callable[[Node], None]) -> dict[str, CloudError]:
    by_name = {node.certname: node for node in nodes}
    return _named(by_name, lambda name: act(by_name[name]))


def _named(names: Iterable[str], act: Callable[[str], None]) -> dict[str, CloudError]:
    """Do it for each, several at once; those for which it failed."""

    def one(name: str) -> CloudError | None:
        try:
            act(name)
        except CloudError as error:
            return error
        return None

    todo = list(names)
    if len(todo) == 1:  # here, where Ctrl-C arrives
        results = [one(todo[0])]
    else:
        with ThreadPoolExecutor(PARALLEL) as pool:
            results = list(pool.map(one, todo))
    return {name: error for name, error in zip(todo, results, strict=True) if error}
