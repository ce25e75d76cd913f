"""docs/security.md names only tests that exist."""

import re
from pathlib import Path

CHECKOUT = Path(__file__).parents[3]
PAGE = CHECKOUT / "docs" / "security.md"
TESTS = "AEUR"


def existing() -> set[str]:
    """The names of all tests, as sentences: pytest's without `test_`, and rspec's."""
    names = set()
    for module in (CHECKOUT / "tests").rglob("test_*.py"):
        names |= set(re.findall(r"^\s*def test_(\w+)", module.read_text(), re.MULTILINE))
    for spec in (CHECKOUT / "spec").rglob("*_spec.rb"):
        names |= {found[1] for found in re.findall(r"""\bit\s+(['"])(.*?)\1""", spec.read_text())}
    return names


def named() -> list[str]:
    """The tests in the last column of each row."""
    columns = [
        line.strip("|").split(" | ")[-1] for line in PAGE.read_text().splitlines() if line.startswith("| ")
    ]
    cells = [cell for cell in columns if re.match(rf"\s*[{TESTS}] ", cell)]
    return [name for cell in cells for name in re.findall("`([^`]+)`", cell)]


def modules() -> set[str]:
    """The files that rows point to."""
    return set(re.findall(r"\b(?:test_\w+|\w+_spec)\b(?=:|,|;| \()", PAGE.read_text()))


def test_each_test_that_the_page_names_exists() -> None:
    assert len(named()) > 50
    assert [name for name in named() if name not in existing()] == []


def test_each_file_that_the_page_names_exists() -> None:
    files = {path.stem for folder in ("tests", "spec") for path in (CHECKOUT / folder).rglob("*")}
    assert [name for name in sorted(modules()) if name not in files] == []
