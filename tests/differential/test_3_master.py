"""puppetserver and our master, with the same code, data and ENC, give the same catalogs and statuses."""

from pathlib import Path

import pytest

from tests.differential import catalogs, setup
from tests.differential.ca import Ca
from tests.differential.master import Master
from tests.differential.master_differences import DIFFERENCES
from tests.differential.master_table import RACK_ROWS, ROWS, named
from tests.differential.report import CATALOGS, MASTER, Results, explain
from tests.differential.sides import Site
from tests.differential.table import Row, compare

SCRIPT = Path(__file__).parent / "rack_layer.rb"


@pytest.fixture(scope="module")
def masters(site: Site, our_authority: Ca) -> tuple[Master, Master]:
    """Both masters, puppetserver with a certificate of our CA."""
    setup.prepare_masters(site.reference, site.ours, our_authority)
    setup.enrol_workloads(site.reference, our_authority)
    return Master(site.reference, our_authority), Master(site.ours, our_authority)


@pytest.fixture(scope="module")
def at_rack_layer(masters: tuple[Master, Master]) -> dict[str, str]:
    """What our application itself answers where TLS on our side refuses: row's name to status."""
    ours = masters[1]
    requests = {name: named(request, ours) for name, request in RACK_ROWS.items()}
    statuses = ours.rack_statuses(list(dict.fromkeys(requests.values())), SCRIPT.read_text())
    return {name: statuses[request] for name, request in requests.items()}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_both_masters_answer_the_same(
    row: Row[Master], masters: tuple[Master, Master], at_rack_layer: dict[str, str], results: Results
) -> None:
    reference, ours = (dict(row.run(master)) for master in masters)
    if row.name in at_rack_layer:
        reference["status at the Rack layer"] = reference["status"]
        ours["status at the Rack layer"] = at_rack_layer[row.name]
    comparison = compare(MASTER, row.name, reference, ours, DIFFERENCES)
    results.add(comparison)
    assert not comparison.unjustified, explain(comparison)


@pytest.mark.parametrize("workload", catalogs.WORKLOADS, ids=lambda workload: workload.name)
def test_both_masters_compile_the_same_catalog(
    workload: catalogs.Workload, masters: tuple[Master, Master], results: Results
) -> None:
    if workload.exports:
        catalogs.store_catalog(masters[0], masters[1].server, workload)
    reference, ours = (catalogs.compile_catalog(master, workload) for master in masters)
    assert reference["status"] == str(workload.status), reference
    comparison = compare(CATALOGS, workload.name, reference, ours, DIFFERENCES)
    results.add(comparison)
    assert not comparison.unjustified, explain(comparison)


def test_every_listed_difference_of_the_masters_is_seen(results: Results) -> None:
    assert results.tried(MASTER) == len(ROWS), "not all rows were tried"
    assert results.tried(CATALOGS) == len(catalogs.WORKLOADS), "not all catalogs were compiled"
    assert results.unseen((MASTER, CATALOGS), DIFFERENCES) == []
