"""One run of bench/enc: all calls in turn, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.classifying import helper, states
from bench.classifying.states import HELPED, OWN, STATES, STORES, WAYS, Case
from bench.enrol import figures
from bench.enrol.processes import PYTHON, Call, Cost, measure

SHELL, BARE, CLIENT = "/bin/true", "python3 -c 'pass'", "python3 -c 'import requests'"
REFERENCES = {
    SHELL: Call(["/bin/true"]),
    "python3 -IS -c 'pass'": Call([PYTHON, "-I", "-S", "-c", "pass"]),
    BARE: Call([PYTHON, "-c", "pass"]),
    CLIENT: Call([PYTHON, "-c", "import requests"]),
}
WARM_LIMIT, ASKING_LIMIT = 2.0, 1.5


def run(folder: Path, pair: tuple[Path, Path], rounds: int) -> dict[str, Any]:
    """Measure; gives the figures for JSON."""
    with states.calls(folder, pair) as cases:
        named = {_key(case): call for case, call in cases.items()}
        found = measure({**REFERENCES, **named}, rounds)
        memory = {
            case.store: helper.memory(call.helper)
            for case, call in cases.items()
            if case.way == HELPED and case.state == states.REVALIDATED
        }
    return document(found, memory)


def document(found: Mapping[str, Sequence[Cost]], memory: Mapping[str, int]) -> dict[str, Any]:
    """``memory`` in bytes, of the helper for each store."""
    cases = [Case(store, way, state) for state in STATES for store in STORES for way in WAYS]
    warm, asking = (_key(Case("https", OWN, state)) for state in (states.WARM, states.REVALIDATED))
    return {
        "references": [{"name": name, **figures.costs(found[name])} for name in REFERENCES],
        "calls": [
            {
                **vars(case),
                **figures.costs(found[_key(case)]),
                "ratio": figures.ratio(found[_key(case)], found[BARE]).document(),
            }
            for case in cases
        ],
        "limits": [
            figures.limited(
                "node_classifier, answered from its cache", BARE, found[warm], found[BARE], WARM_LIMIT
            ),
            figures.limited(
                "node_classifier, asking an https store by itself",
                CLIENT,
                found[asking],
                found[CLIENT],
                ASKING_LIMIT,
            ),
        ],
        "helper_bytes": dict(memory),
    }


def _key(case: Case) -> str:
    return " / ".join((case.store, case.way, case.state))
