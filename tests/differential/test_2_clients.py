"""Puppet's own clients, unchanged, do the same with both CAs, but for what is listed."""

import pytest

from tests.differential.ca import Ca
from tests.differential.client import Client
from tests.differential.client_differences import DIFFERENCES
from tests.differential.client_table import CLI_ADMINISTRATOR, CLI_ROWS, SSL_ROWS, client_label
from tests.differential.report import CLIENTS, Results, explain
from tests.differential.sides import Host, Site
from tests.differential.table import Row, compare


@pytest.fixture(scope="module")
def names(site: Site, authorities: tuple[Ca, Ca]) -> None:
    """All names that are to be signed at once, on every client."""
    for ca in authorities:
        of_clients = [
            client_label(label, client.label)
            for client in site.clients
            for row in SSL_ROWS
            for label in row.names
        ]
        others = [label for row in CLI_ROWS for label in row.names]
        ca.allow([ca.name(label) for label in (*of_clients, *others) if label.startswith("auto-")])


@pytest.fixture(scope="module")
def administrators(site: Site, authorities: tuple[Ca, Ca]) -> tuple[Client, Client]:
    """`puppetserver ca` on the reference's host, as an administrator of each CA."""
    host = Host("puppetserver ca", site.reference.shell)
    reference, ours = (Client(host, ca) for ca in authorities)
    for client in (reference, ours):
        client.become(CLI_ADMINISTRATOR, "admin")
    return reference, ours


def test_there_is_a_client_of_each_generation(site: Site) -> None:
    versions = [client.run("puppet --version").split(".")[0] for client in site.clients]
    assert versions == ["7", "8", "9"]


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("index", range(3), ids=("Puppet 7", "Puppet 8", "OpenVox 9"))
@pytest.mark.parametrize("row", SSL_ROWS, ids=lambda row: row.name)
def test_puppet_ssl_does_the_same_with_both(
    index: int, row: Row[Client], site: Site, authorities: tuple[Ca, Ca], results: Results
) -> None:
    host = site.clients[index]
    reference, ours = (row.run(Client(host, ca)) for ca in authorities)
    comparison = compare(CLIENTS, f"{host.label}: puppet ssl {row.name}", reference, ours, DIFFERENCES)
    results.add(comparison)
    assert not comparison.unjustified, explain(comparison)


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("row", CLI_ROWS, ids=lambda row: row.name)
def test_puppetserver_ca_does_the_same_with_both(
    row: Row[Client], administrators: tuple[Client, Client], results: Results
) -> None:
    reference, ours = (row.run(client) for client in administrators)
    comparison = compare(CLIENTS, row.name, reference, ours, DIFFERENCES)
    results.add(comparison)
    assert not comparison.unjustified, explain(comparison)


def test_every_listed_difference_of_the_clients_is_seen(site: Site, results: Results) -> None:
    assert results.tried(CLIENTS) == len(site.clients) * len(SSL_ROWS) + len(CLI_ROWS), (
        "not all rows were tried"
    )
    assert results.unseen(CLIENTS, DIFFERENCES) == []
