"""One part after another; one that fails or hangs does not hide the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.altogether import processes
from bench.altogether.outcomes import Figures, Outcome, judge, not_run
from bench.altogether.processes import Ended
from bench.lab_up import KEEP
from bench.parts import SIDES, Part
from lab.errors import LabError

FOLDER = Path(__file__).resolve().parents[1]
LEEWAY = 240.0  # seconds beyond twice a part's time: it may have to start instances, for the next ones too
MISSING = 127  # as a shell has it

Say = Callable[[str], None]


class Lab(Protocol):
    """See `bench.altogether.lab.LabOfAll`."""

    def ready(self, *, fresh: bool) -> None: ...

    def launch_sides(self) -> None: ...


@dataclass(frozen=True)
class Run:
    """How parts are run. ``folder`` has their commands."""

    quick: bool
    lab: Lab
    say: Say
    folder: Path = FOLDER

    def outcomes(self, parts: Sequence[Part]) -> Iterator[Outcome]:
        """Each as soon as it is known. Raises KeyboardInterrupt once the part that was at work has ended."""
        if self.quick and _sides_can_be_launched_beside(parts):
            try:
                self.lab.launch_sides()
            except LabError as failed:
                self.say(f"both sides are not launched ahead: {failed}")
        hosts = ""
        for number, part in enumerate(parts, 1):
            budget = part.quick if self.quick else part.full
            self.say(f"{number} of {len(parts)}: {part.name}, which should take {_time(budget)}")
            outcome = self._outcome(part, budget, fresh=bool(hosts) and part.hosts != hosts)
            hosts = part.hosts
            self.say(f"{part.name}: {outcome.outcome} after {_time(outcome.seconds)}  {outcome.why}".rstrip())
            yield outcome

    def _outcome(self, part: Part, budget: int, *, fresh: bool) -> Outcome:
        if part.lab:
            try:
                self.lab.ready(fresh=fresh)
            except LabError as failed:
                return not_run(part, budget, f"the lab is not ready: {failed}")
        figures = Figures.of(part, quick=self.quick)
        argv = [str(self.folder / part.name), *(["--quick"] if self.quick else [])]
        begun = time.monotonic()
        try:
            ended = processes.run(argv, deadline=2 * budget + LEEWAY, environment={KEEP: "1"})
        except OSError as error:
            ended = Ended(MISSING, time.monotonic() - begun, hung=False, last=f"{argv[0]}: {error.strerror}")
        return judge(part, ended, budget, figures.new())


def _sides_can_be_launched_beside(parts: Sequence[Part]) -> bool:
    """While parts run that need no lab. Only a quick run does it: it costs their figures some quiet."""
    return bool(parts) and not parts[0].lab and any(part.hosts == SIDES for part in parts)


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"  # noqa: PLR2004
