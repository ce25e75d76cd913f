"""Make both sides ready: puppetserver as a CA, or as a master of our CA with our code, data and ENC."""

import base64
import configparser
import io
import subprocess
import tarfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.differential import catalogs, csr
from tests.differential.ca import Ca
from tests.differential.master import ENVIRONMENT
from tests.differential.records import NODE_BUCKET, enrolment, write_records
from tests.differential.sides import Server

POLICY = """\
#!/bin/sh
# Signs what the differential test wants signed at once.
case "$1" in auto-*) exit 0 ;; *) exit 1 ;; esac
"""
CA_SETTINGS = {"autosign": "/etc/puppet/differential-policy"}
CA_CONF = """\
certificate-authority: {
    allow-auto-renewal: true
    auto-renewal-cert-ttl: "90d"
}
"""
SERVICES = """\
puppetlabs.services.ca.{service}
puppetlabs.trapperkeeper.services.watcher.filesystem-watch-service/filesystem-watch-service
"""
CA_SERVICE = "certificate-authority-service/certificate-authority-service"
NO_CA_SERVICE = "certificate-authority-disabled-service/certificate-authority-disabled-service"
START_DEADLINE = 900.0
# The package's five minutes are not enough on a machine that has much else to do.
PATIENCE = f"[Service]\nTimeoutStartSec={START_DEADLINE:.0f}\n"
INSTALL_DEADLINE = 900.0
CORE_MODULES = ("augeas", "cron", "host", "mailalias", "mount", "selinux", "sshkeys")
# puppetserver's package brings some core modules along: plugins are the same only if both have all.
PACKAGES = (
    *(f"puppet-module-puppetlabs-{name}-core" for name in CORE_MODULES),
    "puppet-module-puppetlabs-apache",
    "puppet-module-puppetlabs-apt",
    "puppet-module-puppetlabs-concat",
    "puppet-module-puppetlabs-haproxy",
    "puppet-module-puppetlabs-inifile",
    "puppet-module-puppetlabs-mysql",
    "puppet-module-puppetlabs-ntp",
    "puppet-module-puppetlabs-postgresql",
    "puppet-module-puppetlabs-stdlib",
    "puppet-module-keystone",
    "puppet-module-saz-memcached",
    "puppet-terminus-puppetdb",
    "python3-requests",
    "python3-yaml",
)
CODE = f"/etc/puppet/code/environments/{ENVIRONMENT}"
FOLDERS = ("data", "files", "manifests", "modules")
FILES = ("environment.conf", "hiera.yaml")
SERVERS = "/var/lib/puppet-servers/servers.json"
MASTER_SSL = "/var/lib/puppet/ssl-of-our-ca"
CLASSIFIER = """\
node_bucket: file://{bucket}
cache_dir: /var/lib/puppetserver/node_classifier
unknown: fail
"""


def prepare_reference(server: Server) -> None:
    """Let puppetserver be a CA; restart it if its configuration has changed."""
    server.write("/etc/puppet/differential-policy", POLICY, mode="0755")
    server.write("/etc/puppet/puppetserver/conf.d/ca.conf", CA_CONF)
    names = {"dns_alt_names": f"{server.name},puppet"}
    _configure_reference(server, CA_SERVICE, main=names, settings=CA_SETTINGS)


@dataclass(frozen=True)
class Tuning:
    """How puppetserver is to run: as the differential test wants it, unless told otherwise."""

    environment_timeout: str = "0"
    files: Mapping[str, str] = field(default_factory=dict)  # path -> content, beside the configuration
    start: bool = True  # False: it is stopped, and whoever asked starts it


def prepare_masters(reference: Server, ours: Server, authority: Ca, tuning: Tuning = Tuning()) -> None:
    """Let puppetserver be a master with our CA's certificates, and give both the same code and ENC."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(_equip, (reference, ours)))
    _enrol_reference(reference, authority)
    settings = _settings_of(ours)
    settings |= {
        "external_nodes": f"{CODE}/files/scripts/node_classifier",
        "environment_timeout": tuning.environment_timeout,
    }
    for path in ("/etc/puppet/puppetdb.conf", "/etc/puppet/routes.yaml", SERVERS):
        found = ours.attempt(f"cat {path}")
        if found.returncode == 0:
            reference.write(path, found.stdout)
    for path, content in tuning.files.items():
        reference.write(path, content)
    reference.write("/etc/puppet/node_classifier.yaml", CLASSIFIER.format(bucket=NODE_BUCKET))
    reference.run(f"install -d -o puppet -g puppet {NODE_BUCKET} /var/lib/puppetserver/node_classifier")
    _configure_reference(
        reference, NO_CA_SERVICE, main={"ssldir": MASTER_SSL}, settings=settings, start=tuning.start
    )
    ours.run("! command -v puppet_master > /dev/null || puppet_master refresh", deadline=START_DEADLINE)


def _equip(server: Server) -> None:
    install_packages(server)
    deploy(server)


def install_packages(server: Server) -> None:
    """Install the distribution's modules, if they are not there."""
    server.run(
        f"export DEBIAN_FRONTEND=noninteractive; dpkg-query -W {' '.join(PACKAGES)} > /dev/null 2>&1"
        f" || (apt-get update -q && apt-get install -qy --no-install-recommends {' '.join(PACKAGES)})",
        deadline=INSTALL_DEADLINE,
    )


