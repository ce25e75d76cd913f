"""Nodes that only PuppetDB knows: what each of them sends, and under which names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bench.stored import module, wire

PREFIX = "bench-stored-"
PARTNERS = ("namenode", "jobtracker")
Json = dict[str, Any]


@dataclass(frozen=True)
class Template:
    """The catalog and the facts of a real worker, as queried, from which those of the others are made."""

    catalog: Json
    facts: Json

    @property
    def _names(self) -> dict[str, str]:
        found = {self.catalog["certname"]: "CERTNAME"}
        values = {row["name"]: row["value"] for row in self.facts["facts"]["data"]}
        networking = values.get("networking", {})
        for name, word in (("fqdn", "FQDN"), ("hostname", "HOSTNAME")):
            if networking.get(name):
                found[networking[name]] = word
        return found

    def documents(self, exports: Iterable[Json] = (), *, catalogs_only: bool = False) -> list[Json]:
        """What a node sends; ``exports`` are in its catalog besides."""
        catalog = wire.catalog(self.catalog, exports)
        found = [wire.command(wire.CATALOG, catalog, self._names)]
        if not catalogs_only:
            found.append(wire.command(wire.FACTS, wire.facts(self.facts), self._names))
            found.append(wire.command(wire.REPORT, wire.report(catalog), self._names))
        return found


def exporting() -> list[Json]:
    """What a node of another cluster exports: where it is, and one that a class collects from all."""
    parameters = {"cluster": "@CLUSTER@", "role": "namenode", "address": "@FQDN@", "port": 8020}
    return [
        wire.endpoint("@CLUSTER@", "namenode", "@FQDN@", "@CERTNAME@"),
        wire.exported(module.TYPE, "@CERTNAME@", parameters),
    ]


def words(number: int) -> dict[str, str]:
    """Names of node ``number``, of a cluster of its own."""
    host = f"stored-{number}"
    certname = f"{PREFIX}{number}"
    return {"CERTNAME": certname, "HOSTNAME": host, "FQDN": f"{host}.ec2.internal", "CLUSTER": certname}


def partner(role: str, cluster: str) -> tuple[Json, list[Json]]:
    """Words and exports of the cluster's namenode or jobtracker, without which a worker waits."""
    name = f"{PREFIX}{role}"
    host = {"CERTNAME": name, "HOSTNAME": name, "FQDN": f"{name}.ec2.internal", "CLUSTER": cluster}
    return host, [wire.endpoint(cluster, role, "@FQDN@", "@CERTNAME@")]
