"""The lab over all parts: up before the first that needs it, and afterwards as it was found."""

from __future__ import annotations

import sys
from collections.abc import Collection

from bench.altogether import sides
from bench.altogether.processes import Running
from bench.lab_up import KEEP
from lab import access, lifecycle
from lab.cluster import START_INSTANCE, Cluster
from lab.lifecycle import Say
from lab.run import run, wait_for
from lab.state import State

ENDING = 180.0  # seconds in which instances shut down
SIDES_DEADLINE = 600.0
TERMINATE = "import boto3, sys; boto3.client('ec2').terminate_instances(InstanceIds=sys.argv[1:])"


class LabOfAll:
    """Parts leave the lab up, and instances for the next one in it; what they left ends here.

    Also what a part left that was killed. Methods raise LabError.
    """

    def __init__(self, state: State, say: Say) -> None:
        self._state = state
        self._say = say
        self._found: frozenset[str] | None = None  # None: it was down, or is not touched yet
        self._touched = False
        self._launching: Running | None = None

    def ready(self, *, fresh: bool) -> None:
        """Have it up; with ``fresh`` without instances that parts before have left.

        Without success in `launch_sides` too: the part tries it again, and says what is wrong.
        """
        if self._launching:
            launching, self._launching = self._launching, None
            launching.wait(SIDES_DEADLINE)
        if not self._touched:  # not before: parts without it need no rights on it
            self._found = _alive(self._state) if lifecycle.is_running(self._state) else None
        elif fresh:
            self.end()
        self._touched = True
        lifecycle.up(self._state, self._say)

    def launch_sides(self) -> None:
        """Have it up, and begin to launch both sides in it; `ready` waits for them."""
        self.ready(fresh=False)
        self._launching = Running([sys.executable, "-m", sides.__name__], {KEEP: "1"})

    def end(self) -> None:
        """Have it as it was found."""
        if self._launching:
            launching, self._launching = self._launching, None
            launching.end()
        if not self._touched or not lifecycle.is_running(self._state):
            return
        if self._found is None:
            lifecycle.down(self._state, self._say)
            return
        left = _alive(self._state) - self._found
        if left:
            self._say(f"ending what the parts left running: {', '.join(sorted(left))}")
            _terminate(self._state, left, self._say)


def _alive(state: State) -> frozenset[str]:
    return frozenset(
        instance["id"] for instance in access.instances(state) if instance["state"] != "terminated"
    )


def _terminate(state: State, instances: Collection[str], say: Say) -> None:
    """Nodes by the conductor, so that their records go too; then whatever still runs."""
    environment = access.environment(state)
    nodes = {node["instance_id"] for node in Cluster(state, say).nodes()} & set(instances)
    if nodes:
        argv = access.inside(state, [str(START_INSTANCE), "terminate", *sorted(nodes)])
        run(argv, env=environment, deadline=ENDING)
    if rest := _alive(state) & set(instances):
        run(access.inside(state, [sys.executable, "-c", TERMINATE, *sorted(rest)]), env=environment)
    wait_for(
        lambda: not _alive(state) & set(instances),
        deadline=ENDING,
        every=1,
        what="instances that the parts left do not end; see: lab status",
    )
