import tempfile
from pathlib import Path

import pytest
from enrolment.authority import Authority
from enrolment.config import CaConfig
from enrolment.enrol import Enroller
from enrolment.store_file import FileStore

from tests.unit.enrolment.support import NOW, RecordingLog


class Clock:
    """A clock that the test sets."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def config(tmp_path):
    (tmp_path / "ca").mkdir()
    (tmp_path / "bucket").mkdir()
    return CaConfig(
        cadir=str(tmp_path / "ca"),
        user="",
        node_bucket=f"file://{tmp_path}/bucket",
        ca_name="Puppet CA: test",
        key_type="ec",
        key_bits=256,
        max_waiting=5,
    )


@pytest.fixture
def authority(config, clock):
    authority = Authority(config, clock=clock)
    with authority.transaction() as transaction:
        transaction.create()
    return authority


@pytest.fixture
def store(config):
    return FileStore(config.node_bucket)


@pytest.fixture
def log():
    return RecordingLog()


@pytest.fixture
def enroller(authority, store, log):
    return Enroller(authority, store, log)


@pytest.fixture
def reachable():
    """A directory that every user can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


def pytest_make_parametrize_id(config, val, argname):
    """Name a case by the beginning of its value: pytest puts the name into the environment."""
    del config, argname
    return repr(val)[:40] if isinstance(val, bytes | str) else None
