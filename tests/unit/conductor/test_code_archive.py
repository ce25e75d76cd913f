from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from conductor.errors import LocalError
from conductor.launching import code_archive


def git(checkout: Path, *argv: str) -> None:
    identity = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b",
    }
    env = {**os.environ, **identity, "GIT_CONFIG_GLOBAL": "/dev/null"}
    subprocess.run(["git", "-C", str(checkout), *argv], check=True, capture_output=True, env=env)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    path = tmp_path / "checkout"
    (path / "files").mkdir(parents=True)
    (path / "files" / "script").write_text("#!/bin/sh\n")
    (path / "files" / "script").chmod(0o755)
    (path / "manifest.pp").write_text("# one\n")
    (path / "link").symlink_to("files")
    git(path, "init", "-q")
    git(path, "add", "-A")
    git(path, "commit", "-q", "-m", "one")
    return path


def members(archive: code_archive.CodeArchive) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(archive.content)) as tar:
        return {member.name: member for member in tar}


def test_it_holds_the_tree_with_modes_and_links(checkout: Path) -> None:
    found = members(code_archive.build(checkout))
    assert sorted(found) == ["files", "files/script", "link", "manifest.pp"]
    assert found["files/script"].mode == 0o755
    assert found["manifest.pp"].mode == 0o644
    assert found["link"].linkname == "files"
    assert {member.uname for member in found.values()} == {"root"}


def test_another_commit_of_the_same_tree_is_the_same_archive(checkout: Path) -> None:
    before = code_archive.build(checkout)
    git(checkout, "commit", "-q", "--allow-empty", "--date", "2001-01-01T00:00:00", "-m", "two")
    assert code_archive.build(checkout).content == before.content
    assert before.key == f"code/{before.sha256}.tar.gz"


def test_another_tree_is_another_archive(checkout: Path) -> None:
    before = code_archive.build(checkout)
    (checkout / "manifest.pp").write_text("# two\n")
    git(checkout, "commit", "-q", "-a", "-m", "two")
    assert code_archive.build(checkout).sha256 != before.sha256


def test_what_is_not_committed_is_listed_and_not_in_it(checkout: Path) -> None:
    before = code_archive.build(checkout)
    assert before.uncommitted == []
    (checkout / "manifest.pp").write_text("# changed\n")
    (checkout / "new.pp").write_text("# new\n")
    after = code_archive.build(checkout)
    assert after.content == before.content
    assert sorted(after.uncommitted) == ["manifest.pp", "new.pp"]


def test_a_folder_that_is_no_checkout_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="is not a git checkout") as raised:
        code_archive.build(tmp_path)
    assert "clone" in raised.value.advice


def test_a_checkout_without_a_commit_fails_with_git_s_words(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(LocalError, match=r"git .*archive"):
        code_archive.build(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to give files away")
def test_a_checkout_that_belongs_to_somebody_else_works_under_sudo(checkout: Path) -> None:
    for path in [checkout, *checkout.rglob("*")]:
        os.chown(path, 12345, 12345, follow_symlinks=False)
    assert "manifest.pp" in members(code_archive.build(checkout))
