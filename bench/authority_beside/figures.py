"""What the rounds at both CAs come to, for JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bench.authority_beside.authority import OURS, REFERENCE, SIDES
from bench.authority_beside.measure import CLIENTS, Load, Measured, Start
from bench.spread import Spread

MOST_FAILURES = 20
LOAD_FIGURES = ("per_second", "p50", "p95", "processor", "own", "memory")
START_FIGURES = ("answered", "certified", "idle")


def document(found: Measured) -> dict[str, Any]:
    """Spreads over the rounds, and ratios round by round."""
    busiest = max(CLIENTS)
    return {
        "starts": [
            {"side": side, **_spreads([start for start in found.starts if start.side == side], START_FIGURES)}
            for side in SIDES
        ],
        "loads": [
            {"side": side, "clients": clients, **_spreads(_loads(found, side, clients), LOAD_FIGURES)}
            for clients in CLIENTS
            for side in SIDES
        ],
        "ratios": [
            *(
                _ratio(f"{name}, {clients} at a time", _pairs(found, clients), pick)
                for clients in CLIENTS
                for name, pick in (
                    ("certificates a second", lambda load: load.per_second),
                    ("p50", lambda load: load.p50),
                    ("p95", lambda load: load.p95),
                    ("processor time a certificate", lambda load: load.processor),
                )
            ),
            _ratio("memory under load", _pairs(found, busiest), lambda load: float(load.memory)),
            _ratio("memory, idle", _starts(found), lambda start: float(start.idle)),
            _ratio("time to the first answer", _starts(found), lambda start: start.answered),
        ],
    }


def wrong(found: Measured) -> list[str]:
    """A sentence for each node that got no certificate, up to some."""
    told = [f"no certificate: {failure}" for failure in found.failures[:MOST_FAILURES]]
    more = len(found.failures) - len(told)
    return [*told, f"and {more} more nodes got none"] if more else told


def _spreads(these: Sequence[Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: Spread.of([getattr(each, name) for each in these]).document() for name in names}


def _loads(found: Measured, side: str, clients: int) -> list[Load]:
    return [load for load in found.loads if (load.side, load.clients) == (side, clients)]


def _pairs(found: Measured, clients: int) -> list[tuple[Load, Load]]:
    return list(zip(_loads(found, OURS, clients), _loads(found, REFERENCE, clients), strict=True))


def _starts(found: Measured) -> list[tuple[Start, Start]]:
    ours, reference = ([start for start in found.starts if start.side == side] for side in (OURS, REFERENCE))
    return list(zip(ours, reference, strict=True))


def _ratio(name: str, pairs: Sequence[tuple[Any, Any]], pick: Callable[[Any], float]) -> dict[str, Any]:
    """Ours divided by the reference's."""
    return {
        "name": name,
        "ratio": Spread.of([pick(ours) / pick(theirs) for ours, theirs in pairs]).document(),
    }
