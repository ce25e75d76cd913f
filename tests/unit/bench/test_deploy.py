"""A deploy is in force when no catalog asked for after the refresh is of older code."""

import subprocess
from pathlib import Path
from typing import Any, cast

import pytest

from bench.agents.site import Site
from bench.soaking import deploy as deploys
from bench.soaking.deploy import TITLE, Deploy, Deployer


def catalog(version: str) -> dict[str, Any]:
    return {"resources": [{"type": "Notify", "title": TITLE, "parameters": {"message": version}}]}


@pytest.fixture
def deployer() -> Deployer:
    """Version 0 in force since 0 s; version 1 put into place from 100 s, refreshed at 103 s."""
    found = Deployer(cast(Site, None), clock=lambda: 0.0)
    found.deploys = [
        Deploy("0", "m1", began=-5, refreshed=0),
        Deploy("1", "m1", began=100, refreshed=103),
        Deploy("0", "m2", began=-4, refreshed=0),
    ]
    return found


def test_an_old_catalog_from_after_the_refresh_is_stale(deployer: Deployer) -> None:
    deployer.saw("m1", 103.5, catalog("0"))
    assert deployer.deploys[1].stale == [103.5]


@pytest.mark.parametrize("version", ["0", "1"])
def test_while_it_is_put_into_place_old_and_new_are_both_right(deployer: Deployer, version: str) -> None:
    deployer.saw("m1", 101, catalog(version))
    assert not any(deploy.stale for deploy in deployer.deploys)


def test_the_first_new_catalog_is_noted(deployer: Deployer) -> None:
    deployer.saw("m1", 102, catalog("0"))
    deployer.saw("m1", 104, catalog("1"))
    deployer.saw("m1", 105, catalog("1"))
    assert deployer.deploys[1].row()["first_new_catalog_after"] == 4


def test_another_masters_deploy_does_not_matter(deployer: Deployer) -> None:
    deployer.saw("m2", 104, catalog("0"))
    assert not any(deploy.stale for deploy in deployer.deploys)


def test_a_catalog_without_the_notify_is_stale(deployer: Deployer) -> None:
    deployer.saw("m1", 104, {"resources": []})
    assert deployer.deploys[1].stale == [104]


def test_the_script_puts_the_version_into_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deploys, "FOLDER", str(tmp_path / "bench_soak"))
    for version in ("1", "2"):
        subprocess.run(["sh", "-c", deploys.script(version)], check=True)
    assert (tmp_path / "bench_soak/files/version").read_text() == "2\n"
    manifest = (tmp_path / "bench_soak/manifests/init.pp").read_text()
    assert f"notify {{ '{TITLE}':" in manifest
    assert "message => '2'," in manifest
    assert not list(tmp_path.rglob("*.new"))
