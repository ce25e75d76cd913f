"""Tables for the terminal and for pages, from one description."""

import pytest

from bench.tables import Goal, Table, of_goals, show

TABLE = Table("Two sides.", ("side", "what", "per s"), [("ours", "a|b", "1,234.5")], words=2)


def test_a_page_has_names_to_the_left_and_figures_to_the_right() -> None:
    assert TABLE.markdown().splitlines()[2:4] == ["| side | what | per s |", "| --- | --- | ---: |"]


def test_a_cell_cannot_end_its_column() -> None:
    assert "| ours | a\\|b | 1,234.5 |" in TABLE.markdown()


def test_the_title_is_a_paragraph_before_the_table() -> None:
    assert TABLE.markdown().startswith("Two sides.\n\n|")


def test_a_terminal_has_the_same_cells(capsys: pytest.CaptureFixture[str]) -> None:
    show([TABLE, TABLE])
    said = capsys.readouterr().out
    for words in ("Two sides.", "a|b", "1,234.5"):
        assert said.count(words) == 2


def test_what_looks_like_markup_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    show([Table("All [b]parts[/b].", ("[x]",), [("[ -n 1 ]",), ("[/]",)])])
    said = capsys.readouterr().out
    for words in ("All [b]parts[/b].", "[x]", "[ -n 1 ]", "[/]"):
        assert words in said


def test_a_missed_goal_stands_out() -> None:
    goal = Goal("memory", "at most a tenth", "a fifth", met=False)
    assert list(of_goals([goal]).rows) == [("memory", "at most a tenth", "a fifth", "**no**")]
