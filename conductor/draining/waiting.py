"""The wait of ``terminate --drain``: until a worker's blocks and containers are elsewhere; then it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conductor import hadoop, instances, inventory, notify, terminating
from conductor.context import Context, uninterrupted
from conductor.derived import Host
from conductor.draining import reports
from conductor.draining.reports import Drain, Said, Verdict
from conductor.errors import CloudError, DrainError, RecordError, UnreachableError
from conductor.hadoop import HEADS, JOBTRACKER, NAMENODE
from conductor.instances import Instance
from conductor.inventory import Node
from conductor.record import Record, moment

UNSEEN_SECONDS = 60  # for which an instance that the API leaves out is taken to be there still
STALLED_SECONDS = 120  # without a block less, after which it is told what is in the way

MARKED = "marked"
TERMINATED = "drained and terminated"


@dataclass(frozen=True)
class Draining:
    """Where one worker stands."""

    instance: Instance
    stage: str
    done: bool = False
    failure: str = ""


Report = Callable[[Sequence[Draining], float], None]


def wait_for(context: Context, workers: Sequence[Node], report: Report, *, limit: float) -> list[str]:
    """Poll until each of the marked workers has ended or cannot; ``limit`` in seconds.

    Returns what failed, a line per worker. Raises DrainError at the deadline.
    """
    begin = context.monotonic()
    members = _Members(context)
    tasks = [_Task(node, node.instance) for node in workers if node.instance]
    while any(task.open for task in tasks):
        elapsed = context.monotonic() - begin
        try:
            _look(context, tasks, members)
        except (UnreachableError, RecordError) as error:  # the deadline, not a hiccup, ends the wait
            context.say(f"warning: {error}")
        report([task.progress() for task in tasks], elapsed)
        late = [task for task in tasks if task.open]
        if late and elapsed >= limit:
            raise _late(tasks, limit)
        if late:
            context.sleep(context.settings.drain.interval)
    return [task.failed for task in tasks if task.failed]


class _Task:
    """One worker on its way out."""

    def __init__(self, node: Node, instance: Instance) -> None:
        self.node = node
        self.instance = instance
        self.joined = bool(node.status.enrolled)
        self.stage = MARKED
        self.ended = False
        self.failed = ""
        self.hint = ""
        self._least: int | None = None
        self._since = 0.0

    @property
    def open(self) -> bool:
        return not self.ended and not self.failed

    def progress(self) -> Draining:
        return Draining(self.instance, self.stage, done=self.ended, failure=self.failed)

    def fail(self, why: str) -> None:
        self.stage = f"not terminated: {why}"
        self.failed = f"not terminated: {self.node.shown()}: {why}"

    def end(self, stage: str) -> None:
        self.stage = stage
        self.ended = True

    def heard(self, context: Context, hdfs: Verdict, yarn: Verdict) -> None:
        """Note how far it is, and say once what keeps the blocks from getting less."""
        self.stage = f"{hdfs.text}; {yarn.text}"
        left, now = hdfs.blocks_left, context.monotonic()
        if left is None or self._least is None or left < self._least:
            self._least, self._since = left, now
        few = hdfs.too_few if left and now - self._since >= STALLED_SECONDS else None
        hint = _too_few(few, self.instance) if few else ""
        if hint and not self.hint:
            context.say(f"warning: {self.node.shown()}: {hint}")
        self.hint = hint


class _Members:
    """Hadoop's nodes as they were seen last.

    One answer of the API that leaves a node out, or a record that cannot be read just now, does not take a
    namenode its say, or a worker off the list.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[str, tuple[Host, float]] = {}

    def look(self) -> list[Host]:
        """Who is there."""
        context, now = self._context, self._context.monotonic()
        found = {
            each.certname: each for each in instances.find(context.clients.ec2, bucket=context.store.bucket)
        }
        read = {host.instance.certname: host for host in hadoop.hosts(context, among=found.values())}
        self._known |= {name: (host, now) for name, host in read.items()}
        for name in self._known.keys() - read.keys():
            instance = found.get(name)
            if instance is None:
                gone = now - self._known[name][1] >= UNSEEN_SECONDS
            else:
                gone = instance.gone or not context.store.has(name)
            if gone:
                del self._known[name]
        return [host for host, _ in self._known.values()]

    def forget(self, certname: str) -> list[Host]:
        """Who is there after this one has ended."""
        self._known.pop(certname, None)
        return [host for host, _ in self._known.values()]


