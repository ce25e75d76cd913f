"""The tunings: those that are part of the master, taken away, and some that were tried beside them."""

from __future__ import annotations

from dataclasses import dataclass, field

JEMALLOC = "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2"
MB = 1024 * 1024


@dataclass(frozen=True)
class Variant:
    """One way to run the master. ``kept``: it is part of how the master runs; None: it is what was before."""

    name: str
    what: str
    kept: bool | None
    environment: dict[str, str] = field(default_factory=dict)


PLAIN = Variant(
    "plain",
    "Puppet as it is: a process for each classification, templates compiled at each use",
    kept=None,
    environment={"WITHOUT": "templates,classifier"},
)
TEMPLATES = Variant(
    "templates",
    "compiled templates are kept",
    kept=True,
    environment={"WITHOUT": "classifier"},
)
MASTER = Variant("master", "and the classifier's helper is asked without a process", kept=True)
JEMALLOC_VARIANT = Variant(
    "jemalloc",
    "the master with jemalloc in place of glibc's malloc",
    kept=False,
    environment={"LD_PRELOAD": JEMALLOC},
)
LATER_COLLECTION = Variant(
    "gc",
    "the master with a garbage collector that waits for four times as much",
    kept=False,
    environment={
        "RUBY_GC_MALLOC_LIMIT": str(64 * MB),
        "RUBY_GC_MALLOC_LIMIT_MAX": str(128 * MB),
        "RUBY_GC_OLDMALLOC_LIMIT": str(64 * MB),
        "RUBY_GC_OLDMALLOC_LIMIT_MAX": str(512 * MB),
        "RUBY_GC_HEAP_FREE_SLOTS_GOAL_RATIO": "0.60",
    },
)
VARIANTS = (PLAIN, TEMPLATES, MASTER, JEMALLOC_VARIANT, LATER_COLLECTION)
