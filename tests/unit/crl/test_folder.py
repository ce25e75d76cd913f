import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from crl.errors import FolderError
from crl.folder import Folder, issuer_hash
from crl.lists import Crl, load_authorities, load_crls

from .conftest import NOW, Authority


def make(authority: Authority, number: int) -> Crl:
    pem = authority.crl(number, issued=NOW - timedelta(hours=1) + timedelta(seconds=number))
    return next(iter(load_crls(pem, load_authorities(authority.certificate())).values()))


def names(folder: Path) -> list[str]:
    links = [path.name for path in folder.iterdir() if path.is_symlink()]
    return sorted(links, key=lambda name: int(name.rpartition("r")[2]))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def read_as_a_new_child(folder: Folder, issuer: str) -> list[bytes]:
    """What an OpenSSL that starts now reads: every name up to the first that is missing."""
    contents: list[bytes] = []
    while (name := folder.path / f"{issuer}.r{len(contents)}").exists():
        done = subprocess.run(["openssl", "crl", "-in", name], capture_output=True, check=True, timeout=10)
        contents.append(done.stdout)
    return contents


def test_names_are_those_that_openssl_looks_for(folder: Folder, authority: Authority) -> None:
    crl = make(authority, 1)
    folder.put(crl)
    done = subprocess.run(
        ["openssl", "crl", "-hash", "-noout"], input=crl.pem, capture_output=True, check=True, timeout=10
    )
    assert names(folder.path) == [f"{done.stdout.decode().strip()}.r0"]


def test_each_new_list_takes_the_next_name_and_the_old_names_lead_to_it(
    folder: Folder, authority: Authority
) -> None:
    crls = [make(authority, number) for number in range(4)]
    issuer = issuer_hash(crls[0].pem)
    for crl in crls:
        assert folder.put(crl)
    assert names(folder.path) == [f"{issuer}.r{index}" for index in range(4)]
    assert read_as_a_new_child(folder, issuer) == [crls[3].pem] * 4
    assert folder.names() == 4


def test_files_of_superseded_lists_do_not_pile_up(folder: Folder, authority: Authority) -> None:
    for number in range(20):
        folder.put(make(authority, number))
    assert [path.suffix for path in folder.path.iterdir() if not path.is_symlink()] == [".pem"]


