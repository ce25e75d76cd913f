"""Checks of built hosts over ssh: `pytest tests/hosts --inventory FILE --ssh-config FILE`.

The inventory is YAML or JSON: a mapping from a role to the list of its hosts' names, which the ssh
configuration (testinfra's own option) must be able to reach as a user who may use sudo without a
password. A module `test_ROLE.py` is run against every host of that role (`test_ca_database.py`: of
ca-database), or of the roles in its constant ROLES; `test_common.py` against all.
"""

from pathlib import Path

import pytest
import testinfra
import yaml

COMMON = "common"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("hosts")
    group.addoption("--inventory", type=Path, help="YAML or JSON: role -> [host name, ...]")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "host" not in metafunc.fixturenames:
        return
    path = metafunc.config.getoption("--inventory")
    if path is None:
        raise pytest.UsageError("the checks of hosts need --inventory FILE: role -> [host name, ...]")
    inventory: dict[str, list[str]] = yaml.safe_load(path.read_text())
    role = metafunc.module.__name__.rpartition(".")[2].removeprefix("test_").replace("_", "-")
    roles = getattr(metafunc.module, "ROLES", inventory if role == COMMON else [role])
    names = sorted({name for role in roles for name in inventory.get(role) or []})
    metafunc.parametrize("host", names, indirect=True, scope="module")


@pytest.fixture(scope="module")
def host(request: pytest.FixtureRequest) -> testinfra.host.Host:
    """The host under test, as root."""
    config = request.config.getoption("ssh_config")
    query = f"&ssh_config={config}" if config else ""
    return testinfra.get_host(f"ssh://{request.param}?sudo=true&controlpersist=60{query}")
