"""Which versions were measured."""

from __future__ import annotations

from bench.catalogs_beside.prepared import OURS, PUPPETSERVER, Prepared

PACKAGES = {
    OURS: ("puppet-agent", "ruby", "apache2", "libapache2-mod-passenger", "puppetdb"),
    PUPPETSERVER: ("puppetserver", "puppet-agent", "jruby", "openjdk-21-jre-headless"),
}


def versions(prepared: Prepared) -> dict[str, str]:
    """Of each side's packages, as its host has them."""
    found = {}
    for side in prepared.sides:
        # Which of them are there differs by release: what is not is left out.
        ask = f"dpkg-query -W -f '${{Package}} ${{Version}}\\n' {' '.join(PACKAGES[side.label])} 2>/dev/null"
        for line in side.server.attempt(ask).stdout.splitlines():
            name, _, version = line.partition(" ")
            if version:
                found[f"{side.label}: {name}"] = version
    return found
