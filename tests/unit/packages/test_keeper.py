"""What is served is one whole version of what the bucket has, or what was served before."""

import contextlib
import errno
import os
import shutil
import tracemalloc
from collections import namedtuple

import pytest
from enrolment.errors import EnrolmentError, StoreUnavailableError
from enrolment.files import locked
from packages.errors import IncompleteError, KeepError, MalformedError

from tests.unit.packages import repository

FIRST = {"hadoop_1_all.deb": b"hadoop 1", "hadoop-hdfs_1_all.deb": b"hdfs 1"}
SECOND = {"hadoop_2_all.deb": b"hadoop 2", "hadoop-hdfs_1_all.deb": b"hdfs 1"}
LISTS = {
    f"dists/hadoop/main/binary-{architecture}/Packages{end}"
    for architecture in repository.ARCHITECTURES
    for end in ("", ".gz")
}
INDEX = {"dists/hadoop/InRelease", "hadoop-archive-keyring.asc"} | LISTS


def test_what_the_bucket_has_is_served(host):
    host.publish(FIRST)
    host.fetch()
    assert host.served.keys() == INDEX | {"pool/main/hadoop_1_all.deb", "pool/main/hadoop-hdfs_1_all.deb"}
    uploaded = repository.files(host.uploaded)
    assert all(body == uploaded[path] for path, body in host.served.items())


def test_what_is_served_may_be_read_by_anybody(host):
    os.umask(0o022)
    host.publish(FIRST)
    host.fetch()
    for path in (host.folder / "hadoop").resolve().rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path


def test_a_bucket_without_packages_is_no_error_and_changes_nothing(host):
    host.fetch()
    assert not (host.folder / "hadoop").exists()
    host.publish(FIRST)
    host.fetch()
    shutil.rmtree(host.uploaded)
    host.fetch()
    assert "pool/main/hadoop_1_all.deb" in host.served


def test_while_nothing_has_changed_one_question_is_asked(host):
    host.publish(FIRST)
    host.fetch()
    before = (host.folder / "hadoop").stat()
    host.fetch()
    assert host.asked == ["dists/hadoop/InRelease"]
    assert (host.folder / "hadoop").stat().st_ino == before.st_ino


def test_files_that_have_not_changed_are_not_fetched_again(host):
    host.publish(FIRST)
    host.fetch()
    host.publish(SECOND)
    host.fetch()
    assert [key for key in host.asked if key.startswith("pool/")] == ["pool/main/hadoop_2_all.deb"]
    assert host.served["pool/main/hadoop_2_all.deb"] == b"hadoop 2"
    assert host.served["pool/main/hadoop-hdfs_1_all.deb"] == b"hdfs 1"


def test_packages_of_the_version_before_are_there_for_nodes_that_have_its_lists_and_older_ones_not(host):
    host.publish(FIRST)
    host.fetch()
    host.publish(SECOND)
    host.fetch()
    assert host.served["pool/main/hadoop_1_all.deb"] == b"hadoop 1"
    host.publish({"hadoop_3_all.deb": b"hadoop 3"})
    host.fetch()
    assert {path for path in host.served if path.startswith("pool/")} == {
        "pool/main/hadoop_3_all.deb",
        "pool/main/hadoop_2_all.deb",
        "pool/main/hadoop-hdfs_1_all.deb",
    }


def test_a_package_that_has_changed_under_its_name_is_replaced(host):
    host.publish(FIRST)
    host.fetch()
    host.publish({**FIRST, "hadoop_1_all.deb": b"HADOOP 1"})
    host.fetch()
    assert host.served["pool/main/hadoop_1_all.deb"] == b"HADOOP 1"


def test_of_versions_only_the_one_that_is_served_is_left(host):
    for debs in (FIRST, SECOND, FIRST):
        host.publish(debs)
        host.fetch()
    assert [path.name for path in (host.folder / "versions").iterdir()] == [
        (host.folder / "hadoop").readlink().name
    ]


def damage(host, path, body):
    if body is None:
        (host.uploaded / path).unlink()
    else:
        (host.uploaded / path).write_bytes(body)


@pytest.mark.parametrize("path", sorted(LISTS | {"hadoop-archive-keyring.asc", "pool/main/hadoop_2_all.deb"}))
@pytest.mark.parametrize("body", [None, b"", b"hadoop 3", b"hadoop 2, and more"])
def test_half_an_upload_is_not_served_and_the_whole_one_is(host, path, body):
    host.publish(FIRST)
    host.fetch()
    before = host.served
    host.publish(SECOND)
    whole = (host.uploaded / path).read_bytes()
    damage(host, path, body)
    for _ in range(2):
        with pytest.raises((IncompleteError, MalformedError)):
            host.fetch()
        assert host.served == before
    damage(host, path, whole)
    host.fetch()
    assert host.served["pool/main/hadoop_2_all.deb"] == b"hadoop 2"


