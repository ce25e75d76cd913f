"""puppet_ca backup and restore: what is kept, what is refused, and what masters take of a restored CA."""

import dataclasses
import datetime
import hashlib
import io
import json
import os
import shutil
import tarfile

import pytest
from crl.errors import RefusedError
from crl.lists import check, load_crls
from cryptography.hazmat.primitives.serialization import Encoding
from enrolment import crl as crls
from enrolment.authority import Authority
from enrolment.backup import archive, read_archive, read_living
from enrolment.chain import load_chain
from enrolment.consistency import check_consistency
from enrolment.errors import AuthorityError
from enrolment.importing import Source
from enrolment.ledger import Learned, folder, learn, tell
from enrolment.request import parse_request
from enrolment.restoring import brought_up_to_date, put_in_place
from enrolment.sweep import revoke_terminated

from tests.unit.enrolment.chains import PuppetserverCa
from tests.unit.enrolment.faults import FAULTS, steps
from tests.unit.enrolment.support import csr, record

NOTHING = Learned((), (), ())
YEAR = 365 * 24 * 3600


def sign(authority, *names):
    with authority.transaction() as transaction:
        for name in names:
            transaction.sign(parse_request(csr(name)), name)


def revoke(authority, *names):
    with authority.transaction() as transaction:
        transaction.revoke(names)


def clean(authority, *names):
    with authority.transaction() as transaction:
        transaction.clean(names)


def later(clock, **span):
    clock.now += datetime.timedelta(**span)


@pytest.fixture
def lost(authority):
    """A CA that has signed node-1 and node-2 and revoked the latter, and is to be backed up and lost."""
    sign(authority, "node-1", "node-2")
    revoke(authority, "node-2")
    return authority


@pytest.fixture
def new(config, clock, tmp_path):
    """A new host's CA directory, empty."""
    (tmp_path / "new").mkdir(mode=0o750)
    return Authority(dataclasses.replace(config, cadir=str(tmp_path / "new")), clock=clock)


def back_up(authority):
    return archive(read_living(authority), authority.clock())


def restore(target, backup, *, learned=NOTHING, **options):
    source, _ = read_archive("the backup", io.BytesIO(backup))
    restored = brought_up_to_date(source, learned, target.clock(), YEAR)
    put_in_place(target, restored.source, force=options.pop("force", False), **options)
    return restored


def assert_taken_after(target, *earlier):
    """Masters that have any of the ``earlier`` lists put the CA's own in force."""
    authorities = list(target.chain())
    (own,) = load_crls(target.crl().public_bytes(Encoding.PEM), authorities).values()
    for pem in earlier:
        (held,) = load_crls(pem, authorities).values()
        check(own, held, target.clock())


def own_list(authority):
    return authority.crl().public_bytes(Encoding.PEM)


# backup and restore


def test_a_restored_ca_is_the_ca(lost, new, clock):
    backup = back_up(lost)
    later(clock, minutes=1)
    restore(new, backup)
    assert check_consistency(new) == []
    assert new.issuer() == lost.issuer()
    assert new.signed_names() == ["node-1", "node-2"]
    assert not new.is_revoked(new.certificate("node-1"))
    assert new.is_revoked(new.certificate("node-2"))
    sign(new, "node-3")
    revoke(new, "node-1")
    assert check_consistency(new) == []


def test_modes_are_those_of_a_ca(lost, new):
    restore(new, back_up(lost))
    assert new.root.stat().st_mode & 0o777 == 0o750
    assert new.key_path.stat().st_mode & 0o777 == 0o600
    assert new.crl_path.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in new.root.parent.glob("*new*")] == ["new"]


def test_a_backup_of_a_ca_that_is_not_in_order_is_not_made(lost):
    (lost.root / "inventory.txt").write_bytes(b"")
    with pytest.raises(AuthorityError, match="the inventory does not know"):
        back_up(lost)


def test_a_chain_is_backed_up_and_restored(config, clock, new, tmp_path):
    found = PuppetserverCa(tmp_path / "source")
    authority = Authority(dataclasses.replace(config, cadir=str(found.write())), clock=clock)
    restore(new, back_up(authority))
    assert check_consistency(new) == []
    assert new.chain() == (found.intermediate, found.root)
    assert new.lists().others == (found.root_list,)


def test_a_later_root_list_is_taken_too(config, clock, new, tmp_path):
    found = PuppetserverCa(tmp_path / "source")
    authority = Authority(dataclasses.replace(config, cadir=str(found.write())), clock=clock)
    root_list = found.new_root_list(found.root_list)
    restore(new, back_up(authority), learned=Learned((), (), (root_list,)))
    assert new.lists().others == (root_list,)


# what is no backup


