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
    return sides.load(pytestconfig.getoption("--site"))


@pytest.fixture(scope="session")
def results(pytestconfig: pytest.Config, site: Site) -> report.Results:
    version = site.reference.run("dpkg-query -W -f '${Version}' puppetserver")
    found = report.Results(version=version)
    pytestconfig.stash[report.KEY] = found
    return found


@pytest.fixture(scope="session")
def run() -> str:
    """What all names of this run end in."""
    return secrets.token_hex(3)


@pytest.fixture(scope="session")
def foreign(run: str) -> tuple[bytes, bytes]:
    """A certificate of the node's name that no CA has signed, and its key."""
    return ca.foreign_identity(f"auto-node-{run}")


@pytest.fixture(scope="session")
def our_authority(
    site: Site, run: str, foreign: tuple[bytes, bytes], tmp_path_factory: pytest.TempPathFactory
) -> ca.Ca:
    """A client of our CA, with the identities that the tables know."""
    found = ca.Ca(site.ours, run, tmp_path_factory.mktemp("ours") / "ca")
    found.allow([found.name(label) for row in ca_table.ROWS for label in row.names])
    ca.make_identities(found, foreign)
    return found


@pytest.fixture(scope="session")
def authorities(
    site: Site,
    run: str,
    foreign: tuple[bytes, bytes],
    our_authority: ca.Ca,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[ca.Ca, ca.Ca]:
    """Clients of both CAs, the reference first, with the same identities on both."""
    setup.prepare_reference(site.reference)
    reference = ca.Ca(site.reference, run, tmp_path_factory.mktemp("reference") / "ca")
    ca.make_identities(reference, foreign)
    return reference, our_authority


def pytest_sessionfinish(session: pytest.Session) -> None:
    path = session.config.getoption("--report")
    results = session.config.stash.get(report.KEY, None)
    if path is not None and results is not None and results.is_whole:
        path.write_text(report.render(results))
