"""What the tests of trust share: strangers, requests with a node's own certificate, records, logs."""

import hashlib
import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from lab import access
from lab.cluster import Cluster
from lab.run import wait_for

REFUSAL_DEADLINE = 60  # seconds from `terminate` until every master refuses

# Sends one HTTPS request and prints the status, or `refused` where TLS came to nothing, or `unreachable`.
# Words: method, URL, certificate and key files (or two dashes), headers as JSON.
REQUEST = """
import json, sys, requests
method, url, cert, key, headers = sys.argv[1:6]
pair = None if cert == "-" else (cert, key)
try:
    answer = requests.request(method, url, cert=pair, headers=json.loads(headers), timeout=30,
                              verify="/var/lib/puppet/ssl/certs/ca.pem")
    print(answer.status_code)
except requests.exceptions.SSLError:
    print("refused")
except requests.exceptions.ConnectionError as error:
    # The server's alert may come after the request was sent (TLS 1.3).
    print("refused" if "aborted" in str(error) else "unreachable")
except requests.exceptions.Timeout:
    print("unreachable")
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

    def enrol(self) -> None:
        """Get a certificate in the ordinary way: a record in the bucket, and a request with its secret."""
        put_record(self.cluster, self.certname, "the secret")
        self.submit("the secret")
        assert self.enrolled()

    def puppet(self, action: str, *, before: str = "true") -> str:
        return self.cluster.shell(
            "worker",
            f"{before}; puppet ssl {action} --waitforcert 0 --certname {self.certname}"
            f" --ssldir {self.folder}/ssl 2>&1 || true",
        )

    @property
    def certificate(self) -> str:
        return f"{self.folder}/ssl/certs/{self.certname}.pem"

    @property
    def key(self) -> str:
        return f"{self.folder}/ssl/private_keys/{self.certname}.pem"


def own(cluster: Cluster, host: str = "worker") -> tuple[str, str, str]:
    """A host's certname, certificate and key."""
    name = cluster.shell(host, "puppet config print --section agent certname").strip()
    folder = "/var/lib/puppet/ssl"
    return name, f"{folder}/certs/{name}.pem", f"{folder}/private_keys/{name}.pem"


def request(
    cluster: Cluster, method: str, url: str, pair: tuple[str, str] = ("-", "-"), **headers: str
) -> str:
    """The status that a worker's request gets, `refused` (in TLS), or `unreachable`."""
    words = [
        method,
        url,
        *pair,
        json.dumps({name.replace("_", "-"): value for name, value in headers.items()}),
    ]
    quoted = " ".join(f"'{word}'" for word in words)
    return cluster.shell("worker", f"python3 - {quoted} <<'END'\n{REQUEST}\nEND").strip()


def answer(cluster: Cluster, master: str, name: str, pair: tuple[str, str]) -> str:
    """What a master says to somebody who asks for the node of this name."""
    url = f"https://{master}:8140/puppet/v3/node/{name}?environment=production"
    return request(cluster, "GET", url, pair, Accept="application/json")


def assert_terminated_is_refused(newcomer: Newcomer, masters: Sequence[str]) -> None:
    """Terminate a node that each of the masters serves, and see that each refuses it, in time and in TLS."""
    cluster, name = newcomer.cluster, newcomer.certname
    pair = (newcomer.certificate, newcomer.key)
    assert {answer(cluster, master, name, pair) for master in masters} == {"200"}
    cluster.conduct("terminate", name)
    wait_for(
        lambda: {answer(cluster, master, name, pair) for master in masters} == {"refused"},
        deadline=REFUSAL_DEADLINE,
        every=1,
        what="a master still answers the terminated node",
    )


def put_record(
    cluster: Cluster, certname: str, secret: str, *, lifetime: timedelta = timedelta(hours=1)
) -> None:
    """Write the record of a node without classes, as the conductor would."""
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


def log_of(cluster: Cluster, certname: str, *, host: str = "puppetmaster") -> str:
    """What a host's journal says about a name."""
    return cluster.shell(host, f"journalctl --no-pager -o cat | grep -F {certname} || true")


def explain(cluster: Cluster, certname: str, *, host: str = "puppetmaster") -> str:
    """What the CA's host says about a node's enrolment."""
    return cluster.shell(host, f"check_csr --explain {certname} || true")


def open_ports(cluster: Cluster, host: str) -> set[int]:
    """The TCP ports of a host that others reach."""
    addresses = cluster.shell(host, "ss -Hltn | awk '{print $4}' | grep -vE '127.0.0.1|::1'").split()
    return {int(address.rpartition(":")[2]) for address in addresses}


@contextmanager
def closed(cluster: Cluster, host: str, port: int, *, verdict: str, hook: str = "input") -> Iterator[None]:
    """A port at which nobody is: ``reject`` says so, ``drop`` leaves the caller waiting.

    It is the host's own, or with the hook ``output`` the one of others that it calls.
    """
    chain = f"chain closed {{ type filter hook {hook} priority 0; tcp dport {port} {verdict}; }};"
    cluster.shell(host, f"nft 'table inet closed {{ {chain} }}'")
    try:
        yield
    finally:
        cluster.shell(host, "nft delete table inet closed")
