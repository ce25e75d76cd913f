"""What fuzzing has found stays tried, and so do the inputs that it begins with."""

import pytest

from tests.fuzz.seeds import seeds
from tests.fuzz.targets import CORPUS, TARGETS

pytestmark = pytest.mark.filterwarnings("ignore:Attribute's length:UserWarning")
FILES = [path for target in TARGETS for path in sorted((CORPUS / target).glob("*"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_fuzzing_found_is_taken_or_refused_as_it_should_be(path):
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_each_fuzzer_begins_with_inputs_of_which_some_are_taken_and_some_refused(target):
    assert {TARGETS[target](seed) for seed in seeds(target)} == {True, False}
