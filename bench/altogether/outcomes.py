"""What became of each part, for the table at the end and for results/all.json."""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import results
from bench.altogether.processes import Ended
from bench.parts import Part
from bench.tables import Table

PASSED, FAILED, HUNG, NOT_RUN = "passed", "failed", "hung", "not run"


@dataclass(frozen=True)
class Outcome:
    """One part. ``why`` is empty for one that passed; ``exit_code`` is None of one that did not run.

    ``measured``: it came to its end and wrote figures, be they good or not.
    """

    part: str
    outcome: str
    seconds: float
    budget: int
    exit_code: int | None
    why: str
    measured: bool

    @property
    def passed(self) -> bool:
        return self.outcome == PASSED


def judge(part: Part, ended: Ended, budget: int, figures: dict[str, Any] | None) -> Outcome:
    """``figures``: the document that it wrote in this run, or None."""
    code = ended.code
    if ended.hung:
        outcome, why = HUNG, f"not done after {ended.seconds:.0f} s; the last it said: {ended.last}"
    elif code == 0 and figures is not None and figures["passed"]:
        outcome, why = PASSED, ""
    elif figures is not None and figures["wrong"]:
        first, *others = figures["wrong"]
        outcome, why = FAILED, f"{first} (and {len(others)} more)" if others else first
    elif code == 0:
        outcome, why = FAILED, "it ended well, but wrote no figures that say so"
    else:
        outcome, why = FAILED, ended.last or _by(code)
    measured = figures is not None and not ended.hung
    return Outcome(part.name, outcome, round(ended.seconds, 1), budget, code, why, measured)


def _by(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}, without a word"


def not_run(part: Part, budget: int, why: str) -> Outcome:
    """What it needs is not there."""
    return Outcome(part.name, NOT_RUN, 0.0, budget, None, why, measured=False)


@dataclass(frozen=True)
class Figures:
    """The file of a part's figures, and whether a run has written it anew."""

    path: Path
    before: int | None

    @classmethod
    def of(cls, part: Part, *, quick: bool) -> Figures:
        """As it is before the run."""
        path = results.file_of(part.name, quick=quick)
        return cls(path, _written(path))

    def new(self) -> dict[str, Any] | None:
        """The document, unless it is none or that of an earlier run."""
        if _written(self.path) in {None, self.before}:
            return None
        try:
            document: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        except ValueError:
            return None
        return document if {"passed", "wrong"} <= document.keys() else None


def _written(path: Path) -> int | None:
    return path.stat().st_mtime_ns if path.exists() else None


def table(found: Sequence[Outcome], seconds: float) -> Table:
    """The end of a run."""
    passed = sum(each.passed for each in found)
    rows = [
        (
            each.part,
            each.outcome,
            each.why,
            f"{each.seconds:.0f}",
            f"{each.budget}",
            "" if each.exit_code is None else f"{each.exit_code}",
        )
        for each in found
    ]
    title = f"{passed} of {len(found)} parts passed; {seconds / 60:.1f} minutes."
    return Table(title, ("part", "", "why", "s", "should take", "exit code"), rows, words=3)


def document(
    found: Sequence[Outcome], wrong: Sequence[str], seconds: float, *, quick: bool
) -> dict[str, Any]:
    """For results/all.json. ``wrong``: what else went wrong."""
    wrong = [*(f"{each.part}: {each.outcome}: {each.why}" for each in found if not each.passed), *wrong]
    return {
        "benchmark": "all",
        "passed": not wrong,
        "wrong": wrong,
        "quick": quick,
        "machine": results.machine(),
        "seconds": round(seconds, 1),
        "parts": [asdict(each) for each in found],
    }
