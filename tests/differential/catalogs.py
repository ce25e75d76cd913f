"""Real catalogs, compiled by both masters from the same code, data, ENC and facts, and compared whole."""

import hashlib
import json
import time
import urllib.parse
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.differential.ca_table import seen
from tests.differential.master import ENVIRONMENT, RICH_JSON, Master, Request
from tests.differential.records import Record
from tests.differential.sides import Server
from tests.differential.table import Facts

CHECKOUT = Path(__file__).resolve().parents[2]
RECORDED_FACTS = CHECKOUT / "spec/facts/debian-13.json"
MODULE = Path(__file__).parent / "modules/differential"
# Custom facts of OpenStack's modules, which the recorded host did not have.
OPENSTACK_FACTS = {"os_service_default": "<SERVICE DEFAULT>", "os_workers": 2, "os_workers_keystone": 4}
VOLATILE = ("version", "catalog_uuid", "code_id", "metadata", "recursive_metadata")
STORED_DEADLINE = 60.0
SHOWN = 160  # characters of a resource that a report can show; longer ones are shown by their hash


@dataclass(frozen=True)
class Workload:
    """What a node is: the classes of its record, and data for them."""

    label: str
    classes: tuple[str, ...]
    what: str
    status: int = 200
    exports: bool = False  # its catalog depends on what PuppetDB has of it

    @property
    def name(self) -> str:
        """The row's name."""
        return f"catalog: {self.what}"


WORKLOADS = (
    Workload(
        "namenode", ("puppet::agent", "login_allowed", "hadoop::namenode"), "our role namenode", exports=True
    ),
    Workload(
        "jobtracker",
        ("puppet::agent", "login_allowed", "hadoop::jobtracker"),
        "our role jobtracker",
        exports=True,
    ),
    Workload("worker", ("puppet::agent", "login_allowed", "hadoop::worker"), "our role worker", exports=True),
    Workload(
        "puppetmaster",
        ("puppet::ca", "puppet::database", "puppet::master", "puppet::agent", "login_allowed"),
        "our role puppetmaster",
    ),
    Workload("master", ("puppet::master", "puppet::agent", "login_allowed"), "our role master"),
    Workload(
        "apache", ("differential::apache",), "Debian's module apache: 40 virtual hosts, concat, EPP, ERB"
    ),
    Workload(
        "postgresql", ("differential::postgresql",), "Debian's module postgresql: server, roles, databases"
    ),
    Workload("mysql", ("differential::mysql",), "Debian's module mysql: server and databases"),
    Workload("keystone", ("differential::keystone",), "OpenStack's module keystone"),
    Workload("hundred", ("differential::hundred",), "a hundred classes of ten resources each"),
    Workload("services", ("differential::services",), "Debian's modules haproxy, memcached, ntp"),
    Workload(
        "language", ("differential::language",), "the language itself: types, functions, collectors, lambdas"
    ),
    Workload(
        "exported", ("differential::exported",), "exported resources and a query of PuppetDB", exports=True
    ),
    Workload("broken", ("differential::broken",), "a class that fails", 500),
    Workload("nosuch", ("differential::nosuch",), "a class that is not there", 500),
)


def record(workload: Workload, run: str, enrolment: dict[str, Any]) -> Record:
    """The node's record: what the ENC says on both masters."""
    return {
        "classes": {name: {} for name in workload.classes},
        "environment": ENVIRONMENT,
        "parameters": {
            "role": workload.label,
            "data": {
                "puppet::node_bucket": "file:///var/lib/puppet-nodes",
                "puppet::agent::server": "puppet.example.com",
                "puppet::agent::ca_server": "puppet.example.com",
                "login_allowed::keys": ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA differential"],
                "hadoop::apt::location": "http://packages.example.com/hadoop",
                "hadoop::apt::key_content": "no key",
                "hadoop::cluster": f"differential-{run}",
                "differential::greeting": "from the record",
            },
        },
        "enrolment": enrolment,
    }


def facts_of(certname: str) -> dict[str, Any]:
    """Recorded facts, as of a node."""
    values: dict[str, Any] = json.loads(RECORDED_FACTS.read_text())
    values |= {"clientcert": certname, "clientversion": "8.10.0", "clientnoop": False}
    return values | OPENSTACK_FACTS


def request(certname: str) -> Request:
    """The request for a catalog as an agent of Puppet 8 sends it, with recorded facts."""
    document = {
        "name": certname,
        "values": facts_of(certname),
        "timestamp": "2026-01-01T00:00:00.000+00:00",
        "expiration": "2036-01-01T00:00:00.000+00:00",
    }
    body = urllib.parse.urlencode(
        {
            "environment": ENVIRONMENT,
            "facts_format": "application/json",
            "facts": urllib.parse.quote_plus(json.dumps(document)),
            "transaction_uuid": str(uuid.UUID(int=1)),
            "static_catalog": "true",
            "checksum_type": "sha256.md5",
            "fail_on_404": "true",
        }
    )
    headers = (("Accept", RICH_JSON), ("Content-Type", "application/x-www-form-urlencoded"))
    return Request("POST", f"/puppet/v3/catalog/{certname}", "", headers, body)


def store_catalog(master: Master, ours: Server, workload: Workload) -> None:
    """Compile once, and wait until PuppetDB has it, so that both masters then find the same there."""
    compile_catalog(master, workload)
    name = master.ca.name(f"auto-catalog-{workload.label}")
    ssl = "/var/lib/puppet/ssl"
    ask = (
        f"curl -sS --cacert {ssl}/certs/ca.pem --cert {ssl}/certs/{ours.name}.pem"
        f" --key {ssl}/private_keys/{ours.name}.pem https://{ours.name}:8081/pdb/query/v4/nodes/{name}"
    )
    deadline = time.monotonic() + STORED_DEADLINE
    while not json.loads(ours.run(ask)).get("catalog_timestamp"):
        if time.monotonic() > deadline:
            raise TimeoutError(f"PuppetDB does not store the catalog of {name}")
        time.sleep(0.5)


def compile_catalog(master: Master, workload: Workload) -> Facts:
    """Ask for a workload's catalog as its node, and take it apart."""
    identity = f"auto-catalog-{workload.label}"
    answer = master.send(request(master.ca.name(identity)), identity)
    facts = seen(answer, type=answer.header("Content-Type").partition(";")[0])
    if answer.status != 200:
        return {**facts, "error": _error(master, answer.text)}
    return {**facts, **_facts(master.plain(json.loads(answer.body)))}


def _error(master: Master, text: str) -> str:
    try:
        document = master.plain(json.loads(text))
    except ValueError:
        return text
    return f"{document.get('issue_kind')}: {document.get('message')}"


def _facts(catalog: dict[str, Any]) -> Facts:
    """Every resource by itself, their order, the edges, and whatever else the catalog holds."""
    resources = catalog.pop("resources")
    edges = catalog.pop("edges")
    for key in VOLATILE:
        catalog.pop(key, None)
    facts = {key: json.dumps(value, sort_keys=True) for key, value in catalog.items()}
    for resource in resources:
        resource["tags"] = sorted(resource["tags"])
        facts[f"{resource['type']}[{resource['title']}]"] = _shown(resource)
    facts["resources"] = str(len(resources))
    facts["order"] = _digest([[entry["type"], entry["title"]] for entry in resources])
    facts["edges"] = f"{len(edges)}, {_digest(sorted(edges, key=json.dumps))}"
    return facts


def _shown(resource: dict[str, Any]) -> str:
    text = json.dumps(resource, sort_keys=True)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... {_digest(resource)}"


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
