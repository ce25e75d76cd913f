"""Who may join and who may ask what, tried on the running cluster from one of its own workers."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest

from lab import access
from lab.cluster import Cluster
from lab.errors import CommandFailed
from tests.e2e.trust import (
    Newcomer,
    assert_terminated_is_refused,
    explain,
    log_of,
    open_ports,
    own,
    put_record,
    request,
)


def server(cluster: Cluster) -> str:
    return str(access.find(cluster.state, "puppetmaster")["name"])


@pytest.fixture
def newcomer(cluster: Cluster) -> Iterator[Newcomer]:
    found = Newcomer(cluster, str(uuid.uuid4()))
    yield found
    cluster.shell("worker", f"rm -rf {found.folder}*")


def second(newcomer: Newcomer, what: str) -> Newcomer:
    """Somebody else who asks under the same name, with a key of its own."""
    found = Newcomer(newcomer.cluster, newcomer.certname)
    found.folder += f"-{what}"
    found.cluster.shell("worker", f"mkdir -p {found.folder}")
    return found


def test_a_node_without_a_record_waits_and_the_log_says_why(cluster: Cluster, newcomer: Newcomer) -> None:
    newcomer.submit("some secret")
    cluster.shell("puppetmaster", "check_csr --log-level=debug s3://hadoop-lab")
    assert not newcomer.enrolled()
    assert newcomer.certname in cluster.shell("puppetmaster", "puppet_ca list")
    assert f"{newcomer.certname}: there is no record of this name" in log_of(cluster, newcomer.certname)
    assert "it waits: there is no record of this name" in explain(cluster, newcomer.certname)


def test_a_node_whose_record_comes_later_is_signed_by_the_sweep(cluster: Cluster, newcomer: Newcomer) -> None:
    newcomer.submit("the secret")
    assert not newcomer.enrolled()
    put_record(cluster, newcomer.certname, "the secret")
    cluster.shell("puppetmaster", "check_csr s3://hadoop-lab")
    assert newcomer.enrolled()


def test_a_wrong_secret_is_refused_and_does_not_block_the_right_one(
    cluster: Cluster, newcomer: Newcomer
) -> None:
    put_record(cluster, newcomer.certname, "the right one")
    intruder = second(newcomer, "intruder")
    intruder.submit("a guess")
    assert not intruder.enrolled()
    newcomer.submit("the right one")
    assert newcomer.enrolled()


def test_a_request_without_a_secret_is_not_signed(cluster: Cluster, newcomer: Newcomer) -> None:
    put_record(cluster, newcomer.certname, "the secret")
    newcomer.submit(None)
    assert not newcomer.enrolled()


def test_an_expired_record_is_not_signed(cluster: Cluster, newcomer: Newcomer) -> None:
    put_record(cluster, newcomer.certname, "the secret", lifetime=timedelta(hours=-1))
    newcomer.submit("the secret")
    assert not newcomer.enrolled()
    assert "expired" in explain(cluster, newcomer.certname)


def test_a_replayed_secret_gives_no_second_certificate(cluster: Cluster, newcomer: Newcomer) -> None:
    newcomer.enrol()
    copycat = second(newcomer, "copycat")
    copycat.submit("the secret")  # the right one, with a key of its own
    assert f"{newcomer.certname} already has a signed certificate" in log_of(cluster, newcomer.certname)
    copycat.enrolled()  # anybody may fetch the certificate that there is, which is no use without its key
    cluster.shell(
        "worker", f"test ! -e {copycat.certificate} || cmp {copycat.certificate} {newcomer.certificate}"
    )


def test_a_secret_of_one_launch_is_none_for_a_name_of_another(cluster: Cluster, newcomer: Newcomer) -> None:
    put_record(cluster, newcomer.certname, "the secret")
    other = str(uuid.uuid4())
    put_record(cluster, other, "another secret")
    thief = second(newcomer, "thief")
    thief.submit("another secret")
    assert not thief.enrolled()
    newcomer.submit("the secret")
    assert newcomer.enrolled()


# A request in the name of a good node, with its secret even, whose signature is not its key's.
UNSIGNED = """python3 - {name} {url} <<'END'
import base64, sys, requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
name, url = sys.argv[1:]
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
builder = x509.CertificateSigningRequestBuilder()
builder = builder.subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
builder = builder.add_attribute(x509.oid.AttributeOID.CHALLENGE_PASSWORD, b"the secret")
der = bytearray(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))
der[-1] ^= 1
text = base64.encodebytes(bytes(der)).decode()
pem = "-----BEGIN CERTIFICATE REQUEST-----\\n" + text + "-----END CERTIFICATE REQUEST-----\\n"
answer = requests.put(f"{{url}}/puppet-ca/v1/certificate_request/{{name}}", data=pem, timeout=30,
                      headers={{"Content-Type": "text/plain"}}, verify="/var/lib/puppet/ssl/certs/ca.pem")
