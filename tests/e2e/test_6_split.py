"""The split CA: one host that issues, two that compile, and what happens when one of them is not there."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lab import access, lifecycle
from lab.cluster import Cluster
from lab.run import wait_for
from lab.state import State
from tests.e2e.conftest import KEEP
from tests.e2e.support import AGENT, check_hosts
from tests.e2e.trust import (
    REFUSAL_DEADLINE,
    Newcomer,
    answer,
    assert_terminated_is_refused,
    closed,
    open_ports,
    own,
    put_record,
    request,
)

MASTERS = 2
CA = "ca-database"
NO_CHANGE, CHANGED = 0, 2
CADIR = "/var/lib/puppet-ca"


@pytest.fixture(scope="module")
def split(state: State) -> Iterator[Cluster]:
    """A CA with the database, two masters, and the smallest Hadoop cluster, complete."""
    cluster = Cluster(state, print)
    roles = {node["role"] for node in cluster.nodes()} if lifecycle.is_running(state) else set()
    if CA not in roles:
        lifecycle.down(state, print)
        lifecycle.up(state, print)
        cluster.launch([CA])
        cluster.launch(["master", "--count", str(MASTERS)])
        cluster.launch(["namenode"], ["jobtracker"], ["worker"])
        cluster.await_hadoop(1)
    yield cluster
    if not KEEP:
        lifecycle.down(state, print)


@pytest.fixture
def newcomer(split: Cluster) -> Iterator[Newcomer]:
    found = Newcomer(split, str(uuid.uuid4()))
    yield found
    split.shell("worker", f"rm -rf {found.folder}")


def masters(cluster: Cluster) -> list[str]:
    """The masters' private names, in the order of their launch."""
    alive = [found for found in access.instances(cluster.state) if found["state"] == "running"]
    found = [instance for instance in alive if access.role_of(instance) == "master"]
    return [str(instance["name"]) for instance in sorted(found, key=lambda each: each["launch_index"])]


def run_agent(cluster: Cluster, node: str, options: str = "") -> tuple[int, str]:
    """Exit code and output of one run of a node's agent."""
    output = cluster.shell(node, f"{AGENT} {options}; echo exit=$?", deadline=400)
    text, _, code = output.rpartition("exit=")
    return int(code), text


@contextmanager
def stopped(cluster: Cluster, host: str, unit: str) -> Iterator[None]:
    """A service that is down for a while."""
    cluster.shell(host, f"systemctl stop {unit}")
    try:
        yield
    finally:
        cluster.shell(host, f"systemctl start {unit}", deadline=180)


@pytest.mark.parametrize("role", [CA, "master", "namenode", "worker"])
def test_every_host_is_managed_by_the_masters_and_a_further_run_changes_nothing(
    split: Cluster, role: str
) -> None:
    code, output = run_agent(split, role)
    assert code == NO_CHANGE, output


def test_every_master_serves_every_node(split: Cluster) -> None:
    for master in masters(split):
        code, output = run_agent(split, "worker", f"--server_list {master}:8140")
        assert code == NO_CHANGE, output


def test_agents_know_both_masters(split: Cluster) -> None:
    for role in (CA, "namenode", "worker"):
        known = split.shell(role, "puppet config print --section agent server_list")
        assert sorted(known.strip().split(",")) == sorted(f"{name}:8140" for name in masters(split))


def test_no_master_holds_the_ca_or_a_jvm(split: Cluster) -> None:
    for master in masters(split):
        assert split.shell(master, f"test -e {CADIR} || echo none; ps -C java -o user= || echo none") == (
            "none\nnone\n"
        )


def test_ports_are_those_of_the_roles(split: Cluster) -> None:
    assert open_ports(split, CA) == {22, 8081, 8141, 8143}
    assert open_ports(split, "master") == {22, 8140, 8142}


def test_the_masters_health_is_there_for_a_load_balancer(split: Cluster) -> None:
    for master in masters(split):
        assert request(split, "GET", f"http://{master}:8142/status/v1/simple") == "200"
        assert request(split, "GET", f"http://{master}:8142/puppet/v3/environments") in ("403", "404")


def test_an_agent_goes_on_when_its_master_is_gone(split: Cluster) -> None:
    for master in masters(split):
        with stopped(split, master, "apache2"):
            code, output = run_agent(split, "worker")
            assert code == NO_CHANGE, output


def test_an_agent_goes_on_when_its_master_drops_packets(split: Cluster) -> None:
    for master in masters(split):
        with closed(split, master, 8140, verdict="drop"):
            code, output = run_agent(split, "worker")
            assert code == NO_CHANGE, output


def test_catalogs_go_on_without_the_ca_and_a_new_node_enrols_when_it_is_back(
    split: Cluster, newcomer: Newcomer
) -> None:
    put_record(split, newcomer.certname, "the secret")
    with closed(split, CA, 8141, verdict="reject"):
        for master in masters(split):
            code, output = run_agent(split, "worker", f"--server_list {master}:8140")
            assert code == NO_CHANGE, output
        newcomer.submit("the secret")
        assert not newcomer.enrolled()
    newcomer.submit("the secret")
    assert newcomer.enrolled()


def test_catalogs_go_on_while_the_ca_drops_packets_and_lists_are_due_for_renewal(split: Cluster) -> None:
    with closed(split, CA, 8141, verdict="drop"):
        for master in masters(split):
            options = f"--server_list {master}:8140 --crl_refresh_interval 1s"
            code, output = run_agent(split, "worker", options)
            assert code == NO_CHANGE, output


