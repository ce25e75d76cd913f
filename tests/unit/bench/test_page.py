"""docs/benchmarks.md: prose is kept, figures are written anew between their marks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import results
from bench.errors import BenchError
from bench.plots import Plot
from bench.spread import Spread
from bench.tables import Goal, Table
from docs.generate import benchmarks

PLOT = Plot("one", "Speed [all]", "nodes", "s", (1, 2), {"ours": [Spread.of([1, 2]), Spread.of([3])]})
GOAL = Goal("speed", "at least 4 times", "2.9 times", met=False)
DOCUMENT = {
    "passed": True,
    "wrong": [],
    "seconds": 90,
    "machine": {
        "at": "2026-12-01T10:00:00Z",
        "cpu": "A",
        "cores": 2,
        "memory_mb": 24105,
        "kernel": "6.1",
        "python": "3.11",
    },
    "versions": {"puppet": "8.10.0"},
    "speed": "12.5",
}
WHOLE = {
    **DOCUMENT,
    "passed": False,
    "parts": [
        {"part": "one", "outcome": "passed", "why": "", "seconds": 66, "budget": 60},
        {"part": "two", "outcome": "hung", "why": "no end", "seconds": 600, "budget": 60},
    ],
}
NAMES = ("goals", "run", "one", "two")
PROSE = "# Page\n\n" + "\n".join(
    f"## {name}\n\nWhat {name} is.\n\n<!-- {name}: begin -->\nold\n<!-- {name}: end -->\n" for name in NAMES
)


def tables(document: dict[str, Any]) -> list[Table]:
    return [Table("How fast.", ("", "per s"), [("ours", document["speed"])])]


SHOWN = SimpleNamespace(tables=tables, plots=lambda _: [PLOT])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page, figures of one of two parts, and no pictures."""
    one = SimpleNamespace(name="one", shown=SHOWN, goals=lambda _: [GOAL, replace(GOAL, met=True)])
    two = SimpleNamespace(name="two", shown=SHOWN, goals=lambda _: [GOAL])
    monkeypatch.setattr(benchmarks, "PARTS", (one, two))
    monkeypatch.setattr(benchmarks, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(benchmarks, "IMAGES", tmp_path / "images")
    monkeypatch.setattr(results, "RESULTS", tmp_path / "results")
    (tmp_path / "results").mkdir()
    (tmp_path / "page.md").write_text(PROSE)
    measured(tmp_path, "one", DOCUMENT)
    return tmp_path


def measured(folder: Path, name: str, document: dict[str, Any]) -> None:
    (folder / "results" / f"{name}.json").write_text(json.dumps(document))


def section(folder: Path, name: str) -> str:
    text = (folder / "page.md").read_text()
    return text.partition(f"<!-- {name}: begin -->")[2].partition(f"<!-- {name}: end -->")[0]


def test_a_part_has_its_table_its_picture_and_where_it_was_measured(folder: Path) -> None:
    benchmarks.write()
    text = section(folder, "one")
    assert "| ours | 12.5 |" in text
    assert "![Speed  all : s by nodes, of ours](images/bench-one.svg)" in text
    assert (folder / "images" / "bench-one.svg").exists()
    for words in ("2026-12-01 10:00:00 UTC", "1.5 minutes", "2 cores (A), 24 GB, Linux 6.1", "puppet 8.10.0"):
        assert words in text


def test_the_prose_is_kept_and_what_was_between_the_marks_is_not(folder: Path) -> None:
    benchmarks.write()
    text = (folder / "page.md").read_text()
    assert [line for line in PROSE.splitlines() if line and line != "old" and line not in text] == []
    assert "old" not in text


def test_a_part_without_figures_says_so(folder: Path) -> None:
    benchmarks.write()
    assert section(folder, "two").strip() == "Not measured yet."
    assert section(folder, "run").strip() == "Not measured yet."


def test_figures_of_another_form_are_none(folder: Path) -> None:
    measured(folder, "two", {"machine": {}, "throughput": 1})
    benchmarks.write()
    assert section(folder, "two").strip() == "Not measured yet."


def test_what_was_wrong_stands_with_the_figures(folder: Path) -> None:
    measured(folder, "one", {**DOCUMENT, "passed": False, "wrong": ["3 requests failed"]})
    benchmarks.write()
    assert "**Failed**: 3 requests failed" in section(folder, "one")


def test_goals_stand_in_one_table_and_a_missed_one_says_so(folder: Path) -> None:
    benchmarks.write()
    lines = section(folder, "goals").strip().splitlines()
    assert lines[0] == "1 of 2 goals are met."
    assert lines[-2:] == [
        "| speed ([one](#one)) | at least 4 times | 2.9 times | **no** |",
        "| speed ([one](#one)) | at least 4 times | 2.9 times | yes |",
    ]


def test_the_last_full_run_says_what_became_of_each_part(folder: Path) -> None:
    measured(folder, "all", WHOLE)
    benchmarks.write()
    text = section(folder, "run")
    assert "| one | passed | 1.1 | 1.0 |" in text
    assert "| two | hung: no end | 10.0 | 1.0 |" in text
    assert "| all | failed | 1.5 | 60.0 |" in text


def test_what_was_written_is_current_and_writing_it_again_changes_nothing(folder: Path) -> None:
    benchmarks.write()
    text = (folder / "page.md").read_text()
    assert benchmarks.stale() == []
    benchmarks.write()
    assert (folder / "page.md").read_text() == text


def test_new_figures_make_page_and_picture_stale(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    benchmarks.write()
    assert benchmarks.main(["--check"]) == 0
    measured(folder, "one", {**DOCUMENT, "speed": "13"})
    assert benchmarks.stale() == ["page.md"]
    other = replace(PLOT, series={"ours": [Spread.of([1]), Spread.of([4])]})
    monkeypatch.setattr(SHOWN, "plots", lambda _: [other])
    assert benchmarks.main(["--check"]) == 1
    assert "page.md, bench-one.svg: not as the figures say" in capsys.readouterr().err


def test_pictures_of_nothing_are_told_and_taken_away(folder: Path) -> None:
    benchmarks.write()
    orphan, of_others = folder / "images" / "bench-older.svg", folder / "images" / "up.svg"
    orphan.touch()
    of_others.touch()
    assert benchmarks.stale() == ["bench-older.svg"]
    benchmarks.write()
    assert not orphan.exists() and of_others.exists()


def test_two_pictures_of_one_name_are_refused(folder: Path) -> None:
    measured(folder, "two", DOCUMENT)
    with pytest.raises(BenchError, match="bench-one"):
        benchmarks.write()


@pytest.mark.parametrize("mark", ["<!-- one: begin -->\n", "<!-- two: end -->\n"])
def test_a_page_without_a_mark_is_refused_and_left_as_it_is(
    folder: Path, mark: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PROSE.replace(mark, "")
    (folder / "page.md").write_text(text)
    assert benchmarks.main([]) == 1
    assert mark.strip() in capsys.readouterr().err
    assert (folder / "page.md").read_text() == text
