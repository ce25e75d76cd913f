"""What each event of a cluster has to wait for, and so what its end waited for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bench.timeline.cluster import MASTER, Measured
from bench.timeline.node import Node, Run
from bench.timeline.path import Events, Step, critical

PARTNERS = ("namenode", "jobtracker")


def path(measured: Measured) -> list[Step]:
    """What the job's result waited for, from `up` on."""
    events = Events()
    events.add("up", measured.began)
    for name, each in named(measured.nodes).items():
        if each.role == MASTER:
            _of_master(events, name, each)
        else:
            _of_node(events, name, each)
    joined = [f"{name} registered" for name in named(measured.nodes)]
    for name, each in named(measured.nodes).items():
        events.add(
            f"{name} registered",
            measured.registered.get(each.name),
            *(f"{who} {unit}" for who, node in named(measured.nodes).items() for unit in node.daemons
              if who == name or node.role in PARTNERS),
        )  # fmt: skip
    applied = [event for event in events.times if event.endswith(" applied")]
    events.add("up has returned", measured.returned, *[each for each in applied if " run 1 " in each])
    events.add("all healthy", measured.complete, "up has returned", *joined, *applied)
    events.add("job done", measured.done, "all healthy")
    return critical(events, "job done")


def named(nodes: Sequence[Node]) -> dict[str, Node]:
    """Nodes by role, with a number where there are several."""
    counts = Counter(each.role for each in nodes)
    seen: Counter[str] = Counter()
    found = {}
    for each in nodes:
        seen[each.role] += 1
        found[f"{each.role} {seen[each.role]}" if counts[each.role] > 1 else each.role] = each
    return found


def _of_master(events: Events, name: str, each: Node) -> None:
    events.add(f"{name} launched", each.launched, "up")
    events.add(f"{name} booted", each.booted, f"{name} launched")
    events.add(f"{name} has its certificate", each.certified, f"{name} booted")
    events.add("PuppetDB answers", each.started.get("puppetdb"), f"{name} has its certificate")
    before = f"{name} has its certificate"
    events.add(
        f"{name} run 1 applied", each.first.applied if each.first else None, "PuppetDB answers", before
    )


def _of_node(events: Events, name: str, each: Node) -> None:
    events.add(f"{name} launched", each.launched, f"{MASTER} has its certificate", "up")
    events.add(f"{name} booted", each.booted, f"{name} launched")
    events.add(f"{name} has its certificate", each.certified, f"{name} booted")
    before = f"{name} has its certificate"
    good = [run for run in each.runs if not run.failed and run.compiled]
    for number, run in enumerate(good, 1):
        needs = [before, "PuppetDB answers"]
        # A daemon that this run has brought may have waited for a partner's own first catalog.
        if number > 1:
            needs += [f"{partner} run 1 compiled" for partner in PARTNERS if partner != name]
        events.add(f"{name} run {number} compiled", run.compiled, *needs)
        inside = [f"{name} run {number} compiled"]
        for package, (_, end) in run.packages.items():
            events.add(f"{name} {package} installed", end, *inside)
            inside = [f"{name} {package} installed"]
        daemons = {unit: at for unit, at in each.daemons.items() if unit in run.packages}
        for unit, at in daemons.items():
            events.add(f"{name} {unit}", at, *_before(run, name, number, at))
        events.add(f"{name} run {number} applied", run.applied, *inside)
        before = f"{name} run {number} applied"


def _before(run: Run, name: str, number: int, at: float) -> list[str]:
    """A daemon starts while its package is installed, so after the packages before it."""
    done = [f"{name} {package} installed" for package, (_, end) in run.packages.items() if end <= at]
    return [*done, f"{name} run {number} compiled"]
