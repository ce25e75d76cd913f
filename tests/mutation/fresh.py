"""Mutants for which the module has to be imported anew: constants, patterns, what runs at the import.

mutmut changes functions only, and in a process that has imported the module already.
"""

import os
import signal
import sys
from collections.abc import Iterator

# What the tests need and what is not changed is imported once, for all the processes that are forked.
import cryptography.x509  # noqa: F401
import hypothesis  # noqa: F401
import libcst as cst
import pytest
import yaml  # noqa: F401
from mutmut.mutation.mutators import mutation_operators

from tests.hostile.corpus import corpus
from tests.mutation.tree import ELSEWHERE, TESTS, TREE, files_of_tests

LONGEST = 60  # seconds: what hangs has been noticed
MODULE_LEVEL = "the module"  # where such a change is, in the list of survivors


corpus()  # makes the keys


class _ModuleLevel(cst.CSTVisitor):
    """Collects changes, by mutmut's own rules, of all that is in no function and no annotation."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[cst.CSTNode, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        passed = (cst.FunctionDef, cst.Annotation, cst.Import, cst.ImportFrom, cst.Decorator, cst.Expr)
        if isinstance(node, passed):
            return False
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                self.found += ((node, changed) for changed in operator(node))
        return True


def constants(module: str) -> Iterator[str]:
    """Yield the text of the module with one change of a constant after the other."""
    parsed = cst.parse_module((TREE / "enrolment" / f"{module}.py").read_text())
    visitor = _ModuleLevel()
    parsed.visit(visitor)
    for node, changed in visitor.found:
        yield parsed.deep_replace(node, changed).code  # type: ignore[arg-type]


def survives(module: str, text: str) -> bool:
    """Whether the tests of ``module`` pass with ``text`` in its place, in a process that imports it first."""
    path = TREE / "enrolment" / f"{module}.py"
    kept = path.read_text()
    path.write_text(text)
    try:
        child = os.fork()
        if child == 0:
            os._exit(_tests(module))
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status) == 0
    finally:
        path.write_text(kept)


def _tests(module: str) -> int:
    os.chdir(TREE)
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(TREE))
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    signal.alarm(LONGEST)
    return int(pytest.main(["-x", "-q", "-k", ELSEWHERE, *files_of_tests(TESTS[module])]))
