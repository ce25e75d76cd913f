"""bench/all as a command: when the page is written anew, where its own figures go, how it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from bench import results
from bench.altogether.outcomes import FAILED, PASSED, Outcome
from bench.commands import all as command
from bench.parts import PARTS
from lab.errors import LabError


class Fake:
    """In place of the parts, the lab and the page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unmeasured: set[str] = set()
        self.interrupted_at = ""
        self.lab_stays = ""
        self.ended = 0
        self.written: list[str] = []

    def outcomes(self, parts: list[SimpleNamespace]) -> Iterator[Outcome]:
        for part in parts:
            if part.name == self.interrupted_at:
                raise KeyboardInterrupt
            failed = part.name in self.unmeasured
            yield Outcome(part.name, FAILED if failed else PASSED, 1, 1, int(failed), "", not failed)

    def end(self) -> None:
        self.ended += 1
        if self.lab_stays:
            raise LabError(self.lab_stays)

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(command.run_all, words, standalone_mode=False)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    found = Fake(tmp_path)
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    monkeypatch.setattr(command, "_require_root", lambda _: None)
    monkeypatch.setattr(command.signal, "signal", lambda *_: None)
    monkeypatch.setattr(command, "LabOfAll", lambda *_: found)
    monkeypatch.setattr(command, "Run", lambda *_: found)
    monkeypatch.setattr(command.page, "documents", lambda **_: {})
    monkeypatch.setattr(command.page, "write", lambda: found.written.append("page"))
    monkeypatch.setattr(command.page, "pictures", lambda _, folder: found.written.append(folder.name))
    return found


def test_a_full_run_with_new_figures_of_every_part_writes_the_page(fake: Fake) -> None:
    assert fake.run().return_value == 0
    assert fake.written == ["page"]
    document = json.loads((fake.folder / "all.json").read_text())
    assert [each["part"] for each in document["parts"]] == [part.name for part in PARTS]


def test_one_without_new_figures_leaves_the_page_as_it_was(fake: Fake) -> None:
    fake.unmeasured = {"launch"}
    done = fake.run()
    assert done.return_value == 1
    assert fake.written == []
    assert "no new figures of launch" in done.output


def test_a_quick_run_draws_its_pictures_beside_its_figures_and_leaves_the_page(fake: Fake) -> None:
    assert fake.run("--quick").return_value == 0
    assert fake.written == ["quick"]
    assert json.loads((fake.folder / "quick" / "all.json").read_text())["quick"] is True
    assert not (fake.folder / "all.json").exists()


def test_a_run_of_some_parts_is_none_of_all(fake: Fake) -> None:
    assert fake.run("enc").return_value == 0
    assert fake.written == []
    assert list(fake.folder.iterdir()) == []
    chosen = fake.folder / "chosen.json"
    fake.run("launch", "enc", "--output", str(chosen))
    assert [each["part"] for each in json.loads(chosen.read_text())["parts"]] == ["enc", "launch"]


def test_a_lab_that_does_not_end_is_a_failure_and_does_not_hide_the_parts(fake: Fake) -> None:
    fake.lab_stays = "an instance hangs"
    done = fake.run()
    assert done.return_value == 1
    assert "an instance hangs" in done.output
    assert f"{len(PARTS)} of {len(PARTS)} parts passed" in done.output
    assert fake.written == ["page"]


def test_after_ctrl_c_the_lab_is_left_as_it_was_found_and_those_that_are_done_are_shown(fake: Fake) -> None:
    fake.interrupted_at = PARTS[2].name
    done = fake.run()
    assert done.exit_code != 0
    assert fake.ended == 1
    assert "2 of 2 parts passed" in done.output
    assert fake.written == []