def altered(backup, change):
    """The backup with its members (name to content) changed."""
    with tarfile.open(fileobj=io.BytesIO(backup)) as tar:
        members = {entry.name: tar.extractfile(entry).read() for entry in tar}
    change(members)
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return target.getvalue()


def replace(name, content):
    return lambda members: members.update({name: content})


def of_another_format(members):
    members["manifest.json"] = json.dumps({**json.loads(members["manifest.json"]), "format": 2}).encode()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (replace("inventory.txt", b""), "its SHA-256 differs"),
        (replace("signed/node-1.pem", b"x"), "its SHA-256 differs"),
        (replace("signed/node-9.pem", b"x"), "is not of it"),
        (replace("../ca_key.pem", b"x"), "is not of it"),
        (lambda members: members.pop("signed/node-1.pem"), "signed/node-1.pem is missing"),
        (lambda members: members.pop("ca_key.pem"), "ca_key.pem is missing"),
        (lambda members: members.pop("manifest.json"), "no backup of"),
        (replace("manifest.json", b"[]"), "no backup of"),
        (of_another_format, "of another version"),
    ],
)
def test_a_backup_that_was_changed_is_refused_and_nothing_is_written(lost, new, change, reason):
    backup = altered(back_up(lost), change)
    with pytest.raises(AuthorityError, match=reason):
        restore(new, backup)
    assert list(new.root.iterdir()) == []


@pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "signed/../../escaped.pem", "ledger.json"])
def test_a_name_that_no_backup_has_is_refused_though_the_manifest_has_it(lost, new, name):
    def add(members):
        manifest = json.loads(members["manifest.json"])
        manifest["sha256"][name] = hashlib.sha256(b"x").hexdigest()
        members |= {"manifest.json": json.dumps(manifest).encode(), name: b"x"}

    with pytest.raises(AuthorityError, match=r"no backup of|not a certname"):
        restore(new, altered(back_up(lost), add))
    assert list(new.root.iterdir()) == []
    assert not (new.root.parent / "escaped").exists()


def test_what_is_cut_off_anywhere_is_refused(lost):
    backup = back_up(lost)
    with tarfile.open(fileobj=io.BytesIO(backup)) as tar:
        end = max(entry.offset_data + entry.size for entry in tar)
    for length in range(0, end, 97):
        with pytest.raises(AuthorityError):
            read_archive("a part", io.BytesIO(backup[:length]))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_only_plain_files_are_taken(kind):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        entry = tarfile.TarInfo("ca_key.pem")
        entry.type, entry.linkname = kind, "/etc/shadow"
        tar.addfile(entry)
    with pytest.raises(AuthorityError, match="no backup"):
        read_archive("a link", io.BytesIO(target.getvalue()))


def test_a_key_of_another_ca_is_refused(lost, new, config, clock, tmp_path):
    """Right hashes, wrong parts: whoever made the archive mixed two CAs."""
    (tmp_path / "other").mkdir()
    other = Authority(dataclasses.replace(config, cadir=str(tmp_path / "other")), clock=clock)
    with other.transaction() as transaction:
        transaction.create()
    source = read_living(lost)
    mixed = Source({**source.files, "ca_key.pem": other.key_path.read_bytes()}, source.signed)
    with pytest.raises(AuthorityError, match="the key does not belong"):
        restore(new, archive(mixed, clock()))
    assert list(new.root.iterdir()) == []


# the list that masters take


def test_masters_take_the_restored_list_whatever_the_lost_ca_has_issued_since(lost, new, clock):
    backup = back_up(lost)
    held = [own_list(lost)]
    for number in range(40):  # a burst, the fastest that numbers can rise
        with lost.transaction() as transaction:
            transaction.renew_crl()
        held.append(own_list(lost))
        later(clock, seconds=number % 2)
    later(clock, minutes=2)
    with lost.transaction() as transaction:
        transaction.renew_crl()
    held.append(own_list(lost))
    later(clock, seconds=1)
    restore(new, backup)
    assert_taken_after(new, *held)


def test_a_list_of_the_backup_itself_would_be_refused(lost, clock):
    """What the jump is for."""
    old = own_list(lost)
    revoke(lost, "node-1")
    authorities = list(lost.chain())
    (old_one,), (held,) = (load_crls(pem, authorities).values() for pem in (old, own_list(lost)))
    with pytest.raises(RefusedError, match="is not newer"):
        check(old_one, held, clock())


def test_a_second_restore_from_the_same_backup_is_taken_after_the_first(lost, new, clock, tmp_path):
    backup = back_up(lost)
    later(clock, minutes=1)
    restore(new, backup)
    held = [own_list(new)]
    for _ in range(10):
        with new.transaction() as transaction:
            transaction.renew_crl()
        held.append(own_list(new))
    later(clock, seconds=30)
    shutil.rmtree(new.root)
    new.root.mkdir()
    restore(new, backup)
    assert_taken_after(new, *held)