def test_half_a_first_upload_is_not_served_at_all(host):
    host.publish(FIRST)
    damage(host, "pool/main/hadoop_1_all.deb", None)
    with pytest.raises(IncompleteError):
        host.fetch()
    assert not (host.folder / "hadoop").exists()


@pytest.mark.parametrize("stop", range(7))
def test_a_store_that_does_not_answer_at_any_point_leaves_what_is_served_and_later_the_rest_is_fetched(
    host, stop
):
    host.publish({"a_1_all.deb": b"a"})
    host.fetch()
    before = host.served
    host.publish(FIRST)

    def fail(_):
        if len(host.asked) > stop:
            raise StoreUnavailableError("no answer")

    host.before = fail
    with pytest.raises(StoreUnavailableError):
        host.fetch()
    assert host.served == before
    got = {key for key in host.asked[:stop] if not key.endswith(("InRelease", ".asc"))}
    host.before = lambda _: None
    host.fetch()
    assert not got & set(host.asked)
    assert host.served["pool/main/hadoop_1_all.deb"] == b"hadoop 1"


def test_a_disk_without_room_is_seen_before_the_packages_are_fetched(host, monkeypatch):
    host.publish(FIRST)
    host.fetch()
    before = host.served
    host.publish(SECOND)
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(free=3))
    with pytest.raises(KeepError, match="MB free"):
        host.fetch()
    assert not [key for key in host.asked if key.startswith("pool/")]
    assert host.served == before


def test_a_disk_that_gets_full_leaves_what_is_served_and_gives_back_the_room(host, monkeypatch):
    host.publish(FIRST)
    host.fetch()
    before = host.served
    host.publish(SECOND)
    really = os.fsync
    synced = []

    def fsync(descriptor):
        synced.append(descriptor)
        if len(synced) > 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        really(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        with pytest.raises(KeepError, match="No space left"):
            host.fetch()
    assert host.served == before
    assert len(list((host.folder / "versions").iterdir())) == 1
    host.fetch()
    assert host.served["pool/main/hadoop_2_all.deb"] == b"hadoop 2"


def test_a_file_that_was_damaged_here_is_fetched_again_when_the_state_is_removed(host):
    host.publish(FIRST)
    host.fetch()
    (host.folder / "hadoop/pool/main/hadoop_1_all.deb").write_bytes(b"damaged!")
    (host.folder / "state.json").unlink()
    host.fetch()
    assert host.served["pool/main/hadoop_1_all.deb"] == b"hadoop 1"
    assert "pool/main/hadoop-hdfs_1_all.deb" not in host.asked


@pytest.mark.parametrize("state", [b"", b"[]", b"{", b'{"etag": 7}'])
def test_a_damaged_state_is_as_none(host, state):
    host.publish(FIRST)
    host.fetch()
    (host.folder / "state.json").write_bytes(state)
    host.publish(SECOND)
    host.fetch()
    assert host.served["pool/main/hadoop_2_all.deb"] == b"hadoop 2"


def test_what_is_served_was_removed_by_hand_and_comes_back(host):
    host.publish(FIRST)
    host.fetch()
    shutil.rmtree(host.folder / "versions")
    host.fetch()
    assert host.served["pool/main/hadoop_1_all.deb"] == b"hadoop 1"


def test_a_link_in_the_folder_of_a_bucket_is_not_served_as_a_link(host):
    host.publish(FIRST)
    path = host.uploaded / "pool/main/hadoop_1_all.deb"
    path.rename(host.root / "elsewhere")
    path.symlink_to(host.root / "elsewhere")
    host.fetch()
    assert not [path for path in (host.folder / "hadoop").resolve().rglob("*") if path.is_symlink()]


def test_two_at_once_do_not_disturb_one_another(host, monkeypatch):
    monkeypatch.setattr("packages.keeper.LOCK_TIMEOUT", 0.0)
    host.publish(FIRST)
    with (
        locked(host.folder / "lock", timeout=1),
        pytest.raises(KeepError, match="locked by another process"),
    ):
        host.fetch()
    assert not host.served


def test_an_upload_that_goes_on_while_it_is_read_is_served_whole_or_not_at_all(host):
    host.publish(FIRST)
    names = sorted([*INDEX, "pool/main/hadoop_1_all.deb"])
    for name in names:
        host.publish(FIRST)
        host.before = lambda key, name=name: host.publish(SECOND) if key == name else None
        with contextlib.suppress(EnrolmentError):
            host.fetch()
        listed = host.served.get("dists/hadoop/main/binary-amd64/Packages", b"")
        for version in (FIRST, SECOND):
            if all(f"pool/main/{deb}\n".encode() in listed for deb in version):
                assert all(host.served[f"pool/main/{deb}"] == body for deb, body in version.items())


def test_a_package_of_many_megabytes_is_fetched_with_little_memory(host):
    host.publish({"big_1_all.deb": os.urandom(24 * 1024 * 1024)})
    tracemalloc.start()
    host.fetch()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024
