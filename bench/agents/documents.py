"""What an agent sends: facts with its catalog request, and its report. Both were recorded from a real
worker in the lab (data/), and get each simulated agent's own names.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

DATA = Path(__file__).resolve().parent / "data"
CHECKSUMS = "sha256.sha256lite.sha384.sha512.sha224.sha1.sha1lite.md5.md5lite.mtime.ctime"
FACTS_TTL = timedelta(minutes=30)
FIRST_ADDRESS = 1 << 8


def template(name: str) -> str:
    """A recorded document, with @NAMES@ where the simulated agents differ."""
    return (DATA / name).read_text(encoding="utf-8")


def fill(text: str, words: Mapping[str, str]) -> Any:
    """The document for one agent."""
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return json.loads(text)


def words(certname: str, number: int) -> dict[str, str]:
    """What agent `number` (from 0) is called. Its address is one that no host may have (198.18.0.0/15)."""
    high, low = divmod(FIRST_ADDRESS + number, 256)
    return {
        "CERTNAME": certname,
        "HOSTNAME": f"sim-{number}",
        "ADDRESS": f"198.18.{high}.{low}",
        "MAC": f"02:00:00:00:{high:02x}:{low:02x}",
    }


def facts(values: Mapping[str, Any], certname: str, environment: str) -> dict[str, Any]:
    """The facts as the agent sends them: Puppet's server wants to see the client's version in them."""
    now = datetime.now(UTC)
    return {
        "name": certname,
        "values": {**values, "clientcert": certname, "environment": environment},
        "timestamp": now.isoformat(),
        "expiration": (now + FACTS_TTL).isoformat(),
    }


def catalog_form(document: Mapping[str, Any], environment: str, transaction: str) -> bytes:
    """The body of the catalog request: a form in which the facts are encoded twice, as Puppet does."""
    form = {
        "facts_format": "application/json",
        "facts": quote(json.dumps(document), safe=""),
        "environment": environment,
        "configured_environment": environment,
        "check_environment": "true",
        "transaction_uuid": transaction,
        "job_uuid": "",
        "static_catalog": "true",
        "checksum_type": CHECKSUMS,
    }
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in form.items()).encode()


def report(
    recorded: Mapping[str, Any], *, certname: str, catalog: Mapping[str, Any], transaction: str, server: str
) -> dict[str, Any]:
    """The report of a run that changed nothing: the agent leaves unchanged resources out of it."""
    now = datetime.now(UTC).isoformat()
    return {
        **recorded,
        "host": certname,
        "time": now,
        "configuration_version": catalog.get("version"),
        "transaction_uuid": transaction,
        "catalog_uuid": catalog.get("catalog_uuid") or str(uuid.uuid4()),
        "code_id": catalog.get("code_id"),
        "environment": catalog.get("environment", "production"),
        "server_used": server,
        "logs": [{**line, "time": now} for line in recorded.get("logs", [])],
    }