def _look(context: Context, tasks: Sequence[_Task], members: _Members) -> None:
    living = members.look()
    hadoop.write(context, living)  # again each time: another conductor may have known less
    by_name = {host.instance.certname: host for host in living}
    heads = [host for host in living if not HEADS.isdisjoint(host.record.classes)]
    said = {host.instance.certname: _said(context, host.instance.certname) for host in heads}
    for task in tasks:
        if not task.open:
            continue
        host = by_name.get(task.node.certname)
        if host is None:  # ended by somebody else; what it held, HDFS is making good already
            _end(context, task, members, "its instance is gone: terminated")
        elif _drained(context, task, host, heads, said):
            _end(context, task, members, TERMINATED)


def _drained(context: Context, task: _Task, host: Host, heads: Sequence[Host], said: dict[str, Said]) -> bool:
    mark = moment(host.record.draining or "")
    if mark is None:
        task.fail("recommissioned meanwhile")
        return False
    cluster = hadoop.cluster(host.record)

    def of(class_name: str) -> list[Said]:
        return [said[each.instance.certname] for each in hadoop.of_class(heads, class_name, cluster)]

    name = host.instance.private_name.lower()  # as the fact has it
    hdfs = reports.hdfs(name, mark, of(NAMENODE), joined=task.joined)
    yarn = reports.yarn(name, mark, of(JOBTRACKER))
    task.heard(context, hdfs, yarn)
    return hdfs.done and yarn.done


def _said(context: Context, certname: str) -> Said:
    try:
        return Said.parse(inventory.read_status(context, [certname])[certname].drain)
    except RecordError:
        return Said(None, "has a status that cannot be read")


def _end(context: Context, task: _Task, members: _Members, stage: str) -> None:
    name = task.node.certname
    body = context.store.get(name)
    record = Record.parse(context.store.url(name), body) if body is not None else None
    if record is not None and record.draining is None:
        task.fail("recommissioned meanwhile")
        return
    node = Node(name, task.instance, body, record, task.node.status)
    try:
        with uninterrupted():
            terminating.terminate(context, node)
            task.end(stage)
            # EC2 may give its name to another soon.
            hadoop.write(context, members.forget(name))
    except UnreachableError:
        raise
    except CloudError as error:
        task.fail(error.message)
        return
    notify.terminated(context, [name])
    context.say(f"terminated {task.node.shown()}")


def _too_few(drain: Drain, instance: Instance) -> str:
    left, wanted = drain.left() or 0, drain.replication or 0
    return (
        f"its blocks cannot all go elsewhere: {left} datanodes would be left, blocks are to have {wanted} "
        f"copies (dfs.replication); start more (`start_instance.py worker --count {wanted - left} --wait`), "
        "ask for fewer copies (hadoop::replication, and `hdfs dfs -setrep` for the files that are there), or "
        f"`start_instance.py recommission {instance.id}`"
    )


def _late(tasks: Sequence[_Task], limit: float) -> DrainError:
    late = [task for task in tasks if task.open]
    lines = [
        f"not terminated: {task.node.shown()}: still {task.stage!r} after {limit:.0f} s" for task in late
    ]
    lines += [f"{task.node.shown()}: {task.hint}" for task in late if task.hint]
    lines += [task.failed for task in tasks if task.failed]
    return DrainError("\n".join(lines), advice=go_on([task.node for task in late]))


def go_on(nodes: Sequence[Node]) -> str:
    """How to go on with a drain, or take it back."""
    names = " ".join(node.instance.id for node in nodes if node.instance)
    return (
        f"a drain that has begun stays in force: `start_instance.py terminate --drain {names}` goes on, "
        f"`start_instance.py recommission {names}` takes it back"
    )