def test_a_later_list_brings_its_revocations(lost, new, clock):
    backup = back_up(lost)
    revoke(lost, "node-1")
    later(clock, hours=1)
    restored = restore(new, backup, learned=Learned((), (), (lost.crl(),)))
    assert restored.revocations == 1
    assert new.is_revoked(new.certificate("node-1"))
    assert_taken_after(new, own_list(lost))


def test_a_list_that_the_ca_has_not_signed_teaches_it_nothing(lost, new, tmp_path):
    stranger = PuppetserverCa(tmp_path / "stranger").list
    restored = restore(new, back_up(lost), learned=Learned((), (), (stranger,)))
    assert restored.revocations == 0
    assert len(new.crl()) == 1


# what the bucket knows


def test_the_bucket_is_told_what_is_new_and_nothing_else(lost, store):
    assert tell(lost, store) == 2
    assert tell(lost, store) == 0
    sign(lost, "node-3")
    assert tell(lost, store) == 1
    revoke(lost, "node-3")
    assert tell(lost, store) == 1


def test_many_certificates_are_told_in_pieces(lost, store, monkeypatch):
    monkeypatch.setattr("enrolment.ledger.LINES", 2)
    sign(lost, *(f"more-{number}" for number in range(5)))
    tell(lost, store)
    learned = learn(lost.issuer(), store)
    assert len(learned.entries) == 8  # with the CA's own
    assert len(learned.certificates) == 7
    assert learned.lists[0] == lost.crl()


def test_a_bucket_that_is_only_read_is_told_nothing(lost):
    class ReadOnly:
        url = "https://nodes.s3.amazonaws.com"

    assert tell(lost, ReadOnly()) == 0


def test_what_was_half_told_is_told_again(lost, store, monkeypatch):
    put, count = store.put, iter(range(10))

    def once(key, body, kind="x"):
        if next(count) == 1:
            raise ConnectionError
        return put(key, body, kind)

    monkeypatch.setattr(store, "put", once)
    with pytest.raises(ConnectionError):
        tell(lost, store)
    assert tell(lost, store) == 1
    assert learn(lost.issuer(), store).lists == (lost.crl(),)


def test_a_restored_ca_knows_what_came_after_the_backup(lost, new, store, clock, log):
    backup = back_up(lost)
    old = lost.certificate("node-1")
    sign(lost, "node-3", "node-4", "node-5")
    with lost.transaction() as transaction:
        transaction.renew(old)
    renewed = lost.certificate("node-1")
    clean(lost, "node-4")
    revoke(lost, "node-5")
    tell(lost, store)
    later(clock, minutes=10)
    restored = restore(new, backup, learned=learn(lost.issuer(), store))
    assert restored.certificates == 4
    assert restored.revocations == 2
    assert check_consistency(new) == []
    assert new.certificate("node-1") == renewed
    assert new.certificate("node-3") == lost.certificate("node-3")
    assert new.certificate("node-4") is None
    # A name is signed once: who has the secret of the same launch does not get another's.
    assert not new.is_revoked(new.certificate("node-3"))
    later(clock, seconds=2)
    store.put("terminated/node-3", record())
    store.put("terminated/node-1", record())
    assert revoke_terminated(new, store, log, force=False) == ["node-1", "node-3"]
    assert {old.serial_number, renewed.serial_number} <= new.lists().serials
    assert_taken_after(new, own_list(lost))


def test_another_ca_of_the_same_bucket_neither_learns_nor_overwrites(lost, new, store):
    tell(lost, store)
    with new.transaction() as transaction:
        transaction.create()
    tell(new, store)
    assert len(learn(lost.issuer(), store).certificates) == 2
    assert len(learn(new.issuer(), store).entries) == 1


def test_a_certificate_that_the_ca_has_not_signed_is_not_learned(lost, store, tmp_path):
    tell(lost, store)
    key = folder(lost.issuer()) + "0" * 15 + ".pem"
    stranger = PuppetserverCa(tmp_path / "stranger").node
    store.put(key, store.get(key).body + stranger.public_bytes(Encoding.PEM))
    with pytest.raises(AuthorityError, match="this CA has not issued"):
        learn(lost.issuer(), store)


def test_a_certificate_is_of_the_name_that_the_ca_has_signed_whatever_the_bucket_says(lost, new, store):
    backup = back_up(lost)
    sign(lost, "node-3")
    tell(lost, store)
    key = folder(lost.issuer()) + "0" * 15 + ".pem"
    store.put(key, store.get(key).body.replace(b"/CN=node-3", b"/CN=node-1"))
    restore(new, backup, learned=learn(lost.issuer(), store))
    serial = lost.certificate("node-3").serial_number
    assert new.inventory.holds(serial, "node-3")
    assert not new.inventory.holds(serial, "node-1")


