"""What `bench/all` runs and docs/benchmarks.md shows, in this order."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any, Protocol

from bench.plots import Plot
from bench.tables import Table


class Shown(Protocol):
    """The module of a part that puts its figures into words."""

    def tables(self, document: dict[str, Any]) -> list[Table]:
        """What the command prints and the page shows."""

    def plots(self, document: dict[str, Any]) -> list[Plot]:
        """What the page draws."""


@dataclass(frozen=True)
class Part:
    """A command of bench/ whose figures are in results/NAME.json."""

    name: str
    shown_by: str  # a module
    lab: bool  # it needs the lab, and with it root

    @property
    def shown(self) -> Shown:
        module: Any = importlib.import_module(self.shown_by)
        return module  # type: ignore[no-any-return]


PARTS = (
    Part("enc", "bench.enc.shown", lab=False),
    Part("enrolment", "bench.enrol.shown", lab=False),
    Part("launch", "bench.launching.shown", lab=False),
    Part("catalogs", "bench.catalogs_beside.shown", lab=True),
    Part("scale", "bench.scaling.shown", lab=True),
    Part("database", "bench.stored.shown", lab=True),
    Part("cluster", "bench.timeline.shown", lab=True),
)
