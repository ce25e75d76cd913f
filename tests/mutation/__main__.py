"""``python -m tests.mutation [MODULE...]``: change the code of the decision in every way that mutmut knows.

Each change must make a test fail or be in survivors.md with its reason; else the exit code is 1.
"""

import argparse
import difflib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from mutmut.mutation.diff_apply import apply_mutant, get_diff_for_mutant

from tests.mutation import fresh, tree
from tests.mutation.survivors import LIST, Mutant, compare, lines_of, listed

LONGEST = 3 * 3600  # seconds that mutmut may take
SURVIVED, NO_TESTS, NOTHING_COLLECTED = 0, 33, 5  # mutmut's exit codes of one change


def run_mutmut() -> None:
    """Change the functions, one process after the other."""
    mutmut = Path(sys.executable).parent / "mutmut"
    subprocess.run(
        [mutmut, "run", "--max-children", "1"], cwd=tree.TREE, check=False, timeout=LONGEST, stdout=sys.stderr
    )


def left_by_mutmut(module: str) -> list[str]:
    """Return the names of the mutants that it did not see fail: survivors, and such as no test runs."""
    meta = json.loads((tree.TREE / "mutants" / "enrolment" / f"{module}.py.meta").read_text())
    codes: dict[str, int | None] = meta["exit_code_by_key"]
    if None in codes.values():
        raise SystemExit(f"mutants: mutmut has not come to an end with {module}.py")
    return [name for name, code in codes.items() if code in (SURVIVED, NO_TESTS, NOTHING_COLLECTED)]


def mutated(module: str, name: str) -> tuple[Mutant, str]:
    """Return the change and the whole text of the module with it."""
    path = tree.TREE / "enrolment" / f"{module}.py"
    kept = path.read_text()
    there = Path.cwd()
    os.chdir(tree.TREE)
    try:
        diff = get_diff_for_mutant(name, path=f"enrolment/{module}.py")
        apply_mutant(name)
        text = path.read_text()
    finally:
        path.write_text(kept)
        os.chdir(there)
    function = re.sub(r"^x_|__mutmut_[0-9]+$|xǁ", "", name.rpartition(".")[-1]).replace("ǁ", ".")
    return Mutant(f"{module}.{function}", lines_of(diff)), text


def constant(module: str, text: str) -> Mutant:
    kept = (tree.TREE / "enrolment" / f"{module}.py").read_text()
    diff = "\n".join(difflib.unified_diff(kept.splitlines(), text.splitlines(), lineterm="", n=0))
    return Mutant(f"{module}, {fresh.MODULE_LEVEL}", lines_of(diff))


def survivors_of(module: str) -> tuple[set[Mutant], int]:
    """Return the survivors, and how many changes there were in functions and constants."""
    found = set()
    for name in left_by_mutmut(module):
        mutant, text = mutated(module, name)
        if fresh.survives(module, text):
            found.add(mutant)
    texts = list(fresh.constants(module))
    found |= {constant(module, text) for text in texts if fresh.survives(module, text)}
    return found, len(texts)


def main(argv: list[str]) -> int:
    """Change, test, compare with the list."""
    parser = argparse.ArgumentParser(prog="tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=", ".join(tree.MODULES))
    options = parser.parse_args(argv)
    modules = tuple(options.modules) or tree.MODULES
    if not set(modules) <= set(tree.MODULES):
        parser.error(f"the modules are {', '.join(tree.MODULES)}")
    known = listed(LIST.read_text())
    tree.build(modules)
    run_mutmut()
    wrong: list[str] = []
    told = 0
    for module in modules:
        if not fresh.survives(module, (tree.TREE / "enrolment" / f"{module}.py").read_text()):
            raise SystemExit(f"mutants: the tests of {module}.py fail without any change")
        found, constants = survivors_of(module)
        print(f"{module}.py: {len(found)} survive; {constants} changes outside functions", flush=True)
        wrong += compare(found, {mutant: why for mutant, why in known.items() if mutant.module == module})
        print(*wrong[told:], sep="\n", flush=True)
        told = len(wrong)
    print(f"mutants: {len(wrong)} differ from {LIST.name}" if wrong else f"mutants: as {LIST.name} says")
    return 1 if wrong else 0


if __name__ == "__main__":
    os.nice(15)
    sys.exit(main(sys.argv[1:]))
