"""The tunings: those that are part of the master, taken away, and some that were tried beside them."""

from __future__ import annotations

from dataclasses import dataclass, field

JEMALLOC = "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2"


@dataclass(frozen=True)
class Variant:
    """One way to run the master. ``kept``: it is part of how the master runs; None: it is what was before."""

    name: str
    what: str
    kept: bool | None
    environment: dict[str, str] = field(default_factory=dict)
    collector: bool = False  # with the settings of Ruby's garbage collector that the virtual host has


PLAIN = Variant(
    "plain",
    "Puppet as it is: a process for each classification, templates compiled at each use, a connection for "
    "each catalog",
    kept=None,
    environment={"WITHOUT": "templates,classifier,connections"},
)
MASTER = Variant("master", "and the garbage collector runs less often", kept=True, collector=True)
VARIANTS = (
    PLAIN,
    Variant(
        "templates",
        "compiled templates are kept",
        kept=True,
        environment={"WITHOUT": "classifier,connections"},
    ),
    Variant(
        "classifier",
        "and the classifier's helper is asked without a process",
        kept=True,
        environment={"WITHOUT": "connections"},
    ),
    Variant("connections", "and connections to PuppetDB are kept", kept=True),
    MASTER,
    Variant(
        "jemalloc",
        "the master with jemalloc in place of glibc's malloc",
        kept=False,
        environment={"LD_PRELOAD": JEMALLOC},
        collector=True,
    ),
)
QUICK_VARIANTS = (PLAIN, MASTER)
