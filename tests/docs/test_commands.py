"""Each command line in README.md and docs/*.md is run by a test, or it is said why none does.

commands.yaml says which; what our own programs are called with must exist, in inline code too.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.docs import pages, programs, tutorial
from tests.docs.pages import CHECKOUT, Line

MAP = Path(__file__).parent / "commands.yaml"
ENTRIES = yaml.safe_load(MAP.read_text(encoding="utf-8"))
KINDS = {"by", "aws", "hand", "text"}
FEWEST = 60
PREFIX = re.compile(r"^(?:sudo lab/lab exec -- )?(?:conductor/)?(?=start_instance\.py)")
COMMENT = re.compile(r"\s+# .*$")
# A command in a sentence or a table that is to be accounted for too.
INLINE = re.compile(r"(sudo|make) \S.*(?<!--)(?<!conductor/)")
FOLDERS = {path.name for path in CHECKOUT.iterdir() if path.is_dir() and not path.name.startswith(".")}
UNREAL = re.compile(r"[A-Z]{2}|[$<>{}…]|\.\.\.")


@cache
def lines() -> list[Line]:
    """All lines of blocks of code, and what is told to be run elsewhere on a page."""
    inline = [span for page in pages.readers_pages() for span in pages.spans(page)]
    blocks = [line for page in pages.readers_pages() for line in pages.code_lines(page)]
    return [*blocks, *(span for span in inline if INLINE.fullmatch(span.text))]


def bare(line: Line) -> str:
    return COMMENT.sub("", PREFIX.sub("", line.text)).strip()


def entries_for(line: Line) -> list[dict[str, str]]:
    return [entry for entry in ENTRIES if re.fullmatch(entry["match"], bare(line))]


def test_there_are_commands_to_be_found() -> None:
    assert len(lines()) > FEWEST


def test_each_command_line_of_a_page_matches_exactly_one_entry() -> None:
    none = [str(line) for line in lines() if not entries_for(line)]
    assert none == [], f"say in {MAP} which test runs it, or why none does"
    several = {str(line): [entry["match"] for entry in entries_for(line)] for line in lines()}
    assert {line: found for line, found in several.items() if len(found) > 1} == {}


def test_no_entry_is_left_over() -> None:
    assert [
        entry["match"] for entry in ENTRIES if not any(entry in entries_for(line) for line in lines())
    ] == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["match"][:50])
def test_an_entry_says_one_thing_and_its_test_exists(entry: dict[str, str]) -> None:
    [kind] = KINDS & set(entry)
    assert set(entry) <= {"match", kind} | ({"says", "through"} if kind == "by" else set())
    assert entry[kind].strip()
    if kind == "by":
        file, _, name = entry["by"].partition("::")
        text = (CHECKOUT / file).read_text(encoding="utf-8")
        defined = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
        assert name in defined, f"{file} has no {name}"
        where = entry.get("through", file)
        assert entry["says"] in (CHECKOUT / where).read_text(encoding="utf-8"), where


def test_what_needs_an_account_is_marked_so_in_the_readme() -> None:
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    section = text.partition("\n## The same on AWS\n")[2].partition("\n## ")[0]
    steps = re.split(r"^(?=\d\. )", section, flags=re.MULTILINE)[1:]
    asking = [step for step in steps if re.search(r"^\s+conductor/start_instance\.py", step, re.MULTILINE)]
    assert len(asking) > 2
    assert [step.partition("\n")[0] for step in asking if "**AWS**" not in step] == []


@cache
def commands() -> list[Line]:
    """Block lines and inline code."""
    inline = [span for page in pages.readers_pages() for span in pages.spans(page)]
    return [*lines(), *inline]


def test_what_pages_call_our_programs_with_exists() -> None:
    wrong = {str(line): programs.complaints(line.text) for line in commands()}
    assert {line: found for line, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("sudo make nonsense", "make nonsense"),
        ("conductor/start_instance.py wurker --wait", "start_instance.py wurker"),
        ("start_instance.py list --colour", "start_instance.py list --colour"),
        (
            "sudo lab/lab exec -- conductor/start_instance.py worker --cuont 3",
            "start_instance.py worker --cuont",
        ),
        ("sudo lab/lab upp", "lab upp"),
        ("sudo lab/lab ssh puppetmaster puppet_ca lsit", "puppet_ca lsit"),
        ("puppet_ca list|sing", "puppet_ca sing"),
        ("puppet_ca sign --every NAME", "puppet_ca sign --every"),
        ("check_csr --explian NAME", "check_csr  --explian"),
        ("packaging/build --ouput /srv", "packaging/build  --ouput"),
    ],
)
def test_what_does_not_exist_is_found(line: str, complaint: str) -> None:
    assert programs.complaints(line) == [complaint]


@pytest.mark.parametrize(
    "line",
    [
        "sudo lab/lab exec -- conductor/start_instance.py -c FILE worker --count 2 --wait  # one more",
        "start_instance.py terminate [OPTIONS] NAME...",
        "sudo lab/lab ssh namenode hdfs dfsadmin -report",
        "puppet_ca list [--all]",
        "check_csr [--log-level=debug] URL",
        "sed s/--nonsense// file | make",
    ],
)
def test_what_exists_is_not(line: str) -> None:
    assert programs.complaints(line) == []


@cache
def named_paths() -> list[tuple[Line, str]]:
    """What looks like a path in this repository."""
    found = []
    for line in commands():
        for word in re.split(r"[\s'\"`=,;()]+", line.text):
            path = re.sub(r"(:\d+|::\w+)?[.:]?$", "", word)
            first, slash, _ = path.partition("/")
            if slash and first in FOLDERS and not UNREAL.search(path) and not path.startswith("/"):
                found.append((line, path))
    return found


def test_each_path_in_this_repository_that_a_page_names_exists() -> None:
    page = tutorial.read()
    made = {*page.files} | {parent.as_posix() for name in page.files for parent in Path(name).parents}
    missing = [
        f"{line}: {path}"
        for line, path in named_paths()
        if path.rstrip("/") not in made and not list(CHECKOUT.glob(path.rstrip("/")))
    ]
    assert len(named_paths()) > FEWEST
    assert missing == []