def enrol_workloads(reference: Server, authority: Ca) -> None:
    """Give every workload a node: a record on both sides, and a certificate of our CA."""
    empty = {"classes": {}, "environment": ENVIRONMENT}
    records = {authority.name(f"auto-{label}"): empty for label in ("node", "other")}
    both = (reference, authority.server)
    for server in both:
        write_records(server, records)
    enrol_nodes(
        both, authority, {f"auto-catalog-{workload.label}": workload for workload in catalogs.WORKLOADS}
    )


def enrol_nodes(servers: Iterable[Server], authority: Ca, nodes: Mapping[str, catalogs.Workload]) -> None:
    """Give nodes their records on these hosts, and certificates of our CA, under their labels."""
    records = {
        authority.name(label): catalogs.record(workload, authority.run, enrolment(authority.run))
        for label, workload in nodes.items()
    }
    for server in servers:
        write_records(server, records)
    signer = csr.key(label="identity")
    for label in nodes:
        name = authority.name(label)
        authority.add_identity(label, authority.enrol(name, csr.request(name, signer=signer)), signer.pem)


def _configure_reference(
    server: Server, service: str, *, main: dict[str, str], settings: dict[str, str], start: bool = True
) -> None:
    sections = {"main": {"certname": server.name, "server": server.name} | main, "server": settings}
    lines = [
        line
        for section, entries in sections.items()
        for line in (f"[{section}]", *(f"{key} = {value}" for key, value in entries.items()))
    ]
    server.write("/etc/puppet/puppet.conf", "\n".join(lines) + "\n")
    server.write("/etc/puppet/puppetserver/services.d/ca.cfg", SERVICES.format(service=service))
    server.write("/etc/systemd/system/puppetserver.service.d/differential.conf", PATIENCE)
    mark = "/etc/puppet/.differential"
    if not start:
        server.run(
            f"rm -f {mark}; systemctl daemon-reload; systemctl stop puppetserver", deadline=START_DEADLINE
        )
        return
    server.run(
        "set -e; new=$(cat /etc/puppet/puppet.conf /etc/puppet/puppetserver/*.d/* | sha256sum);"
        f' if [ "$new" != "$(cat {mark} 2>/dev/null)" ] || ! systemctl -q is-active puppetserver; then'
        f' systemctl daemon-reload; systemctl restart puppetserver; echo "$new" > {mark}; fi',
        deadline=START_DEADLINE,
    )


def _settings_of(ours: Server) -> dict[str, str]:
    """Our master's own section of puppet.conf."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(ours.run("cat /etc/puppet/puppet.conf"))
    return dict(parser["server"])


def deploy(server: Server) -> None:
    """Put this checkout on a master as an environment of its own, with the module of workloads."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path in _checkout_files(*FOLDERS, *FILES):
            archive.add(catalogs.CHECKOUT / path, path)
        archive.add(catalogs.MODULE, f"modules/{ENVIRONMENT}")
    server.run(
        f"rm -rf {CODE}.new && mkdir -p {CODE}.new $(dirname {CODE})/production"
        f" && base64 -d | tar xz -C {CODE}.new --no-same-owner"
        f" && chown -R root:root {CODE}.new && chmod -R u=rwX,go=rX {CODE}.new"
        f" && rm -rf {CODE} && mv {CODE}.new {CODE}",
        stdin=base64.b64encode(packed.getvalue()).decode(),
    )


def _enrol_reference(reference: Server, authority: Ca) -> None:
    """A certificate of our CA for puppetserver, as for any master: PuppetDB lets it in."""
    found = reference.attempt(f"openssl verify -CAfile {MASTER_SSL}/certs/ca.pem {MASTER_SSL}/certs/*.pem")
    ours = (
        reference.attempt(f"cat {MASTER_SSL}/certs/ca.pem").stdout.encode()
        == authority.authority.read_bytes()
    )
    if found.returncode != 0 or not ours:
        key = csr.key(size="4096", label="master")  # as Puppet makes it for any host
        write_records(
            authority.server,
            {reference.name: {"classes": {"puppet::master": {}}, "enrolment": enrolment(authority.run)}},
        )
        authority.clean(reference.name)  # of an earlier run
        submitted = authority.submit(reference.name, csr.request(reference.name, signer=key))
        authority.expect(200, submitted, reference.name)
        certificate = authority.certificate(reference.name)
        for path, content, mode in (
            (f"certs/{reference.name}.pem", certificate, "0644"),
            (f"private_keys/{reference.name}.pem", key.pem, "0640"),
            ("certs/ca.pem", authority.authority.read_bytes(), "0644"),
        ):
            reference.write(f"{MASTER_SSL}/{path}", content.decode(), mode=mode, owner="puppet:puppet")
    reference.write(f"{MASTER_SSL}/crl.pem", authority.crl().decode(), owner="puppet:puppet")
    reference.run(f"chown -R puppet:puppet {MASTER_SSL}")


def _checkout_files(*paths: str) -> list[str]:
    """The files of the checkout under some paths that git knows, as they are now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *paths],
        cwd=catalogs.CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.split("\0")
    found = (catalogs.CHECKOUT / path for path in listed if path)
    return [str(path.relative_to(catalogs.CHECKOUT)) for path in found if path.is_symlink() or path.exists()]
