"""Code deploys: a module of the benchmark's own in the environment, changed in place as r10k does, and the
documented command after it. Its notify shows in every catalog which version compiled it.
"""

from __future__ import annotations

import shlex
import time
from dataclasses import dataclass, field
from typing import Any

from bench.agents.catalog import message
from bench.agents.site import Host, Site
from bench.errors import BenchError
from lab.errors import LabError

ENVIRONMENT = "/etc/puppet/code/environments/production"
MODULE = "bench_soak"
FOLDER = f"{ENVIRONMENT}/modules/{MODULE}"
REFRESH = "puppet_master refresh"
TITLE = "bench_soak version"

# Each file as it is in one version; the class, a fact (a plugin that all agents sync) and a file.
FILES = {
    "manifests/init.pp": """class bench_soak {{
  notify {{ '{title}':
    message => '{version}',
  }}

  file {{ '/var/tmp/bench_soak':
    source => 'puppet:///modules/bench_soak/version',
  }}
}}
""",
    "lib/facter/bench_soak.rb": """# frozen_string_literal: true

Facter.add(:bench_soak) {{ setcode {{ '{version}' }} }}
""",
    "files/version": "{version}\n",
}


def script(version: str) -> str:
    """Shell that puts a version into place, file by file: written beside and renamed, as git and r10k do."""
    lines = ["set -e", "umask 022"]
    for path, text in FILES.items():
        target = f"{FOLDER}/{path}"
        content = text.format(version=version, title=TITLE)
        lines += [
            f"mkdir -p {target.rpartition('/')[0]}",
            f"printf %s {shlex.quote(content)} > {target}.new",
            f"mv {target}.new {target}",
        ]
    return "\n".join(lines)


@dataclass
class Deploy:
    """One version on one master; times are seconds since the beginning of the soak."""

    version: str
    server: str
    began: float
    refreshed: float | None = None
    refresh_seconds: float = 0.0
    first_new: float | None = None  # when the first catalog with it was asked for
    stale: list[float] = field(default_factory=list)  # asked for after the refresh, and still old

    def row(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "server": self.server,
            "at": round(self.began),
            "refresh_seconds": round(self.refresh_seconds, 2),
            "first_new_catalog_after": None
            if self.first_new is None
            else round(self.first_new - self.began, 1),
            "stale_catalogs": len(self.stale),
        }


@dataclass
class Deployer:
    """Deploys, and what the catalogs after them say."""

    site: Site
    clock: Any
    refresh: str = REFRESH
    deploys: list[Deploy] = field(default_factory=list)

    def deploy(self, version: str) -> None:
        """Put a version onto each master, one after another. Raises BenchError."""
        for host in self.site.masters:
            self._deploy(host, version)

    def _deploy(self, host: Host, version: str) -> None:
        deploy = Deploy(version, host.name, self.clock())
        self.deploys.append(deploy)
        try:
            self.site.shell(host, script(version))
            before = time.monotonic()
            self.site.shell(host, self.refresh, deadline=300)
        except LabError as error:
            raise BenchError(f"deploy of {version} on {host.name}: {error}") from error
        deploy.refresh_seconds = time.monotonic() - before
        deploy.refreshed = self.clock()

    def saw(self, server: str, asked: float, catalog: dict[str, Any]) -> None:
        """A catalog came: is it of the version that the master has had since before it was asked for?"""
        said = message(catalog, TITLE)
        done = [deploy for deploy in self.deploys if deploy.server == server]
        for deploy in done:
            if deploy.version == said and deploy.first_new is None:
                deploy.first_new = asked
        finished = [deploy for deploy in done if deploy.refreshed is not None and deploy.refreshed <= asked]
        if not finished:
            return
        # One that was begun meanwhile may show already; an older one may not.
        allowed = {deploy.version for deploy in done[done.index(finished[-1]) :]}
        if said not in allowed:
            finished[-1].stale.append(asked)

    def remove(self) -> None:
        """Take the module away again."""
        for host in self.site.masters:
            self.site.shell(host, f"rm -rf {FOLDER} && {self.refresh}", deadline=300)