print(answer.status_code)
END"""


def test_an_unsigned_request_that_comes_first_does_not_block_the_good_node(
    cluster: Cluster, newcomer: Newcomer
) -> None:
    put_record(cluster, newcomer.certname, "the secret")
    url = f"https://{server(cluster)}:8141"
    assert cluster.shell("worker", UNSIGNED.format(name=newcomer.certname, url=url)).strip() == "400"
    assert newcomer.certname not in cluster.shell("puppetmaster", "puppet_ca list --all")
    newcomer.submit("the secret")
    assert newcomer.enrolled()


def test_a_terminated_node_is_refused_by_the_master_within_a_minute(
    cluster: Cluster, newcomer: Newcomer
) -> None:
    newcomer.enrol()
    assert_terminated_is_refused(newcomer, [server(cluster)])


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/puppet/v3/node/OWN?environment=production", "200"),
        ("GET", "/puppet/v3/node/OTHER", "403"),
        ("POST", "/puppet/v3/catalog/OTHER", "403"),
        ("PUT", "/puppet/v3/facts/OTHER", "403"),
        ("PUT", "/puppet/v3/report/OTHER", "403"),
        ("GET", "/puppet/v3/node/OWN%2f..%2fOTHER", "404"),  # Apache itself takes no encoded slash
        ("GET", "/puppet/v3/node/OWN%00", "404"),
        ("GET", "/puppet/v3/node/OWN%0a?environment=production", "400"),
        ("GET", "/puppet/v3/node/%4fTHER?environment=production", "403"),
        ("GET", "/puppet/v3/environments", "200"),
        ("GET", "/puppet-ca/v1/certificate/ca", "403"),
        ("GET", "/puppet-ca/v1/certificate_statuses/all", "403"),
        ("GET", "/puppet-admin-api/v1/environment-cache", "403"),
    ],
)
def test_the_master_gives_a_node_what_is_its_own(
    cluster: Cluster, method: str, path: str, expected: str
) -> None:
    name, *pair = own(cluster)
    other = cluster.shell("namenode", "puppet config print --section agent certname").strip()
    url = f"https://{server(cluster)}:8140{path.replace('OWN', name).replace('OTHER', other)}"
    assert request(cluster, method, url, (pair[0], pair[1]), Accept="application/json") == expected


def test_the_master_takes_no_name_from_a_header(cluster: Cluster) -> None:
    _, certificate, key = own(cluster)
    other = cluster.shell("namenode", "puppet config print --section agent certname").strip()
    url = f"https://{server(cluster)}:8140/puppet/v3/node/{other}?environment=production"
    spoofed = {
        "X_Client_DN": f"/CN={other}",
        "X_Client_Verify": "SUCCESS",
        "X_SSL_Client_S_DN_CN": other,
        "X_CN": other,
    }
    assert request(cluster, "GET", url, (certificate, key), Accept="application/json", **spoofed) == "403"


def test_the_master_does_not_speak_to_a_client_without_a_certificate(cluster: Cluster) -> None:
    assert request(cluster, "GET", f"https://{server(cluster)}:8140/status/v1/simple") == "refused"


def test_a_node_cannot_use_the_ca_as_an_operator(cluster: Cluster) -> None:
    name, certificate, key = own(cluster)
    other = cluster.shell("namenode", "puppet config print --section agent certname").strip()
    for method, path in (
        ("GET", "/puppet-ca/v1/certificate_statuses/all"),
        ("DELETE", f"/puppet-ca/v1/certificate_status/{other}"),
        ("GET", f"/puppet-ca/v1/certificate_request/{name}-x"),
    ):
        url = f"https://{server(cluster)}:8141{path}"
        assert request(cluster, method, url, (certificate, key)) in ("403", "404")


def test_puppetdb_answers_403_to_a_worker(cluster: Cluster) -> None:
    _, certificate, key = own(cluster)
    url = f"https://{server(cluster)}:8081/pdb/query/v4/nodes"
    assert request(cluster, "GET", url, (certificate, key)) == "403"


def test_the_puppetmaster_runs_one_jvm_and_it_is_puppetdb(cluster: Cluster) -> None:
    assert cluster.shell("puppetmaster", "ps -C java -o user=").split() == ["puppetdb"]


def test_the_puppetmaster_listens_on_its_roles_ports_and_nothing_else(cluster: Cluster) -> None:
    """Master, CA, health, packages, PuppetDB's front; what is behind them is on the loopback address."""
    assert open_ports(cluster, "puppetmaster") == {22, 8081, 8140, 8141, 8142, 8143}


def test_the_master_s_user_cannot_read_the_ca_s_key(cluster: Cluster) -> None:
    owner = "ps -eo user:20,args | grep '[P]assenger RubyApp' | awk '{print $1}' | sort -u"
    assert cluster.shell("puppetmaster", owner).split() == ["puppet"]
    with pytest.raises(CommandFailed, match="Permission denied"):
        cluster.shell("puppetmaster", "runuser -u puppet -- cat /var/lib/puppet-ca/ca_key.pem")


def test_only_root_reads_the_metadata_service_and_the_secret_is_gone(cluster: Cluster) -> None:
    ask = "timeout 5 bash -c 'exec 3<>/dev/tcp/169.254.169.254/80'"
    cluster.shell("worker", ask)
    with pytest.raises(CommandFailed):
        cluster.shell("worker", f"runuser -u nobody -- {ask}")
    assert cluster.shell("worker", "test -e /etc/puppet/csr_attributes.yaml || echo gone").strip() == "gone"
