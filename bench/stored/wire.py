"""Catalogs, facts and reports as PuppetDB's commands want them, made from what its queries answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

CATALOG, FACTS, REPORT = ("replace catalog", 9), ("replace facts", 5), ("store report", 8)
COPIED = ("version", "environment", "transaction_uuid")
OF_RESOURCES = ("type", "title", "exported", "file", "line", "tags", "parameters")
NEVER = "00000000-0000-0000-0000-000000000000"


def now() -> str:
    """What a document is made at: PuppetDB passes over one that is older than what it has."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def catalog(queried: Json, more: Iterable[Json] = ()) -> Json:
    """``queried``: an answer of ``catalogs/NAME``. ``more``: resources that it gets besides."""
    return {
        **{name: queried[name] for name in COPIED},
        "producer_timestamp": now(),
        "certname": queried["certname"],
        "catalog_uuid": queried.get("catalog_uuid"),
        "code_id": queried.get("code_id"),
        "job_id": None,
        "producer": queried.get("producer"),
        "resources": [
            *({name: row[name] for name in OF_RESOURCES} for row in queried["resources"]["data"]),
            *more,
        ],
        "edges": [_edge(row) for row in queried["edges"]["data"]],
    }


def _edge(row: Json) -> Json:
    ends = {end: {"type": row[f"{end}_type"], "title": row[f"{end}_title"]} for end in ("source", "target")}
    return {**ends, "relationship": row["relationship"]}


def facts(queried: Json) -> Json:
    """``queried``: an answer of ``factsets/NAME``."""
    return {
        "certname": queried["certname"],
        "environment": queried["environment"],
        "producer_timestamp": now(),
        "producer": queried.get("producer"),
        "values": {row["name"]: row["value"] for row in queried["facts"]["data"]},
    }


def report(of: Json) -> Json:
    """Of a run that changed nothing; ``of`` is the catalog's command."""
    at = of["producer_timestamp"]
    return {
        "certname": of["certname"],
        "environment": of["environment"],
        "producer": of["producer"],
        "puppet_version": "8.10.0",
        "report_format": 12,
        "configuration_version": of["version"],
        "start_time": at,
        "end_time": at,
        "producer_timestamp": at,
        "transaction_uuid": of["transaction_uuid"] or NEVER,
        "catalog_uuid": of["catalog_uuid"],
        "code_id": None,
        "cached_catalog_status": "not_used",
        "noop": False,
        "noop_pending": False,
        "corrective_change": False,
        "status": "unchanged",
        "job_id": None,
        "type": "agent",
        "resources": [],
        "metrics": [],
        "logs": [],
    }


def endpoint(cluster: str, role: str, address: str, certname: str) -> Json:
    """What a namenode or jobtracker of ``cluster`` exports, as module hadoop does it."""
    return exported(
        "Hadoop::Endpoint",
        f"{role} of {cluster} on {certname}",
        {"cluster": cluster, "role": role, "address": address, "port": 8020},
    )


def exported(kind: str, title: str, parameters: Mapping[str, Any]) -> Json:
    """An exported resource of a catalog."""
    return {
        "type": kind,
        "title": title,
        "exported": True,
        "file": "/etc/puppet/code/environments/production/modules/hadoop/manifests/namenode.pp",
        "line": 28,
        "tags": sorted({kind.lower(), "class", "hadoop", "hadoop::namenode", "namenode"}),
        "parameters": dict(parameters),
    }


def command(kind: tuple[str, int], document: Json, names: Mapping[str, str]) -> Json:
    """One of a job's documents. ``names``: what stands in it, to the word for it (``@WORD@``)."""
    text = json.dumps(document)
    for name, word in names.items():
        text = text.replace(name, f"@{word}@")
    return {"name": kind[0], "version": kind[1], "text": text}
