"""The image's cache: rebuilt when its recipe changes, and never half built."""

import subprocess
from pathlib import Path

import pytest

from lab import host
from lab.errors import CommandFailed, HostUnfit, LabError
from lab.image import build
from lab.releases import DEFAULT, RELEASES


@pytest.fixture(autouse=True)
def _room(monkeypatch: pytest.MonkeyPatch) -> None:
    """These images are empty: a small /tmp has room for them."""
    monkeypatch.setattr(host, "FREE_BYTES_FOR_BUILDS", 0)


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    path.write_text("one CA")
    return path


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    return folder


def test_another_suite_or_another_ca_makes_another_image(authority: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text("another CA")
    hashes = {
        build.recipe_hash(DEFAULT, authority),
        build.recipe_hash(RELEASES["bookworm"], authority),
        build.recipe_hash(DEFAULT, other),
    }
    assert len(hashes) == 3
    assert build.recipe_hash(DEFAULT, authority) in hashes


def test_a_failed_build_leaves_no_half_image_and_names_its_log(
    cache: Path, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(root: Path, *_: object) -> None:
        (root / "bin").mkdir(parents=True)
        raise CommandFailed(["mmdebstrap"], "exit code 1", "E: no network")

    monkeypatch.setattr(build, "_bootstrap", fail)
    with pytest.raises(LabError, match=r"E: no network[\s\S]*whole log: .*image\.log"):
        build.ensure(cache, DEFAULT, authority, cache / "image.log")
    assert list(cache.iterdir()) == []


def test_an_interrupted_build_leaves_no_half_image(
    cache: Path, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(root: Path, *_: object) -> None:
        root.mkdir()
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "_bootstrap", interrupt)
    with pytest.raises(KeyboardInterrupt):
        build.ensure(cache, DEFAULT, authority, cache / "image.log")
    assert list(cache.iterdir()) == []


def test_an_image_of_the_same_recipe_is_taken_from_the_cache_and_an_older_one_is_removed(
    cache: Path, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = []
    monkeypatch.setattr(build, "_bootstrap", lambda root, *_: (root.mkdir(), built.append(root)))
    monkeypatch.setattr(build, "_configure", lambda *_: None)
    first = build.ensure(cache, DEFAULT, authority, cache / "log")
    assert build.ensure(cache, DEFAULT, authority, cache / "log") == first
    authority.write_text("a new CA")
    second = build.ensure(cache, DEFAULT, authority, cache / "log")
    assert len(built) == 2
    assert not first.root.exists()
    assert second.root.exists()


def test_a_full_disk_is_told_before_the_build_with_what_to_do(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "FREE_BYTES_FOR_BUILDS", 1 << 60)
    with pytest.raises(HostUnfit, match="LAB_STATE_DIR"):
        host.require_space(cache)


def test_what_the_machine_lacks_is_told_at_once_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host.os, "geteuid", lambda: 0)
    monkeypatch.setattr(host, "COMMANDS", {"no-such-command": "no-such-package", "sh": "dash"})
    monkeypatch.setattr(host, "_missing_features", lambda: ["overlay file systems"])
    with pytest.raises(HostUnfit, match=r"apt-get install no-such-package\n  - overlay file systems"):
        host.require_fit()


def test_without_root_the_lab_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host.os, "geteuid", lambda: 1000)
    with pytest.raises(HostUnfit, match="sudo"):
        host.require_fit()


def test_a_limit_that_a_dozen_instances_use_up_is_raised_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = tmp_path / "max_user_instances"
    limit.write_text("128\n")
    monkeypatch.setattr(host, "INOTIFY_LIMIT", limit)
    told = host.make_room_for_instances()
    assert told is not None
    assert "from 128 to 1024" in told
    assert limit.read_text() == "1024"
    assert host.make_room_for_instances() is None


def apt_says(monkeypatch: pytest.MonkeyPatch, listing: str) -> None:
    monkeypatch.setattr(host, "run", lambda _argv: subprocess.CompletedProcess([], 0, stdout=listing))


def test_the_archive_is_the_one_that_the_machine_s_own_apt_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    apt_says(
        monkeypatch,
        "W: a warning of apt's\n"
        "DEP-11 Debian bookworm main http://mirror/debian/\n"
        "Packages Other stable main http://other/\n"
        "Packages Debian bookworm contrib http://mirror/contrib/\n"
        "Packages Debian bookworm main http://mirror/debian/\n"
        "Packages Debian bookworm-updates main http://elsewhere/debian/\n"
        "Packages Debian bookworm-security main http://mirror/security/\n",
    )
    assert host.archive() == ("http://mirror/debian", "http://mirror/security")


def test_without_a_debian_archive_the_operator_is_sent_to_apt(monkeypatch: pytest.MonkeyPatch) -> None:
    apt_says(monkeypatch, "Packages Other stable main http://other/\n")
    with pytest.raises(HostUnfit, match="apt-get update"):
        host.archive()
