import sys
from pathlib import Path

import pytest

from tests.unit.packaging.fake_host import PACKAGING, FakeHost

sys.path.insert(0, str(PACKAGING))


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    return FakeHost(tmp_path / "root")
