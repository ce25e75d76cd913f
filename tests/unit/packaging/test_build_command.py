import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hadoop_packages import builder, cli, repository, signing
from hadoop_packages.errors import SigningError
from hadoop_packages.recipe import recipe_hash

from conductor import publishing
from tests.unit.packaging.fake_host import PACKAGING, program

pytestmark = pytest.mark.skipif(shutil.which("gpg") is None, reason="needs gnupg")


def build(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, str(PACKAGING / "build"), *arguments]
    environment = {**os.environ, **variables}
    return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def key_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("key")


@pytest.fixture
def failing_maven(tmp_path: Path) -> dict[str, str]:
    """A Maven that fails with the text of $MAVEN_SAYS."""
    program(tmp_path / "bin/mvn", '#!/bin/sh\necho "$MAVEN_SAYS"\nexit 1\n')
    return {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}


def test_the_recipe_hash_is_printed_alone() -> None:
    done = build("--recipe-hash")
    assert done.returncode == 0
    assert done.stdout == recipe_hash(PACKAGING) + "\n"


def test_the_recipe_hash_changes_with_contents_names_and_modes_but_not_with_the_readme(
    tmp_path: Path,
) -> None:
    source = tmp_path / "packaging"
    shutil.copytree(PACKAGING, source)
    hashes = [recipe_hash(source)]
    (source / "README.md").write_text("other")
    assert recipe_hash(source) == hashes[0]
    (source / "packages.toml").write_text("other")
    hashes.append(recipe_hash(source))
    (source / "pom.xml").chmod(0o755)
    hashes.append(recipe_hash(source))
    (source / "pom.xml").unlink()
    (source / "debian/pom.xml").write_text("")
    hashes.append(recipe_hash(source))
    assert len(set(hashes)) == len(hashes)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--jobs", "0"], "--jobs takes a number of 1 or more"),
        (["--output", "/x", "--jobs", "0"], "--jobs takes a number of 1 or more"),
        (["--output", "/x", "--key", "/a", "--key-dir", "/b"], "not allowed with"),
        (["--output", "/x", "--key", "/x/key.asc"], "must not be inside --output"),
        (["--output", "/x", "--key-dir", "/x"], "must not be inside --output"),
        (["--output", "/x", "--key-dir", "/y/../x/key"], "must not be inside --output"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_why(arguments: list[str], message: str) -> None:
    done = build(*arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_without_options_it_is_built_where_publish_packages_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    parser = cli._parser()
    assert cli._options(parser, parser.parse_args([])).output == publishing.default_folder()
    monkeypatch.delenv("XDG_DATA_HOME")
    assert cli._options(parser, parser.parse_args([])).output == publishing.default_folder()


def test_an_output_that_is_a_link_stays_one_and_what_it_points_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "disk/hadoop").mkdir(parents=True)
    (tmp_path / "www").symlink_to("disk/hadoop")
    parser = cli._parser()
    options = cli._options(parser, parser.parse_args(["--output", str(tmp_path / "www")]))
    (tmp_path / "new").mkdir()
    (tmp_path / "new/dists").touch()
    builder._replace(options.output, tmp_path / "new")
    assert (tmp_path / "www").is_symlink()
    assert (tmp_path / "www/dists").exists()
    assert [path.name for path in (tmp_path / "disk").iterdir()] == ["hadoop"]


def test_a_directory_that_holds_something_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/precious").touch()
    done = build("--output", str(tmp_path / "out"), "--key-dir", str(tmp_path / "key"))
    assert done.returncode == 1
    assert "choose another --output" in done.stderr
    assert (tmp_path / "out/precious").exists()


@pytest.mark.parametrize(
    ("says", "message"),
    [
        ("[ERROR] Could not transfer artifact: Unknown host", "check the network"),
        ("[ERROR] java.io.IOException: No space left on device", "a build needs about 500 MB"),
        ("\x1b[0m[ERROR] \n[ERROR] Could not find x:y\n[ERROR] Re-run", "pom.xml\nCould not find x:y\n"),
    ],
)
def test_a_failed_fetch_says_why_and_leaves_nothing_behind(
    tmp_path: Path, key_dir: Path, failing_maven: dict[str, str], says: str, message: str
) -> None:
    site = tmp_path / "site"
    done = build("--output", str(site / "out"), "--key-dir", str(key_dir), MAVEN_SAYS=says, **failing_maven)
    assert done.returncode == 1
    assert message in done.stderr
    assert [path.name for path in site.iterdir()] == [".out.lock"]


def test_a_missing_maven_says_what_to_install(tmp_path: Path, key_dir: Path) -> None:
    for name in ("setpriv", "gpg", "gpgconf", "gpg-agent", "dpkg-deb"):
        path = shutil.which(name)
        if path:
            (tmp_path / "bin").mkdir(exist_ok=True)
            (tmp_path / "bin" / name).symlink_to(os.path.realpath(path))
    done = build("--output", str(tmp_path / "out"), "--key-dir", str(key_dir), PATH=str(tmp_path / "bin"))
    assert done.returncode == 1
    assert "mvn is not installed: apt-get install maven" in done.stderr


def test_a_failed_build_keeps_the_repository_of_the_last_one(
    tmp_path: Path, key_dir: Path, failing_maven: dict[str, str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "recipe.json").write_text(json.dumps({"recipe": "old", "key": "old"}))
    done = build("--output", str(out), "--key-dir", str(key_dir), MAVEN_SAYS="no", **failing_maven)
    assert done.returncode == 1
    assert json.loads((out / "recipe.json").read_text())["recipe"] == "old"


def test_a_current_repository_is_left_alone_without_maven(
    tmp_path: Path, key_dir: Path, failing_maven: dict[str, str]
) -> None:
    fingerprint = signing.fingerprint(signing.ensure_key(key_dir))
    out = tmp_path / "out"
    out.mkdir()
    (out / "recipe.json").write_text(json.dumps({"recipe": recipe_hash(PACKAGING), "key": fingerprint}))
    done = build("--output", str(out), "--key-dir", str(key_dir), **failing_maven)
    assert done.returncode == 0, done.stderr
    assert "is current" in done.stdout


def test_what_a_killed_build_left_is_removed_and_a_repository_set_aside_is_put_back(
    tmp_path: Path, key_dir: Path, failing_maven: dict[str, str]
) -> None:
    (tmp_path / ".out.build-abc/jars").mkdir(parents=True)
    (tmp_path / ".out.old-repository").mkdir()
    (tmp_path / ".out.old-repository/recipe.json").write_text("{}")
    build("--output", str(tmp_path / "out"), "--key-dir", str(key_dir), MAVEN_SAYS="no", **failing_maven)
    assert not (tmp_path / ".out.build-abc").exists()
    assert (tmp_path / "out/recipe.json").read_text() == "{}"


def test_a_generated_key_is_private_and_kept_for_the_next_build(key_dir: Path) -> None:
    path = signing.ensure_key(key_dir)
    assert path.stat().st_mode & 0o777 == 0o600
    first = path.read_text()
    assert signing.ensure_key(key_dir).read_text() == first


def test_a_file_that_is_no_secret_key_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "key.asc"
    wrong.write_text("not a key")
    with pytest.raises(SigningError, match=r"key\.asc"):
        signing.fingerprint(wrong)


def test_the_repositorys_index_and_signatures_verify_with_the_published_key(
    tmp_path: Path, key_dir: Path
) -> None:
    deb = tmp_path / "repo/pool/main/x_1_all.deb"
    deb.parent.mkdir(parents=True)
    deb.write_bytes(b"package")
    fields = {"Package": "x", "Version": "1", "Architecture": "all", "Description": "short\n long"}
    with signing.signer(signing.ensure_key(key_dir)) as signer:
        repository.write(tmp_path / "repo", [(fields, deb)], signer)
    dists = tmp_path / "repo/dists/hadoop"
    packages = gzip.decompress((dists / "main/binary-amd64/Packages.gz").read_bytes()).decode()
    assert "Filename: pool/main/x_1_all.deb\nSize: 7\n" in packages
    assert packages.endswith("Description: short\n long\n")
    assert f"{len(packages)} main/binary-amd64/Packages\n" in (dists / "Release").read_text()
    ring = tmp_path / "ring.gpg"
    asc = tmp_path / "repo" / repository.KEYRING
    subprocess.run(
        ["gpg", "--batch", "--dearmor", "-o", str(ring), str(asc)], check=True, capture_output=True
    )
    subprocess.run(
        ["gpgv", "--keyring", str(ring), str(dists / "InRelease")], check=True, capture_output=True
    )
    release = [str(dists / "Release.gpg"), str(dists / "Release")]
    subprocess.run(["gpgv", "--keyring", str(ring), *release], check=True, capture_output=True)
    (dists / "Release").write_text("changed")
    assert subprocess.run(
        ["gpgv", "--keyring", str(ring), *release], check=False, capture_output=True
    ).returncode


def test_the_key_file_is_written_beside_and_renamed(key_dir: Path) -> None:
    signing.ensure_key(key_dir)
    assert [path.name for path in key_dir.iterdir()] == [signing.KEY_FILE]


def test_the_output_is_replaced_as_a_whole(tmp_path: Path) -> None:
    output, new = tmp_path / "out", tmp_path / "new"
    for directory, name in ((output, "old-file"), (new, "new-file")):
        directory.mkdir()
        (directory / name).touch()
    builder._replace(output, new)
    assert [path.name for path in output.iterdir()] == ["new-file"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
