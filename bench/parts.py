"""What `bench/all` runs and docs/benchmarks.md shows, in this order."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any, Protocol

from bench.plots import Plot
from bench.tables import Goal, Table


class Shown(Protocol):
    """The module of a part that puts its figures into words."""

    def tables(self, document: dict[str, Any]) -> list[Table]:
        """What the command prints and the page shows."""

    def plots(self, document: dict[str, Any]) -> list[Plot]:
        """What the page draws."""


SIDES, PUPPETMASTER = "sides", "puppetmaster"


@dataclass(frozen=True)
class Part:
    """A command of bench/ whose figures are in results/NAME.json."""

    name: str
    shown_by: str  # a module
    full: int  # seconds that it should take on a quiet machine
    quick: int
    in_quick: bool = True  # it is one of those that a quick run has
    # Which it measures in the lab, if any: they stay for the next part of the same, and end before others.
    hosts: str = ""

    @property
    def lab(self) -> bool:
        """Whether it needs the lab, and with it root."""
        return bool(self.hosts)

    @property
    def shown(self) -> Shown:
        module: Any = importlib.import_module(self.shown_by)
        return module  # type: ignore[no-any-return]

    def goals(self, document: dict[str, Any]) -> list[Goal]:
        """What the part should come to, beside what it came to; many have no goal."""
        found = getattr(self.shown, "goals", None)
        return list(found(document)) if found else []


PARTS = (
    Part("enc", "bench.classifying.shown", full=120, quick=20),
    Part("enrolment", "bench.enrol.shown", full=130, quick=20),
    Part("launch", "bench.launching.shown", full=150, quick=12),
    Part("authority", "bench.authority_beside.shown", full=370, quick=50, hosts=SIDES),
    Part("catalogs", "bench.catalogs_beside.shown", full=780, quick=100, hosts=SIDES),
    Part("tunings", "bench.tuning.shown", full=210, quick=30, hosts=SIDES),
    # From `up` to the job's result it takes half of what a quick run may take, with one worker too.
    Part(
        "cluster",
        "bench.timeline.shown",
        full=1020,
        quick=270,
        in_quick=False,
        hosts=PUPPETMASTER,
    ),
    # On the cluster's puppetmaster, where that could leave it.
    Part("scale", "bench.scaling.shown", full=480, quick=190, hosts=PUPPETMASTER),
    Part("database", "bench.stored.shown", full=330, quick=50, hosts=PUPPETMASTER),
)
