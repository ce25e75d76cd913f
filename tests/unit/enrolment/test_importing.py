import dataclasses
import errno
import itertools
import shutil

import pytest
from enrolment.authority import Authority
from enrolment.consistency import check_consistency
from enrolment.errors import AuthorityError
from enrolment.files import write_atomic
from enrolment.importing import read_ca, write_ca
from enrolment.request import parse_request

from tests.unit.enrolment.support import csr


@pytest.fixture
def source(authority):
    """A CA's directory as puppetserver leaves it, with a certificate in force and a revoked one."""
    with authority.transaction() as transaction:
        for name in ("node-1", "node-2"):
            transaction.sign(parse_request(csr(name)), name)
        transaction.revoke(["node-2"])
    return authority.root


@pytest.fixture
def target(config, tmp_path):
    (tmp_path / "new").mkdir()
    return Authority(dataclasses.replace(config, cadir=str(tmp_path / "new")))


def take_over(target, source):
    found = read_ca(source)
    with target.transaction():
        return write_ca(target, found)


def test_a_ca_that_was_taken_over_goes_on_as_the_old_one(source, target):
    assert take_over(target, source) == 2
    assert check_consistency(target) == []
    assert target.key_path.stat().st_mode & 0o777 == 0o600
    assert not target.is_revoked(target.certificate("node-1"))
    assert target.is_revoked(target.certificate("node-2"))
    with target.transaction() as transaction:
        transaction.sign(parse_request(csr("node-3")), "node-3")
        transaction.revoke(["node-1"])
    assert len(target.crl()) == 2
    assert check_consistency(target) == []


def test_the_old_directory_is_left_as_it_is(source, target):
    before = {path: path.read_bytes() for path in source.rglob("*") if path.is_file()}
    take_over(target, source)
    assert before == {path: path.read_bytes() for path in source.rglob("*") if path.is_file()}


def test_an_existing_ca_is_never_overwritten(source, target):
    with target.transaction() as transaction:
        transaction.create()
    key = target.key_path.read_bytes()
    with pytest.raises(AuthorityError, match="already"):
        take_over(target, source)
    assert target.key_path.read_bytes() == key


@pytest.mark.parametrize("step", range(8))
def test_an_import_that_is_cut_short_makes_no_other_ca_and_can_be_run_again(
    source, target, step, monkeypatch
):
    (source / "serial").write_text("0003")
    writes = itertools.count()

    def write_or_fail(*args, **kwargs):
        if next(writes) == step:
            raise OSError(errno.ENOSPC, "No space left on device")
        write_atomic(*args, **kwargs)

    monkeypatch.setattr("enrolment.importing.write_atomic", write_or_fail)
    with pytest.raises(AuthorityError, match="No space"):
        take_over(target, source)
    assert not target.exists()
    if step > 0:
        with (
            pytest.raises(AuthorityError, match="run the `puppet_ca import`"),
            target.transaction() as changes,
        ):
            changes.create()
    assert take_over(target, source) == 2
    assert check_consistency(target) == []
    assert target.certificate_path.read_bytes() == (source / "ca_crt.pem").read_bytes()


def other_ca(target, name):
    """Return a file of an unrelated CA."""
    root = target.root.with_name("unrelated")
    root.mkdir()
    other = Authority(dataclasses.replace(target.config, cadir=str(root)))
    with other.transaction() as transaction:
        transaction.create()
    return (root / name).read_bytes()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda source, _: (source / "ca_key.pem").unlink(), "ca_key.pem: No such file"),
        (lambda source, _: (source / "inventory.txt").unlink(), "inventory.txt: No such file"),
        (lambda source, _: (source / "ca_crt.pem").write_text("x"), "holds no certificate"),
        (lambda source, _: (source / "ca_crl.pem").write_text("x"), "not exactly one revocation list"),
        (lambda source, _: (source / "ca_key.pem").write_text("x"), "(?i)could not deserialize|load"),
        (lambda source, _: (source / "inventory.txt").write_text(""), "inventory does not know"),
        (lambda source, _: (source / "signed/node-1.pem").write_text("x"), "damaged"),
        (
            lambda source, _: shutil.copy(source / "signed/node-1.pem", source / "signed/UP.pem"),
            "not a certname",
        ),
        (lambda s, t: (s / "ca_key.pem").write_bytes(other_ca(t, "ca_key.pem")), "does not belong"),
        (
            lambda s, t: (s / "ca_crl.pem").write_bytes(other_ca(t, "ca_crl.pem")),
            "not exactly one revocation list",
        ),
        (
            lambda s, t: (s / "ca_crt.pem").write_bytes((s / "ca_crt.pem").read_bytes() * 2),
            "does not belong to the CA's certificate",
        ),
        (
            lambda s, t: shutil.copy(s / "signed/node-1.pem", s / "ca_crt.pem"),
            "does not belong to the CA's certificate",
        ),
    ],
)
def test_a_directory_that_is_not_whole_is_refused_before_anything_is_written(source, target, spoil, words):
    spoil(source, target)
    with pytest.raises(AuthorityError, match=words):
        take_over(target, source)
    assert list(target.root.rglob("*.pem")) == []
