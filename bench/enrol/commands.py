"""What check_csr --autosign costs a call, against Python that does nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.enrol import store_server
from bench.enrol.ca_site import CaSite
from bench.enrol.figures import limited
from bench.enrol.processes import PYTHON, Call, Cost, measure

SCRIPTS = Path(__file__).parents[2] / "files" / "scripts"
NAME = "3f0c1f6e-0000-4000-8000-000000000001-17"
# What the decision cannot do without: to read a request, with its key.
PARSER = "from cryptography import x509"
WITH_CLIENT = f"{PARSER}; import requests"
FILE, HTTPS = "check_csr --autosign, file store", "check_csr --autosign, https store"
LIMIT = 1.5


def run(folder: Path, pair: tuple[Path, Path], rounds: int) -> list[dict[str, Any]]:
    """Measure all of them in turn; gives the figures for JSON."""
    site = CaSite(folder, "ec", 256)
    site.record(NAME)
    request = site.request(NAME)
    with store_server.serving(site.bucket, pair, 0.0) as url:
        trust = {"AWS_CA_BUNDLE": str(pair[0]), "PUPPET_CA_CONFIG": str(folder / "none.yaml")}
        decide = [str(SCRIPTS / "check_csr"), "--autosign", NAME]
        calls = {
            PARSER: Call([PYTHON, "-c", PARSER]),
            WITH_CLIENT: Call([PYTHON, "-c", WITH_CLIENT]),
            FILE: Call([*decide, f"file://{site.bucket}"], request, trust),
            HTTPS: Call([*decide, url], request, trust),
        }
        return document(measure(calls, rounds))


def document(found: Mapping[str, Sequence[Cost]]) -> list[dict[str, Any]]:
    """Each way beside what it cannot do without."""
    return [
        limited(ours, f"python3 -c '{bare}'", found[ours], found[bare], LIMIT)
        for ours, bare in ((FILE, PARSER), (HTTPS, WITH_CLIENT))
    ]
