"""What is generated is as its source says: pictures, the conductor's reference, the figures of benchmarks."""

import shutil
from pathlib import Path

import click
import pytest

from bench.parts import PARTS
from conductor import cli
from docs.generate import benchmarks, diagrams
from docs.generate import cli as reference
from tests.docs import pages


def test_each_picture_is_of_its_text_as_it_is_now() -> None:
    assert len(diagrams.sources()) >= 4
    assert diagrams.stale() == [], "run `make diagrams`"


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@pytest.mark.parametrize("source", diagrams.sources(), ids=lambda path: path.stem)
def test_each_text_can_be_drawn(source: Path) -> None:
    assert diagrams.mark(source) in diagrams.picture(source)


def test_a_changed_text_makes_its_picture_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagrams, "FOLDER", tmp_path)
    source = tmp_path / "one.dot"
    source.write_text("digraph { a -> b }")
    source.with_suffix(".svg").write_text(diagrams.mark(source))
    (tmp_path / "orphan.svg").write_text("")
    assert diagrams.stale() == ["orphan.svg"]
    source.write_text("digraph { a -> c }")
    assert diagrams.stale() == ["one.svg", "orphan.svg"]


def test_the_conductors_reference_is_what_the_commands_say() -> None:
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), "run `make reference-cli`"


def test_the_reference_has_each_command_and_each_option() -> None:
    text = reference.page()
    for name, command in cli.cli.commands.items():
        section = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert max(parameter.opts, key=len) in section, (name, parameter.name)


def test_the_benchmarks_page_and_its_pictures_are_what_the_figures_say() -> None:
    assert benchmarks.stale() == [], "run `make figures`"


def test_each_benchmark_has_its_section_by_which_the_goals_link_to_it() -> None:
    headings = pages.anchors("docs/benchmarks.md")
    assert [part.name for part in PARTS if part.name not in headings] == []
