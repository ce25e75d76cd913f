"""docs/security.md and docs/enrolment.md name only tests, links and settings that exist."""

import re
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]
DOCS = CHECKOUT / "docs"
TESTS = "AEUR"
PAGES = {"security.md": 80, "enrolment.md": 60}  # the tests that each names, at the least


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> Path:
    return DOCS / str(request.param)


@cache
def existing() -> set[str]:
    """The names of all tests, as sentences: pytest's without `test_`, and rspec's."""
    names = set()
    for module in (CHECKOUT / "tests").rglob("test_*.py"):
        names |= set(re.findall(r"^\s*def test_(\w+)", module.read_text(), re.MULTILINE))
    for spec in (CHECKOUT / "spec").rglob("*_spec.rb"):
        names |= {found[1] for found in re.findall(r"""\bit\s+(['"])(.*?)\1""", spec.read_text())}
    return names


def cells(page: Path) -> list[str]:
    """The last column of each row that says where its tests are."""
    columns = [
        line.strip("|").split(" | ")[-1] for line in page.read_text().splitlines() if line.startswith("| ")
    ]
    return [cell for cell in columns if re.match(rf"\s*[{TESTS}] ", cell)]


def named(page: Path) -> list[str]:
    """The tests that a page names."""
    return [name for cell in cells(page) for name in re.findall("`([^`]+)`", cell)]


def modules(page: Path) -> set[str]:
    """The files that rows point to."""
    return set(re.findall(r"\b(?:test_\w+|\w+_spec)\b(?=:|,|;| \(| \|)", page.read_text()))


def test_each_test_that_a_page_names_exists(page: Path) -> None:
    assert len(named(page)) > PAGES[page.name]
    assert [name for name in named(page) if name not in existing()] == []


def test_each_file_that_a_page_names_exists(page: Path) -> None:
    files = {path.stem for folder in ("tests", "spec") for path in (CHECKOUT / folder).rglob("*")}
    assert [name for name in sorted(modules(page)) if name not in files] == []


def test_a_test_stands_in_the_file_that_a_page_gives_for_it(page: Path) -> None:
    """Rows say `E test_3_trust: name, name; U test_webapp: name`."""
    wrong = []
    for cell in cells(page):
        for part in cell.split("; "):
            module, colon, names = part.partition(": `")
            paths = list((CHECKOUT / "tests").rglob(f"{module.split()[-1]}.py")) if colon else []
            if paths:
                text = "".join(path.read_text() for path in paths)
                found = re.findall("`([^`]+)`", "`" + names)
                wrong += [f"{module}: {name}" for name in found if f"def test_{name}(" not in text]
    assert wrong == []


def test_each_link_within_the_documentation_leads_to_a_page_and_a_heading(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        file, _, heading = target.partition("#")
        other = (page.parent / file).resolve() if file else page
        assert other.is_file(), target
        headings = re.findall(r"^#+ (.+)$", other.read_text(), re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in headings}
        assert not heading or heading in anchors, target