def test_a_terminated_node_is_refused_by_every_master_within_a_minute(
    split: Cluster, newcomer: Newcomer
) -> None:
    newcomer.enrol()
    assert len(masters(split)) == MASTERS
    assert_terminated_is_refused(newcomer, masters(split))


# A list of the CA's name with a higher number, signed by a key that is not the CA's. It ends when the CA's
# own does and has its entries: one that ends soon, or lacks a terminated node, the CA issues anew by itself.
FORGE = """python3 - <<'END'
from datetime import datetime, UTC
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
old = x509.load_pem_x509_crl(open("{cadir}/ca_crl.pem", "rb").read())
number = old.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number + 1000
builder = x509.CertificateRevocationListBuilder().issuer_name(old.issuer).last_update(datetime.now(UTC))
builder = builder.next_update(old.next_update_utc)
authority = old.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
builder = builder.add_extension(x509.CRLNumber(number), critical=False)
builder = builder.add_extension(authority, critical=False)
for entry in old:
    builder = builder.add_revoked_certificate(entry)
forged = builder.sign(rsa.generate_private_key(public_exponent=65537, key_size=2048), hashes.SHA256())
open("list.pem", "wb").write(forged.public_bytes(serialization.Encoding.PEM))
END"""


@pytest.mark.parametrize(
    ("kind", "make", "reason"),
    [
        ("older", "cp {cadir}/ca_crl.pem list.pem; puppet_ca renew-crl", "is not newer than"),
        ("malformed", "head -c 300 {cadir}/ca_crl.pem > list.pem", "it is not a CRL in PEM form"),
        ("forged", FORGE, "its signature is not that of"),
    ],
)
def test_a_revocation_list_that_cannot_be_right_is_refused_and_logged(
    split: Cluster, newcomer: Newcomer, kind: str, make: str, reason: str
) -> None:
    newcomer.enrol()
    pair = (newcomer.certificate, newcomer.key)
    folder = f"/root/list-{kind}"
    split.shell(
        CA, f"rm -rf {folder}; mkdir {folder}; cd {folder}; {make.format(cadir=CADIR, folder=folder)}"
    )
    split.shell(CA, f"puppet_ca revoke {newcomer.certname}")
    fetch = "puppet_crl fetch 2>&1; puppet_master status 2>&1 || true"
    for master in masters(split):
        split.shell(master, fetch)
        assert answer(split, master, newcomer.certname, pair) == "refused"
    split.shell(CA, f"cp -p {CADIR}/ca_crl.pem {folder}/good.pem; cat {folder}/list.pem > {CADIR}/ca_crl.pem")
    try:
        for master in masters(split):
            began = split.shell(master, "date +%s").strip()
            split.shell(master, f"{fetch}")
            log = split.shell(master, f"journalctl --no-pager -o cat --since @{began} -t puppet_crl")
            assert reason in log, log
            assert "; keeping CRL" in log, log
            assert answer(split, master, newcomer.certname, pair) == "refused"
            name, *mine = own(split)
            assert answer(split, master, name, (mine[0], mine[1])) == "200"
    finally:
        split.shell(CA, f"cat {folder}/good.pem > {CADIR}/ca_crl.pem; puppet_ca renew-crl")


def test_without_the_database_catalogs_that_collect_nothing_are_served_and_others_say_why(
    split: Cluster,
) -> None:
    with stopped(split, CA, "puppetdb"):
        code, output = run_agent(split, "worker")
        assert code == 1
        database = access.find(split.state, CA)["name"]
        assert "Failed to execute '/pdb/query/v4'" in output, output
        assert f"https://{database}:8081" in output, output
        code, output = run_agent(split, "master")
        assert code == NO_CHANGE, output
    assert run_agent(split, "worker")[0] == NO_CHANGE


def test_a_worker_that_talks_to_puppetdb_itself_is_refused(split: Cluster) -> None:
    _, certificate, key = own(split)
    database = access.find(split.state, CA)["name"]
    for path in ("/pdb/query/v4/nodes", "/pdb/cmd/v1", "/status/v1/services", "/metrics/v2"):
        assert request(split, "GET", f"https://{database}:8081{path}", (certificate, key)) == "403"


def test_every_host_passes_the_checks_of_its_role(split: Cluster) -> None:
    check_hosts(split.state)


def test_a_terminated_master_is_out_of_the_list_and_of_the_database(split: Cluster) -> None:
    """The last test of the module: one master is gone afterwards."""
    gone, left = masters(split)
    name, *files = own(split, gone)
    stolen = (
        f"/var/tmp/{name}.pem",
        f"/var/tmp/{name}.key",
    )  # its certificate outlives it, in a thief's hands
    for source, target in zip(files, stolen, strict=True):
        content = split.shell(gone, f"cat {source}")
        split.shell("worker", f"cat > {target} <<'END'\n{content}END")
    database = f"https://{access.find(split.state, CA)['name']}:8081/pdb/query/v4/nodes"
    assert request(split, "GET", database, stolen) == "200"
    split.conduct("terminate", gone)
    wait_for(
        lambda: request(split, "GET", database, stolen) == "refused",
        deadline=REFUSAL_DEADLINE,
        every=1,
        what="the database still lets the terminated master in",
    )
    code, output = run_agent(split, "worker")
    assert code in (NO_CHANGE, CHANGED), output
    known = split.shell("worker", "puppet config print --section agent server_list").strip()
    assert known == f"{left}:8140"
    assert run_agent(split, "worker")[0] == NO_CHANGE
