"""puppetserver 8.7 as the reference that our CA and our master are held against.

``--site FILE`` describes both sides (see `sides.load`); ``--report FILE`` takes the tables of a full run.
"""

import secrets
from pathlib import Path

import pytest

from tests.differential import ca, ca_table, report, setup, sides
from tests.differential.sides import Site


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--site", type=Path, required=True, help="YAML file that describes both sides")
    parser.addoption("--report", type=Path, help="file for the tables, if all parts have run")


@pytest.fixture(scope="session")
def site(pytestconfig: pytest.Config) -> Site:
    found = sides.load(pytestconfig.getoption("--site"))
    setup.prepare_reference(found.reference)
    return found


@pytest.fixture(scope="session")
def results(pytestconfig: pytest.Config, site: Site) -> report.Results:
    version = site.reference.run("dpkg-query -W -f '${Version}' puppetserver")
    found = report.Results(version=version)
    pytestconfig.stash[report.KEY] = found
    return found


@pytest.fixture(scope="session")
def authorities(site: Site, tmp_path_factory: pytest.TempPathFactory) -> tuple[ca.Ca, ca.Ca]:
    """Clients of both CAs, the reference first, with the same identities on both."""
    run = secrets.token_hex(3)
    folder = tmp_path_factory.mktemp("ca")
    foreign = ca.foreign_identity(f"auto-node-{run}")
    found = (ca.Ca(site.reference, run, folder / "reference"), ca.Ca(site.ours, run, folder / "ours"))
    for side in found:
        side.allow([side.name(label) for row in ca_table.ROWS for label in row.names])
        ca.make_identities(side, foreign)
    return found


def pytest_sessionfinish(session: pytest.Session) -> None:
    path = session.config.getoption("--report")
    results = session.config.stash.get(report.KEY, None)
    if path is not None and results is not None and results.is_whole:
        path.write_text(report.render(results))