def test_the_restored_ca_tells_all_that_it_knows(lost, new, store, clock):
    backup = back_up(lost)
    tell(lost, store)
    restore(new, backup, learned=learn(lost.issuer(), store))
    sign(new, "node-9")
    tell(new, store)
    names = {entry.name for _, entry in learn(new.issuer(), store).entries}
    assert {"node-1", "node-2", "node-9"} <= names


# a CA that is there already


def test_a_living_ca_is_not_replaced(lost, new):
    backup = back_up(lost)
    with new.transaction() as transaction:
        transaction.create()
    before = {path: path.read_bytes() for path in new.root.rglob("*") if path.is_file()}
    with pytest.raises(AuthorityError, match="there is a CA in"):
        restore(new, backup)
    assert before == {path: path.read_bytes() for path in new.root.rglob("*") if path.is_file()}


def test_by_force_a_living_ca_is_replaced_and_kept(lost, new):
    backup = back_up(lost)
    with new.transaction() as transaction:
        transaction.create()
    key = new.key_path.read_bytes()
    restore(new, backup, force=True)
    assert new.issuer() == lost.issuer()
    (kept,) = new.root.parent.glob("new.replaced-*")
    assert (kept / "ca_key.pem").read_bytes() == key
    assert kept.stat().st_mode & 0o777 == 0o750


def test_a_replaced_ca_is_kept_though_the_restore_was_cut_short_before_it_had_its_name(
    lost, new, monkeypatch
):
    backup = back_up(lost)
    with new.transaction() as transaction:
        transaction.create()
    replaced = new.issuer()
    with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):
        cut.setattr("enrolment.restoring._keep", raise_interrupt)
        restore(new, backup, force=True)
    restore(new, backup, force=True)
    restore(new, backup, force=True)
    kept = sorted(new.root.parent.glob("new.replaced-*"))
    issuers = [load_chain((each / "ca_crt.pem").read_bytes())[0] for each in kept]
    assert issuers == [replaced, lost.issuer(), lost.issuer()]
    assert not (new.root / "unfinished").exists()


def raise_interrupt(*_):
    raise KeyboardInterrupt


def test_who_waits_for_the_lock_is_let_in_after_a_restore_and_not_before(lost, new):
    """The lock stays the same file: nobody holds it in one place while another does so in the other."""
    with new.transaction():
        pass
    inode = (new.root / "lock").stat().st_ino
    restore(new, back_up(lost))
    assert (new.root / "lock").stat().st_ino == inode


def test_puppetdb_is_told_of_terminated_nodes_again(lost, new):
    restore(new, back_up(lost), terminated=["node-7"])
    assert [path.name for path in (new.root / "deactivate").iterdir()] == ["node-7"]


# cut short


@pytest.mark.faults
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("living", [False, True])
def test_a_restore_that_was_cut_short_has_changed_nothing_or_all(lost, tmp_path, fault, living):
    """And it can be run again."""
    backup = back_up(lost)
    target = tmp_path / "target"

    def opened():
        return Authority(dataclasses.replace(lost.config, cadir=str(target / "ca")), clock=lost.clock)

    def begin_anew():
        shutil.rmtree(target, ignore_errors=True)
        (target / "ca").mkdir(parents=True)
        if living:
            with opened().transaction() as transaction:
                transaction.create("the other")

    begin_anew()
    interrupted = 0
    for step, code in steps(lambda: restore(opened(), backup, force=living), fault):
        interrupted += code != 0
        authority = opened()
        if authority.exists():
            assert check_consistency(authority) == [], f"after step {step}"
        restored = authority.exists() and authority.issuer() == lost.issuer()
        if code == 0:
            assert restored
        if not restored:
            assert authority.exists() == living, f"after step {step}"
            restore(opened(), backup, force=living)
        assert opened().issuer() == lost.issuer()
        assert check_consistency(opened()) == []
        begin_anew()
    assert interrupted >= 20


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_a_mount_point_is_refused_before_anything_is_written(lost, new, monkeypatch):
    monkeypatch.setattr("os.path.ismount", lambda path: path == new.root)
    with pytest.raises(AuthorityError, match="is a mount point"):
        restore(new, back_up(lost))
    assert list(new.root.iterdir()) == []


def test_numbers_rise_by_no_more_than_the_seconds(lost, clock):
    """What the jump relies on."""
    first = lost.crl()
    for _ in range(20):
        with lost.transaction() as transaction:
            transaction.renew_crl()
    last = lost.crl()
    seconds = (crls.this_update(last) - crls.this_update(first)).total_seconds()
    assert crls.number(last) - crls.number(first) <= seconds
