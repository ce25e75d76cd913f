"""A site's control repository, deployed by real r10k, and what nodes of the site get from it."""

import dataclasses
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.r10k.compiling import Compiler, parameter, titles
from tests.r10k.conftest import Site
from tests.r10k.control import CHECKOUT, SITE, git

SYSTEM = "debian-13"
DATA = {"hadoop::apt::location": "http://packages.example.com/hadoop", "hadoop::cluster": "first"}


@pytest.fixture(scope="module")
def compiler(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Compiler:
    """A compiler that has the deployed code, down to the ENC, and nothing else."""
    classifier = site.environment / "vendor" / "puppet_hadoop" / "files" / "scripts" / "node_classifier"
    return Compiler(site.environments, tmp_path_factory.mktemp("compiler"), classifier)


def forge_modules(puppetfile: Path) -> dict[str, str]:
    return dict(re.findall(r"^mod '([\w-]+)', *'([\d.]+)'", puppetfile.read_text(), re.MULTILINE))


def test_the_site_takes_of_the_forge_what_our_puppetfile_names() -> None:
    assert forge_modules(SITE / "Puppetfile") == forge_modules(CHECKOUT / "Puppetfile") != {}


def test_r10k_deploys_our_repository_beside_the_forge_s_modules_and_the_site_s_own(site: Site) -> None:
    versions = {
        path.parent.name: json.loads(path.read_text())["version"]
        for path in (site.environment / "modules").glob("*/metadata.json")
    }
    wanted = {name.partition("-")[2] for name in forge_modules(SITE / "Puppetfile")}
    assert versions == {name: site.upstream.forge.versions()[f"puppetlabs-{name}"] for name in wanted}
    ours = site.environment / "vendor" / "puppet_hadoop"
    committed = git(site.control.repositories / "puppet-hadoop.git", "rev-parse", "main")
    assert git(ours, "rev-parse", "HEAD") == committed
    assert (ours / "modules/puppet/files/scripts/check_csr").is_file()  # a link within our repository
    assert (site.environment / "site-modules/site/manifests/web.pp").is_file()


def test_what_was_in_the_environment_before_is_gone(site: Site) -> None:
    assert not (site.environment / "manifests" / "puppetmaster.pp").exists()


def test_a_worker_s_catalog_has_our_roles(compiler: Compiler) -> None:
    catalog = compiler.catalog("worker-1", ["puppet::agent", "hadoop::worker"], DATA, SYSTEM)
    assert {"Hadoop::Worker", "Puppet::Agent"} <= set(titles(catalog, "Class"))
    assert "hadoop-hdfs-datanode" in titles(catalog, "Hadoop::Service")


def test_a_namenode_s_catalog_has_its_daemon_and_the_cluster_of_its_record(compiler: Compiler) -> None:
    catalog = compiler.catalog("namenode-1", ["puppet::agent", "hadoop::namenode"], DATA, SYSTEM)
    assert "hadoop-hdfs-namenode" in titles(catalog, "Hadoop::Service")
    assert parameter(catalog, "Class", "Hadoop", "cluster") == "first"


def test_a_role_of_the_site_s_own_has_the_site_s_data_and_the_forge_s_modules(compiler: Compiler) -> None:
    catalog = compiler.catalog("web-1", ["puppet::agent", "site::web"], {}, "debian-12")
    assert {"Site::Web", "Apache"} <= set(titles(catalog, "Class"))
    assert "Hello from the site" in parameter(catalog, "File", "/srv/web/index.html", "content")


def test_a_puppetmaster_s_catalog_has_our_own_environment_s_data_too(compiler: Compiler) -> None:
    classes = ["puppet::ca", "puppet::database", "puppet::master", "puppet::packages", "puppet::agent"]
    catalog = compiler.catalog("puppetmaster-1", classes, {"puppet::node_bucket": "s3://nodes"}, "debian-12")
    assert parameter(catalog, "Class", "Puppet::Ca", "node_bucket") == "s3://nodes"


def test_a_node_s_record_goes_before_the_site_s_data(compiler: Compiler) -> None:
    data = {"site::web::greeting": "Hello from the record"}
    catalog = compiler.catalog("web-2", ["site::web"], data, "debian-12")
    assert "Hello from the record" in parameter(catalog, "File", "/srv/web/index.html", "content")


def test_agents_are_told_the_commit_that_they_apply(site: Site, compiler: Compiler) -> None:
    catalog = compiler.catalog("plain", ["puppet::agent"], {}, SYSTEM)
    assert catalog["version"] == site.control.head()


def test_a_commit_comes_into_force_by_the_next_deployment_which_calls_the_master(
    site: Site, compiler: Compiler
) -> None:
    before = site.postruns.read_text().count("deployed")
    data = site.control.work / "data" / "site.yaml"
    data.write_text(data.read_text().replace("Hello", "Welcome"))
    site.control.commit("Another greeting")
    (site.environment / "modules" / "left-behind").mkdir()
    site.deploy()
    assert site.postruns.read_text().count("deployed") == before + 1
    assert not (site.environment / "modules" / "left-behind").exists()
    catalog = compiler.catalog("web-3", ["site::web"], {}, "debian-12")
    assert "Welcome from the site" in parameter(catalog, "File", "/srv/web/index.html", "content")


def test_r10k_refuses_an_archive_that_is_not_what_the_forge_says(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = site.upstream.forge.releases["puppetlabs-stdlib"]
    document = {**release.document(), "file_sha256": "0" * 64, "file_md5": "0" * 32}
    other = dataclasses.replace(release)
    object.__setattr__(other, "document", lambda: document)
    monkeypatch.setitem(site.upstream.forge.releases, "puppetlabs-stdlib", other)
    shutil.rmtree(site.environment / "modules" / "stdlib")
    refused = site.r10k("deploy", "environment", "--modules", cache="another-cache")
    assert refused.returncode != 0
    assert "checksum" in (refused.stdout + refused.stderr).lower()
    monkeypatch.undo()
    site.deploy()
    assert (site.environment / "modules" / "stdlib" / "metadata.json").is_file()
