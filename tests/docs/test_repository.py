"""What contributors are told by files that tools read: .editorconfig, the pre-commit hooks, `make help`."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.docs import editorconfig
from tests.docs.editorconfig import CHECKOUT

RULES = """
[*]
charset = utf-8
end_of_line = lf
insert_final_newline = true
trim_trailing_whitespace = true
indent_style = space

[Makefile]
indent_style = tab

[corpus/**]
trim_trailing_whitespace = unset

[*.{pp,rb}]
indent_size = 2
"""


def test_each_file_is_as_editorconfig_has_it() -> None:
    assert editorconfig.check(editorconfig.ours()) == []


@pytest.mark.parametrize(
    ("path", "content", "fault"),
    [
        ("a/b.py", b"x \n", "a/b.py:1: white space at the end of the line"),
        ("a/b.py", b"\tx\n", "a/b.py:1: a tab as indentation"),
        ("a/b.py", b"x", "a/b.py: no line feed at the end"),
        ("a/b.py", b"x\r\n", "a/b.py: carriage returns"),
        ("a/b.py", b"\xff\n", "a/b.py: not UTF-8"),
    ],
)
def test_a_file_that_is_not_is_told(path: str, content: bytes, fault: str) -> None:
    wanted = editorconfig.properties(path, editorconfig.sections(RULES))
    assert any(fault in told for told in editorconfig.faults(path, content, wanted))


@pytest.mark.parametrize(
    ("path", "content"),
    [("Makefile", b"\tx\n"), ("corpus/a/b", b"x \n"), ("a/b.py", b""), ("a/b.py", b"    x\n")],
)
def test_what_the_rules_allow_is_no_fault(path: str, content: bytes) -> None:
    wanted = editorconfig.properties(path, editorconfig.sections(RULES))
    assert list(editorconfig.faults(path, content, wanted)) == []


def test_sections_apply_by_name_and_folder() -> None:
    known = editorconfig.sections(RULES)
    assert editorconfig.properties("modules/x/manifests/init.pp", known)["indent_size"] == "2"
    assert "indent_size" not in editorconfig.properties("conductor/cli.py", known)
    assert "trim_trailing_whitespace" not in editorconfig.properties("corpus/a/b", known)


def hooks() -> list[dict[str, str]]:
    config = yaml.safe_load((CHECKOUT / ".pre-commit-config.yaml").read_text())
    return [hook for repo in config["repos"] for hook in repo["hooks"]]


def test_all_hooks_are_local_so_that_a_commit_fetches_nothing() -> None:
    config = yaml.safe_load((CHECKOUT / ".pre-commit-config.yaml").read_text())
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    assert {hook["language"] for hook in hooks()} == {"system"}


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook["id"])
def test_what_a_hook_calls_is_there(hook: dict[str, str]) -> None:
    command, *words = hook["entry"].split()
    if command.startswith(".venv/"):
        installed = {path.name for path in (CHECKOUT / ".venv" / "bin").glob("*")}
        assert Path(command).name in installed
    else:
        assert shutil.which(command), command
    for word in words:
        if word.startswith("tests/"):
            assert (CHECKOUT / word).exists(), word
    if command == "make":
        assert words[-1] in targets()


def targets() -> set[str]:
    text = (CHECKOUT / "Makefile").read_text()
    [phony] = re.findall(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    return set(phony.split())


def test_make_help_shows_each_target() -> None:
    shown = subprocess.run(
        ["make", "--silent", "help"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout
    listed = re.findall(r"^  make (\S+) +\S.*$", shown, re.MULTILINE)
    assert set(listed) == targets()
    assert len(listed) == len(set(listed))


def test_each_target_that_the_makefile_defines_is_phony_and_so_listed() -> None:
    text = (CHECKOUT / "Makefile").read_text()
    defined = set(re.findall(r"^([a-z][a-z-]*):(?!=)", text, re.MULTILINE))
    assert defined == targets()


def test_each_folder_of_tests_and_specs_stands_in_the_map() -> None:
    text = (CHECKOUT / "docs" / "contributing.md").read_text()
    tests_map = text.partition("\n## The tests' map\n")[2].partition("\n## ")[0]
    names = {name for name in editorconfig.ours() if name.startswith("tests/")}
    folders = {"/".join(Path(name).parts[:2]) for name in names if len(Path(name).parts) > 2}
    assert len(folders) > 8
    assert sorted(folder for folder in folders if f"`{folder}" not in tests_map) == []
    specs = {path.name for path in (CHECKOUT / "spec").iterdir() if path.is_dir()} - {"facts"}
    modules = {path.name for path in (CHECKOUT / "modules").iterdir()}
    assert sorted(name for name in specs - modules if f"`spec/{name}`" not in tests_map) == []
