"""The archives of our modules: what is in them, and that they work where Puppet has installed them."""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.r10k.compiling import Compiler, titles

CHECKOUT = Path(__file__).parents[3]
COMMAND = CHECKOUT / "packaging" / "modules"
MODULES = sorted(path.name for path in (CHECKOUT / "modules").iterdir())
SYSTEM_MODULES = os.environ.get("SYSTEM_MODULES", "/usr/share/puppet/modules")
SYSTEM = "debian-12"  # facts that the modules of every release can read
DATA = {"hadoop::apt::location": "http://packages.example.com/hadoop"}


def build(output: Path, *modules: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, str(COMMAND), "--output", str(output), *map(str, modules)]
    environment = {**os.environ, **variables}
    return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Archives by the names of their modules."""
    done = build(tmp_path_factory.mktemp("pkg"))
    assert done.returncode == 0, done.stderr
    return {path.name.split("-")[1]: path for path in map(Path, done.stdout.split())}


@pytest.fixture(scope="module")
def installed(archives: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Environments with one, whose own modules are what `puppet module install` made of the archives."""
    environments = tmp_path_factory.mktemp("environments")
    production = environments / "production"
    (production / "manifests").mkdir(parents=True)
    (production / "manifests" / "site.pp").write_text("node default {}\n")
    (production / "hiera.yaml").write_text((CHECKOUT / "hiera.yaml").read_text())
    (production / "environment.conf").write_text(f"modulepath = modules:{SYSTEM_MODULES}\n")
    for archive in archives.values():
        puppet(production, "install", "--ignore-dependencies", "--force", str(archive))
    return environments


def puppet(production: Path, action: str, *words: str) -> str:
    argv = ["puppet", "module", action, *words, f"--confdir={production.parent}/etc", "--color=false"]
    if action == "install":
        argv.append(f"--modulepath={production / 'modules'}")
    environment = {**os.environ, "HOME": str(production.parent), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_each_module_has_one_archive_named_for_its_author_and_version(archives: dict[str, Path]) -> None:
    assert sorted(archives) == MODULES
    for name, archive in archives.items():
        metadata = json.loads((CHECKOUT / "modules" / name / "metadata.json").read_text())
        assert archive.name == f"{metadata['name']}-{metadata['version']}.tar.gz"


@pytest.mark.parametrize("name", MODULES)
def test_an_archive_holds_files_alone_in_one_folder_with_their_sums(
    archives: dict[str, Path], name: str
) -> None:
    with tarfile.open(archives[name]) as tar:
        members = {member.name: member for member in tar.getmembers()}
        assert all(member.isfile() or member.isdir() for member in members.values())
        root = archives[name].name.removesuffix(".tar.gz")
        assert {found.partition("/")[0] for found in members} == {root}
        assert {f"{root}/{each}" for each in ("metadata.json", "LICENSE", "REFERENCE.md")} <= set(members)
        assert [found for found in members if "__pycache__" in found or "/." in found] == []

        def content(found: str) -> bytes:
            reader = tar.extractfile(f"{root}/{found}")
            assert reader is not None
            return reader.read()

        sums = json.loads(content("checksums.json"))
        files = {found.removeprefix(f"{root}/") for found, member in members.items() if member.isfile()}
        assert set(sums) == files - {"checksums.json"}
        assert sums == {
            found: hashlib.md5(content(found), usedforsecurity=False).hexdigest() for found in sums
        }


def test_the_scripts_that_lie_elsewhere_in_the_repository_are_in_the_archive(
    archives: dict[str, Path],
) -> None:
    with tarfile.open(archives["puppet"]) as tar:
        names = {member.name.partition("/")[2] for member in tar.getmembers()}
        modes = {member.name.partition("/")[2]: member.mode for member in tar.getmembers()}
    assert {"files/scripts/check_csr", "files/scripts/enrolment/decision.py"} <= names
    assert modes["files/scripts/check_csr"] == 0o755
    assert modes["files/scripts/enrolment/decision.py"] == 0o644


def test_the_same_modules_give_the_same_bytes(archives: dict[str, Path], tmp_path: Path) -> None:
    build(tmp_path)
    assert {path.name: path.read_bytes() for path in archives.values()} == {
        path.name: path.read_bytes() for path in tmp_path.iterdir()
    }


def test_the_date_can_be_set(tmp_path: Path) -> None:
    build(tmp_path, CHECKOUT / "modules" / "login_allowed", SOURCE_DATE_EPOCH="1700000000")
    [archive] = tmp_path.iterdir()
    with tarfile.open(archive) as tar:
        assert {member.mtime for member in tar.getmembers()} == {1700000000}


def test_puppet_finds_an_installed_module_as_it_was_built(installed: Path) -> None:
    for name in MODULES:
        assert "No modified files" in puppet(
            installed / "production", "changes", str(installed / "production" / "modules" / name)
        )


@pytest.mark.parametrize(
    "classes",
    [
        ["puppet::ca", "puppet::database", "puppet::master", "puppet::packages", "puppet::agent"],
        ["login_allowed", "hadoop::namenode", "hadoop::jobtracker"],
        ["login_allowed", "hadoop::worker"],
    ],
    ids=["puppetmaster", "masters of Hadoop", "worker"],
)
def test_classes_of_installed_modules_compile(installed: Path, tmp_path: Path, classes: list[str]) -> None:
    buckets = {
        f"puppet::{name}::node_bucket": "s3://nodes" for name in ("ca", "database", "master", "packages")
    }
    catalog = Compiler(installed, tmp_path).catalog("host-1", classes, DATA | buckets, SYSTEM)
    wanted = {"::".join(word.capitalize() for word in name.split("::")) for name in classes}
    assert wanted <= set(titles(catalog, "Class"))
    production = str(installed / "production" / "modules")
    files = {found["file"] for found in catalog["resources"] if found.get("file")}
    ours = [found for found in files if found.startswith(production)]
    assert ours != []
    assert [found for found in files if not found.startswith((production, SYSTEM_MODULES))] == []


def test_a_link_to_nothing_is_refused_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    (folder / "files").mkdir(parents=True)
    (folder / "metadata.json").write_text('{"name": "a-broken", "version": "1.0.0"}')
    (folder / "files" / "scripts").symlink_to("../../elsewhere")
    done = build(tmp_path / "pkg", folder)
    assert done.returncode == 1
    assert f"{folder}/files/scripts is neither a file nor a folder" in done.stderr


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"name": "a", "version": "1.0.0"}'])
def test_a_module_without_a_name_and_a_version_is_refused(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "metadata.json").write_text(text)
    done = build(tmp_path / "pkg", folder)
    assert done.returncode == 1
    assert "metadata.json" in done.stderr
    assert "Traceback" not in done.stderr