def test_a_list_that_is_in_force_is_not_written_again(folder: Folder, authority: Authority) -> None:
    crl = make(authority, 1)
    assert folder.put(crl)
    before = (folder.path / names(folder.path)[0]).stat()
    assert not folder.put(crl)
    after = (folder.path / names(folder.path)[0]).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_at_no_moment_of_a_change_is_a_name_missing(
    folder: Folder, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    crls = [make(authority, number) for number in range(5)]
    issuer = issuer_hash(crls[0].pem)
    for crl in crls[:4]:
        folder.put(crl)
    seen: list[list[bytes]] = []

    def watched(real: object, *args: object) -> object:
        seen.append(read_as_a_new_child(folder, issuer))
        result = real(*args)  # type: ignore[operator]
        seen.append(read_as_a_new_child(folder, issuer))
        return result

    for operation in ("rename", "unlink", "symlink_to"):
        real = getattr(Path, operation)
        monkeypatch.setattr(
            Path, operation, lambda self, *args, real=real, **kw: watched(lambda: real(self, *args, **kw))
        )
    folder.put(crls[4])
    assert len(seen) > 4
    assert all(contents[-1] in (crls[3].pem, crls[4].pem) and len(contents) >= 4 for contents in seen)


def test_a_gap_that_a_crash_left_is_closed_by_the_next_list(folder: Folder, authority: Authority) -> None:
    crls = [make(authority, number) for number in range(4)]
    issuer = issuer_hash(crls[0].pem)
    for crl in crls[:3]:
        folder.put(crl)
    (folder.path / f"{issuer}.r1").unlink()
    folder.put(crls[3])
    assert read_as_a_new_child(folder, issuer) == [crls[3].pem] * 4


def test_a_list_whose_name_a_crash_prevented_gets_it_at_the_next_run(
    folder: Folder, authority: Authority
) -> None:
    crls = [make(authority, number) for number in range(2)]
    issuer = issuer_hash(crls[0].pem)
    for crl in crls:
        folder.put(crl)
    (folder.path / f"{issuer}.r1").unlink()  # without it a running Apache does not look
    assert not folder.put(crls[1])
    assert names(folder.path) == [f"{issuer}.r0", f"{issuer}.r1"]


def test_a_file_under_a_name_of_ours_becomes_a_link(folder: Folder, authority: Authority) -> None:
    crls = [make(authority, number) for number in range(2)]
    issuer = issuer_hash(crls[0].pem)
    (folder.path / f"{issuer}.r0").write_bytes(crls[0].pem)
    folder.put(crls[1])
    assert read_as_a_new_child(folder, issuer) == [crls[1].pem]


def test_compacting_leaves_the_newest_list_as_the_first_name(folder: Folder, authority: Authority) -> None:
    crls = [make(authority, number) for number in range(3)]
    issuer = issuer_hash(crls[0].pem)
    for crl in crls:
        folder.put(crl)
    folder.compact()
    assert names(folder.path) == [f"{issuer}.r0"]
    assert read_as_a_new_child(folder, issuer) == [crls[2].pem]
    folder.compact()
    assert read_as_a_new_child(folder, issuer) == [crls[2].pem]


def test_compacting_takes_away_what_an_earlier_form_of_the_folder_left(
    folder: Folder, authority: Authority
) -> None:
    old, new = make(authority, 0), make(authority, 1)
    issuer = issuer_hash(old.pem)
    folder.path.mkdir(exist_ok=True)
    for index in range(3):
        (folder.path / f"{issuer}.r{index}").write_bytes(old.pem)
    folder.put(new)
    folder.compact()
    assert names(folder.path) == [f"{issuer}.r0"]
    assert read_as_a_new_child(folder, issuer) == [new.pem]


def test_a_compacting_that_was_cut_short_leaves_no_gap_and_is_mended(
    folder: Folder, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    crls = [make(authority, number) for number in range(6)]
    issuer = issuer_hash(crls[0].pem)
    for crl in crls[:5]:
        folder.put(crl)
    unlink = Path.unlink

    def dies_at_r2(path: Path, missing_ok: bool = False) -> None:
        if path.name.endswith(".r2"):
            raise KeyboardInterrupt
        unlink(path, missing_ok)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "unlink", dies_at_r2)
        folder.compact()
    assert read_as_a_new_child(folder, issuer) == [crls[4].pem] * 3
    assert folder.newest() == crls[4].pem
    folder.put(crls[5])
    assert read_as_a_new_child(folder, issuer) == [crls[5].pem] * 4
    folder.compact()
    assert read_as_a_new_child(folder, issuer) == [crls[5].pem]


def test_lists_of_two_issuers_do_not_touch_each_other(folder: Folder, authority: Authority) -> None:
    other = Authority(name="Puppet Root CA: test")
    mine, theirs = make(authority, 1), make(other, 1)
    folder.put(mine)
    folder.put(theirs)
    folder.put(make(authority, 2))
    folder.compact()
    assert read_as_a_new_child(folder, issuer_hash(theirs.pem)) == [theirs.pem]
    assert theirs.pem in folder.newest()


def test_files_of_other_names_are_left_alone(folder: Folder, authority: Authority) -> None:
    (folder.path / "README").write_text("mine")
    folder.put(make(authority, 1))
    folder.compact()
    assert (folder.path / "README").read_text() == "mine"


def test_a_folder_that_is_not_there_is_an_error_that_names_it(tmp_path: Path, authority: Authority) -> None:
    with pytest.raises(FolderError, match="nosuch"):
        Folder(tmp_path / "nosuch").put(make(authority, 1))
