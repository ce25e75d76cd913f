"""bench/all leaves the lab as it found it, whatever its parts have left in it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.altogether import lab as module
from bench.altogether.lab import LabOfAll
from lab.state import State

ENDED_BY_API = "by the API"


class FakeLab:
    """Instances by id, and what was done; in place of the functions that work on the real one."""

    def __init__(self, *running: str, up: bool) -> None:
        self.up = up
        self.running = set(running)
        self.nodes: set[str] = set()
        self.done: list[str] = []

    def raise_it(self, *_: object) -> None:
        self.done.append("up" if not self.up else "is up")
        self.up = True

    def down(self, *_: object) -> None:
        self.done.append("down")
        self.up = False
        self.running = set()

    def instances(self, _: State) -> list[dict[str, Any]]:
        gone = [{"id": "i-gone", "state": "terminated"}]
        return gone + [{"id": each, "state": "running"} for each in sorted(self.running)]

    def run(self, argv: list[str], **_: Any) -> None:
        ids = {word for word in argv if word.startswith("i-")}
        how = "by the conductor" if "terminate" in argv else ENDED_BY_API
        self.done += [f"{each} {how}" for each in sorted(ids)]
        self.running -= ids


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeLab:
    found = FakeLab(up=False)
    monkeypatch.setattr(module.lifecycle, "is_running", lambda _: found.up)
    monkeypatch.setattr(module.lifecycle, "up", found.raise_it)
    monkeypatch.setattr(module.lifecycle, "down", found.down)
    monkeypatch.setattr(module.access, "instances", found.instances)
    monkeypatch.setattr(module.access, "environment", lambda _: {})
    monkeypatch.setattr(module.access, "inside", lambda _, argv: list(argv))
    monkeypatch.setattr(module, "run", found.run)
    cluster = SimpleNamespace(nodes=lambda: [{"instance_id": each} for each in [*found.nodes, None]])
    monkeypatch.setattr(module, "Cluster", lambda *_: cluster)
    return found


class FakeLaunch:
    """In place of the process that launches both sides."""

    def __init__(self, fake: FakeLab) -> None:
        self._fake = fake

    def start(self, argv: list[str], environment: dict[str, str]) -> FakeLaunch:
        self._fake.done.append(f"{argv[-1]} keeps: {environment[module.KEEP]}")
        self._fake.running |= {"i-side"}
        return self

    def wait(self, deadline: float) -> None:
        self._fake.done.append("waited")

    def end(self) -> None:
        self._fake.done.append("interrupted")
        self._fake.running -= {"i-side"}


def of_all() -> LabOfAll:
    return LabOfAll(State(Path("/nonexistent")), lambda _: None)


@pytest.fixture
def launching(fake: FakeLab, monkeypatch: pytest.MonkeyPatch) -> LabOfAll:
    """One that has begun to launch both sides."""
    monkeypatch.setattr(module, "Running", FakeLaunch(fake).start)
    lab = of_all()
    lab.launch_sides()
    return lab


def test_a_lab_that_was_down_is_down_again(fake: FakeLab) -> None:
    lab = of_all()
    lab.ready(fresh=False)
    fake.running = {"i-1"}
    lab.ready(fresh=False)
    lab.end()
    assert fake.done == ["up", "is up", "down"]


def test_a_part_that_is_to_find_nothing_gets_a_new_lab_where_there_was_none(fake: FakeLab) -> None:
    lab = of_all()
    lab.ready(fresh=True)
    lab.ready(fresh=True)
    assert fake.done == ["up", "down", "up"]


def test_of_a_lab_that_was_up_only_what_came_since_is_ended(fake: FakeLab) -> None:
    fake.up, fake.running = True, {"i-operators"}
    lab = of_all()
    lab.ready(fresh=False)
    fake.running |= {"i-node", "i-side"}
    fake.nodes = {"i-operators", "i-node"}
    lab.end()
    assert fake.done == ["is up", "i-node by the conductor", f"i-side {ENDED_BY_API}"]
    assert fake.running == {"i-operators"}


def test_it_is_cleared_for_a_part_that_is_to_find_nothing_too(fake: FakeLab) -> None:
    fake.up, fake.running = True, {"i-operators"}
    lab = of_all()
    lab.ready(fresh=False)
    fake.running |= {"i-side"}
    lab.ready(fresh=True)
    assert fake.running == {"i-operators"}
    assert "down" not in fake.done


def test_a_lab_that_no_part_needed_is_not_touched(fake: FakeLab) -> None:
    fake.up = True
    lab = of_all()
    fake.running = {"i-of-somebody-else"}
    lab.end()
    assert fake.done == []


def test_one_that_a_part_took_down_is_not_taken_down_again(fake: FakeLab) -> None:
    lab = of_all()
    lab.ready(fresh=False)
    fake.up = False
    lab.end()
    assert fake.done == ["up"]


def test_a_part_waits_once_for_the_sides_that_are_launched_ahead(fake: FakeLab, launching: LabOfAll) -> None:
    launching.ready(fresh=False)
    launching.ready(fresh=False)
    assert fake.done == ["up", "bench.altogether.sides keeps: 1", "waited", "is up", "is up"]


def test_sides_that_are_still_being_launched_end_before_the_lab_does(
    fake: FakeLab, launching: LabOfAll
) -> None:
    launching.end()
    assert fake.done[-2:] == ["interrupted", "down"]
