"""Who may join and who may ask what, tried on the running cluster from one of its own workers."""

import hashlib
import json
import subprocess
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from lab import access
from lab.cluster import Cluster
from lab.errors import CommandFailed
from lab.run import wait_for

REFUSAL_DEADLINE = 60  # seconds from `terminate` until every master refuses

# Sends one HTTPS request and prints the status, or `refused` where TLS came to nothing. Words: method, URL,
# certificate and key files (or two dashes), headers as JSON.
REQUEST = """
import json, sys, requests
method, url, cert, key, headers = sys.argv[1:6]
pair = None if cert == "-" else (cert, key)
try:
    answer = requests.request(method, url, cert=pair, headers=json.loads(headers), timeout=30,
                              verify="/var/lib/puppet/ssl/certs/ca.pem")
    print(answer.status_code)
except (requests.exceptions.SSLError, requests.exceptions.ConnectionError) as refused:
    print("refused")
"""

PUT_RECORD = """
import boto3, sys
boto3.client("s3").put_object(Bucket="hadoop-lab", Key=sys.argv[1], Body=sys.argv[2].encode())
"""


class Newcomer:
    """A host that is not of the cluster: an own ssl folder on a worker."""

    def __init__(self, cluster: Cluster, certname: str) -> None:
        self.cluster = cluster
        self.certname = certname
        self.folder = f"/var/tmp/{certname}"
        cluster.shell("worker", f"mkdir -p {self.folder}")

    def submit(self, secret: str | None) -> str:
        """Make a key and a request that carries the secret, send it; returns what puppet said."""
        attributes = f"{self.folder}/csr_attributes.yaml"
        text = f'custom_attributes: {{1.2.840.113549.1.9.7: "{secret}"}}' if secret else "{}"
        return self.puppet(
            f"submit_request --csr_attributes {attributes}", before=f"echo '{text}' > {attributes}"
        )

    def enrolled(self) -> bool:
        """True when the CA gives a certificate, and puppet finds that it fits our key."""
        return f"Downloaded certificate '{self.certname}'" in self.puppet("download_cert")

    def puppet(self, action: str, *, before: str = "true") -> str:
        return self.cluster.shell(
            "worker",
            f"{before}; puppet ssl {action} --certname {self.certname}"
            f" --ssldir {self.folder}/ssl 2>&1 || true",
        )

    @property
    def certificate(self) -> str:
        return f"{self.folder}/ssl/certs/{self.certname}.pem"

    @property
    def key(self) -> str:
        return f"{self.folder}/ssl/private_keys/{self.certname}.pem"


def server(cluster: Cluster) -> str:
    return str(access.find(cluster.state, "puppetmaster")["name"])


def own(cluster: Cluster) -> tuple[str, str, str]:
    """The worker's certname, certificate and key."""
    name = cluster.shell("worker", "puppet config print --section agent certname").strip()
    folder = "/var/lib/puppet/ssl"
    return name, f"{folder}/certs/{name}.pem", f"{folder}/private_keys/{name}.pem"


def request(
    cluster: Cluster, method: str, url: str, pair: tuple[str, str] = ("-", "-"), **headers: str
) -> str:
    words = [
        method,
        url,
        *pair,
        json.dumps({name.replace("_", "-"): value for name, value in headers.items()}),
    ]
    quoted = " ".join(f"'{word}'" for word in words)
    return cluster.shell("worker", f"python3 - {quoted} <<'END'\n{REQUEST}\nEND").strip()


def put_record(
    cluster: Cluster, certname: str, secret: str, *, lifetime: timedelta = timedelta(hours=1)
) -> None:
    record = {
        "classes": {},
        "parameters": {},
        "environment": "production",
        "enrolment": {
            "batch": certname,
            "secret_sha256": hashlib.sha256(secret.encode()).hexdigest(),
            "expires": (datetime.now(UTC) + lifetime).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "role": "worker",
            "launched_by": "test",
            "dns_alt_names": [],
        },
    }
    argv = access.inside(cluster.state, ["python3", "-c", PUT_RECORD, certname, json.dumps(record)])
    subprocess.run(argv, env=access.environment(cluster.state), check=True, timeout=60)


def log_of(cluster: Cluster, certname: str) -> str:
    return cluster.shell("puppetmaster", f"journalctl --no-pager -o cat | grep -F {certname} || true")


def explain(cluster: Cluster, certname: str) -> str:
    return cluster.shell("puppetmaster", f"check_csr --explain {certname} || true")


@pytest.fixture
def newcomer(cluster: Cluster) -> Iterator[Newcomer]:
    found = Newcomer(cluster, str(uuid.uuid4()))
    yield found
    cluster.shell("worker", f"rm -rf {found.folder}")


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
    intruder = Newcomer(cluster, newcomer.certname)
    intruder.folder += "-intruder"
    cluster.shell("worker", f"mkdir -p {intruder.folder}")
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


def test_a_terminated_node_is_refused_by_the_master_within_a_minute(
    cluster: Cluster, newcomer: Newcomer
) -> None:
    put_record(cluster, newcomer.certname, "the secret")
    newcomer.submit("the secret")
    assert newcomer.enrolled()
    pair = (newcomer.certificate, newcomer.key)
    url = f"https://{server(cluster)}:8140/puppet/v3/node/{newcomer.certname}?environment=production"
    assert request(cluster, "GET", url, pair, Accept="application/json") == "200"
    cluster.conduct("terminate", newcomer.certname)
    wait_for(
        lambda: request(cluster, "GET", url, pair, Accept="application/json") == "refused",
        deadline=REFUSAL_DEADLINE,
        every=1,
        what="the master still answers the terminated node",
    )


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


def test_apache_listens_on_the_master_s_and_the_ca_s_port_and_nothing_else(cluster: Cluster) -> None:
    listening = cluster.shell(
        "puppetmaster", "ss -Hltnp | grep -E 'apache2|Passenger|ruby|python3' | awk '{print $4}'"
    ).split()
    assert {address.rpartition(":")[2] for address in listening} == {"8140", "8141"}


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
