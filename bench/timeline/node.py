"""One node's times, from what its probe found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

REQUESTING = "Requesting catalog from"
COMPILED = "Catalog compiled by"
NO_CATALOG = "Could not retrieve catalog"
APPLIED = re.compile(r"^Applied catalog in ")
PACKAGE = re.compile(r"/Package\[([^\]]+)\]/ensure\) created")
DAEMON = "hadoop-"
BOOTSTRAP = "config-scripts-user"  # cloud-init's step that runs our bootstrap


@dataclass
class Run:
    """A run of the agent. ``compiled`` is when the answer came; one without a catalog has failed."""

    asked: float
    compiled: float | None = None
    failed: bool = False
    applied: float | None = None
    packages: dict[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Node:
    """Times are seconds since 1970; None: did not happen, or the host has no trace of it."""

    role: str
    name: str
    launched: float
    booted: float | None
    requested: float | None
    certified: float | None
    runs: list[Run]
    daemons: dict[str, float]
    started: dict[str, float]
    plugins: int

    @property
    def first(self) -> Run | None:
        """The first run that got a catalog."""
        return next((run for run in self.runs if not run.failed and run.compiled is not None), None)

    @property
    def failed_runs(self) -> int:
        return sum(run.failed for run in self.runs)

    @property
    def packages(self) -> dict[str, tuple[float, float]]:
        """Name to begin and end, over all runs."""
        return {name: times for run in self.runs for name, times in run.packages.items()}

    @property
    def daemons_up(self) -> float | None:
        return max(self.daemons.values(), default=None)


def node(role: str, name: str, launched: float, found: Mapping[str, Any]) -> Node:
    """Put a host's own times into a node; ``found`` is what the probe printed."""
    started = dict(found["started"])
    bootstrap = found["cloud_init"].get(BOOTSTRAP, [None])[0]
    daemons = {unit: at for unit, at in started.items() if unit.startswith(DAEMON)}
    return Node(
        role,
        name,
        launched,
        # The bootstrap is a node's last step, and starts the agent; an infrastructure host's begins there.
        booted=bootstrap
        if "puppetdb" in started or "apache2" in started
        else started.get("puppet", bootstrap),
        requested=found["requested"],
        certified=found["certified"],
        runs=runs(found["said"]),
        daemons=daemons,
        started=started,
        plugins=int(found["plugins"]),
    )


def runs(said: Iterable[Sequence[Any]]) -> list[Run]:
    """The agent's runs in what it said, in order. A package's time counts from the message before its own."""
    result: list[Run] = []
    before = 0.0
    for at, message in said:
        if message.startswith(REQUESTING):
            result.append(Run(at))
        elif result:
            _note(result[-1], at, message, before)
        before = at
    return result


def _note(run: Run, at: float, message: str, before: float) -> None:
    package = PACKAGE.search(message)
    if message.startswith(COMPILED):
        run.compiled = at
    elif message.startswith(NO_CATALOG):
        run.failed = True
    elif APPLIED.match(message):
        run.applied = at
    elif package:
        run.packages[package[1]] = (before, at)
