"""Figures can be written and shown at any moment of a soak."""

import asyncio
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from rich.console import Console

from bench import results
from bench.agents.measure import Sample
from bench.agents.nodes import Nodes
from bench.soaking import results as soaking
from bench.soaking.deploy import Deploy
from bench.soaking.revoking import Revocation
from bench.soaking.run import Plan, Soak
from bench.soaking.usage import Usage

PLAN = Plan(2, 60, 30, 30, 0, 600, "true")


def soak(**more: Any) -> Soak:
    site: Any = SimpleNamespace(masters=[SimpleNamespace(name="m1")])

    async def make() -> Soak:
        return Soak(site, PLAN, cast(Nodes, None), lambda _: None, **more)

    return asyncio.run(make())


def shown(found: Soak, folder: Path) -> tuple[dict[str, Any], str]:
    path = folder / "new" / "soak.json"
    results.write(path, soaking.soak_document(found, ["it did not end by itself"]))
    document = json.loads(path.read_text())
    text = io.StringIO()
    soaking.show_soak(document, Console(file=text, width=200))
    return document, text.getvalue()


def test_a_soak_that_has_only_begun_has_figures(tmp_path: Path) -> None:
    document, _ = shown(soak(), tmp_path)
    assert document["passed"] is False
    assert document["runs"]["done"] == 0
    assert document["seconds"] >= 0


def test_all_that_was_seen_is_in_the_figures_and_the_tables(tmp_path: Path) -> None:
    found = soak()
    found.journal.add(Sample(1, "a", "m1", "catalog", 500, 0.25, failed=True, error="oops"))
    found.watch.looks.append(Usage(1, "m1", {"workers": 150.0}, {17: 90.0}, 768, 3, 1, 2.5))
    found.revocations.append(Revocation("n", "a test", 30, {"m1": None}, {"m1": "200"}))
    found.deployer.deploys.append(Deploy("1", "m1", 10, refreshed=13, refresh_seconds=3, first_new=14))
    document, text = shown(found, tmp_path)
    assert document["failures"][0]["error"] == "oops"
    assert document["revocations"][0]["failed"] is True
    assert document["looks"][0]["workers_resident_mb"] == {"17": 90.0}
    for words in ("catalog", "500: 1", "90 of 768", "1 (3 names)", "250"):
        assert words in text
