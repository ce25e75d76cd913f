"""Decisions have numbers without a gap, the same headings, and a line in the list."""

import re

from tests.docs.pages import CHECKOUT

FOLDER = CHECKOUT / "docs" / "decisions"
HEADINGS = ["Status", "Context", "Decision", "Consequences", "Alternatives"]
STATUS = re.compile(r"(Accepted|Replaced by \[\d{4}\]\([^)]+\))\.")
RECORDS = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")


def test_numbers_have_no_gap() -> None:
    assert [path.name[:4] for path in RECORDS] == [f"{number:04}" for number in range(1, len(RECORDS) + 1)]


def test_each_has_its_number_in_the_title_and_the_same_headings() -> None:
    for path in RECORDS:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]}: "), path.name
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS, path.name
        assert STATUS.match(text.partition("## Status\n\n")[2]), path.name


def test_each_stands_in_the_list_under_its_title() -> None:
    listed = dict(
        re.findall(r"^\| \[\d{4}\]\(([^)]+)\) \| (.+) \|$", (FOLDER / "README.md").read_text(), re.M)
    )
    assert listed == {path.name: path.read_text().partition("\n")[0][8:] for path in RECORDS}
