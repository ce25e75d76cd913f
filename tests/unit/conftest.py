"""What all units share: the tables of faults, which `make faults` runs, and boto3, which is to be quick."""

from collections.abc import Iterator

import pytest

from tests.cloud.support import models_read_once


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "faults: each fault at each change of a file; not in `make check`")


@pytest.fixture(scope="session", autouse=True)
def _models() -> Iterator[None]:
    with models_read_once():
        yield
