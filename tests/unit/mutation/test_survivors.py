"""The list of changes that no test notices is whole, and of this code."""

import pytest

from tests.mutation.survivors import LIST, Mutant, compare, lines_of, listed
from tests.mutation.tree import MODULES, ROOT, TESTS, files_of_tests

ENTRY = """# Survivors

## decision.decide

```diff
- a = 1
+ a = 2
```

Nobody reads it.
"""
MUTANT = Mutant("decision.decide", "- a = 1\n+ a = 2")


def test_an_entry_is_a_change_with_its_reason():
    assert listed(ENTRY) == {MUTANT: "Nobody reads it."}


def test_an_entry_without_a_reason_is_refused():
    with pytest.raises(ValueError, match="no reason"):
        listed(ENTRY.replace("Nobody reads it.\n", ""))


def test_indentation_and_headers_of_a_diff_make_no_difference():
    assert lines_of("--- x.py\n+++ x.py\n@@ -1 +1 @@\n     same\n-    a = 1\n+    a = 2") == MUTANT.diff


def test_a_survivor_that_is_not_listed_and_one_that_survives_no_more_are_both_said():
    assert compare({MUTANT}, {MUTANT: "why"}) == []
    assert "no test notices, and that is not listed" in compare({MUTANT}, {})[0]
    assert "a test notices it" in compare(set(), {MUTANT: "why"})[0]


def test_what_is_listed_is_about_lines_that_are_still_there():
    for mutant in listed(LIST.read_text()):
        code = (ROOT / "files" / "scripts" / "enrolment" / f"{mutant.module}.py").read_text()
        lines = {line.strip() for line in code.splitlines()}
        for line in mutant.diff.splitlines():
            assert line.startswith("+") or line[2:] in lines, mutant


def test_each_module_has_tests_that_are_there():
    assert set(TESTS) == set(MODULES)
    for names in TESTS.values():
        assert all((ROOT / file).is_file() for file in files_of_tests(names))
