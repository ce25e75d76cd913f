"""Both masters made ready, puppetserver tuned, and the nodes that ask them."""

from __future__ import annotations

import secrets
import ssl
from dataclasses import dataclass
from pathlib import Path

from bench.agents.enrolment import Identity
from bench.catalogs_beside.plan import Plan
from bench.two_sides import as_bench_errors
from lab.lifecycle import Say
from tests.differential import catalogs, setup
from tests.differential.ca import Ca, administrator
from tests.differential.sides import Server, Site

OURS, PUPPETSERVER = "ours", "puppetserver"
HEAP_BASE_MB = HEAP_PER_JRUBY_MB = 512  # as puppetserver's tuning guide has it


@dataclass(frozen=True)
class Side:
    """One master: where it is, the service that is started and stopped, and all units that belong to it."""

    label: str
    server: Server
    service: str
    units: tuple[str, ...]


@dataclass(frozen=True)
class Node:
    """A node with its certificate, and what it asks a master for."""

    identity: Identity
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Prepared:
    """Both sides, ours first, and each workload's nodes."""

    sides: tuple[Side, Side]
    nodes: dict[str, list[Node]]
    tuning: dict[str, str]


def sides_of(site: Site) -> tuple[Side, Side]:
    """What makes a master on each. Ours has more on its host, its CA and PuppetDB, which serve both."""
    ours = (
        "apache2", "apache-htcacheclean", "puppet-node-classifier", "puppet-crl", "puppet-servers"
    )  # fmt: skip
    return (
        Side(OURS, site.ours, "apache2", tuple(f"{unit}.service" for unit in ours)),
        Side(PUPPETSERVER, site.reference, "puppetserver", ("puppetserver.service",)),
    )


def tuned(cores: int) -> tuple[setup.Tuning, dict[str, str]]:
    """Puppetserver's settings for so many cores, and the same in words for the reader."""
    heap = HEAP_BASE_MB + HEAP_PER_JRUBY_MB * cores
    java = f"-Xms{heap}m -Xmx{heap}m -Djruby.logger.class=com.puppetlabs.jruby_utils.jruby.Slf4jLogger"
    environment = "/etc/default/puppetserver-tuning"
    drop_in = "/etc/systemd/system/puppetserver.service.d/tuning.conf"
    files = {
        environment: f'JAVA_ARGS="{java}"\n',
        # A later file's variable wins, so the package's own one stays.
        drop_in: f"[Service]\nEnvironmentFile={environment}\n",
        "/etc/puppet/puppetserver/conf.d/tuning.conf": f"jruby-puppet: {{ max-active-instances: {cores} }}\n",
    }
    words = {
        "max-active-instances": str(cores),
        "JAVA_ARGS": java,
        "environment_timeout": "unlimited",
    }
    return setup.Tuning(environment_timeout="unlimited", files=files, start=False), words


def prepare(site: Site, folder: Path, plan: Plan, say: Say) -> Prepared:
    """Leave puppetserver configured and stopped, and ours as it runs. Raises BenchError."""
    with as_bench_errors("both masters cannot be prepared"):
        tuning, words = tuned(int(site.reference.run("nproc")))
        authority = Ca(site.ours, secrets.token_hex(3), folder / "ca")
        authority.add_identity("admin", *administrator(authority))
        say("code, data and packages on both hosts")
        setup.prepare_masters(site.reference, site.ours, authority, tuning)
        labels = {
            f"auto-{workload}-{number}": workload
            for workload in plan.workloads
            for number in range(plan.nodes)
        }
        say(f"certificates for {len(labels)} nodes")
        by_name = {workload.label: workload for workload in catalogs.WORKLOADS}
        setup.enrol_nodes(
            site.sides, authority, {label: by_name[workload] for label, workload in labels.items()}
        )
    nodes: dict[str, list[Node]] = {workload: [] for workload in plan.workloads}
    for label, workload in labels.items():
        nodes[workload].append(_node(authority, label))
    return Prepared(sides_of(site), nodes, words)


def _node(authority: Ca, label: str) -> Node:
    certname = authority.name(label)
    files = authority.identities[label]
    tls = ssl.create_default_context(cafile=str(authority.authority))
    assert files.certificate is not None  # noqa: S101 - `enrol_nodes` gave it one
    tls.load_cert_chain(files.certificate, files.key)
    request = catalogs.request(certname)
    return Node(Identity(certname, tls), request.target, dict(request.headers), request.body.encode())
