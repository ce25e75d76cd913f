"""A copy of the code and its tests in .mutants/, so that nothing is ever changed in the checkout."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
TREE = ROOT / ".mutants" / "tree"
MODULES = ("names", "rights", "decision", "request", "record")
_TESTS = Path("tests/unit/enrolment")
# By module, the quickest to notice a change first.
TESTS = {
    "names": ("names", "properties"),
    "rights": ("rights", "decision", "properties"),
    "decision": ("decision_words", "decision", "properties", "hostile"),
    "request": ("request_words", "request", "properties", "decision", "hostile"),
    "record": ("record_words", "record", "properties"),
}
ALL_TESTS = (
    "names", "rights", "decision_words", "decision", "record_words", "record", "request_words", "request",
    "properties", "hostile",
)  # fmt: skip
# What starts other processes: they would import the code unchanged, or cost seconds each time.
ELSEWHERE = "not libraries_of_the_hosts and not script_writes and not to_puppets_ruby"

_SETTINGS = """
[tool.pytest.ini_options]
pythonpath = ["."]
addopts = "--import-mode=importlib -p no:cacheprovider -p no:xdist"

[tool.mutmut]
source_paths = ["enrolment"]
only_mutate = {mutated}
also_copy = ["crl"]
pytest_add_cli_args = ["-k", "{elsewhere}"]
pytest_add_cli_args_test_selection = {tests}
use_git_change_detection = false
"""


def files_of_tests(names: tuple[str, ...]) -> list[str]:
    return [str(_TESTS / f"test_{name}.py") for name in names]


def build(modules: tuple[str, ...]) -> None:
    """Make the copy anew, with settings that have these modules changed."""
    shutil.rmtree(TREE, ignore_errors=True)
    without = shutil.ignore_patterns("__pycache__")
    for name in ("enrolment", "crl"):
        shutil.copytree(ROOT / "files" / "scripts" / name, TREE / name, ignore=without)
    for name in ("tests/hostile", "tests/fuzz", str(_TESTS)):
        shutil.copytree(ROOT / name, TREE / name, ignore=without)
    (TREE / "pyproject.toml").write_text(
        _SETTINGS.format(
            mutated=[f"enrolment/{module}.py" for module in modules],
            elsewhere=ELSEWHERE,
            tests=files_of_tests(ALL_TESTS),
        )
    )
