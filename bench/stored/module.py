"""A module of the benchmark's own: a class that collects what every node exports, as Nagios's or ssh's known
hosts do. Of module hadoop's endpoints a cluster has two, however many nodes there are.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bench.agents.site import Host, Site

NAME = "bench_stored"
TYPE = "Bench_stored::Entry"
FOLDER = f"/etc/puppet/code/environments/production/modules/{NAME}"
REFRESH = "puppet_master refresh"

FILES: Mapping[str, str] = {
    "manifests/init.pp": "class bench_stored {\n  Bench_stored::Entry <<| |>>\n}\n",
    # The same file as hadoop::endpoint makes, under a name of its own.
    "manifests/entry.pp": """define bench_stored::entry(
  Hadoop::Cluster $cluster, Hadoop::Role $role, Stdlib::Fqdn $address, Stdlib::Port $port,
) {
  file { "/etc/hadoop/partners.d/${name}.yaml":
    owner   => 'root',
    group   => 'root',
    mode    => '0644',
    content => epp('hadoop/partner.yaml.epp', {
        'cluster' => $cluster, 'role' => $role, 'address' => $address, 'port' => $port,
    }),
  }
}
""",
}


@contextmanager
def on(site: Site, master: Host) -> Iterator[None]:
    """The master has the module meanwhile. Raises LabError."""
    lines = ["set -e", "umask 022", f"mkdir -p {FOLDER}/manifests"]
    lines += [f"printf %s {shlex.quote(text)} > {FOLDER}/{path}" for path, text in FILES.items()]
    try:
        site.shell(master, "\n".join([*lines, REFRESH]), deadline=300)
        yield
    finally:
        site.shell(master, f"rm -rf {FOLDER} && {REFRESH}", deadline=300)


def collects(catalog: Mapping[str, Any]) -> int:
    """How many of them a catalog has."""
    return sum(resource["type"] == TYPE for resource in catalog["resources"])
