"""Every change to a CA, killed or out of disk at each of its steps: what is left, and the next attempt."""

import dataclasses
import shutil
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from enrolment.authority import Authority
from enrolment.consistency import check_consistency
from enrolment.enrol import Enroller, Result
from enrolment.importing import read_ca, write_ca
from enrolment.request import parse_request
from enrolment.store_file import FileStore
from enrolment.sweep import revoke_terminated, sweep

from tests.unit.enrolment.chains import PuppetserverCa, pem
from tests.unit.enrolment.faults import FAULTS, full_disk, steps
from tests.unit.enrolment.support import RecordingLog, csr, record


@dataclass
class Site:
    """A CA with an intermediate, a signed node-1, a node-2 that waits, and a bucket."""

    authority: Authority
    store: FileStore
    source: PuppetserverCa

    @property
    def enroller(self):
        return Enroller(self.authority, self.store, RecordingLog())

    def change(self, name, *args):
        with self.authority.transaction() as transaction:
            return getattr(transaction, name)(*args)


def enrol(site):
    assert site.enroller.submit("node-3", csr("node-3")).result in (Result.SIGNED, Result.DUPLICATE)


def enrolled(site):
    return site.authority.certificate("node-3") is not None


def take_request(site):
    assert site.enroller.submit("node-4", csr("node-4")).result is Result.WAITING


def request_waits(site):
    return site.authority.request_pem("node-4") is not None


def review_waiting(site):
    summary = sweep(site.authority, site.enroller, RecordingLog())
    assert summary is not None
    assert summary.ok


def waiting_is_signed(site):
    return site.authority.certificate("node-2") is not None and site.authority.waiting_names() == []


def renew(site):
    site.change("renew", site.authority.certificate("node-1"))


def is_renewed(site):
    return site.authority.certificate("node-1") != site.source.node


def clean(site):
    site.change("clean", ["node-1"])


def is_cleaned(site):
    return site.authority.certificate("node-1") is None and site.authority.is_revoked(site.source.node)


def terminate(site):
    revoke_terminated(site.authority, site.store, RecordingLog(), force=False)


def is_terminated(site):
    return is_cleaned(site) and (site.authority.root / "deactivate" / "node-1").exists()


def take_list(site):
    site.change("replace_lists_above", [site.source.new_root_list(site.source.root_list)])


def list_is_taken(site):
    return site.authority.lists().others != (site.source.root_list,)


def renew_list(site):
    site.change("renew_crl")


def list_is_renewed(site):
    return site.authority.lists().own != site.source.list


OPERATIONS: tuple[tuple[Callable[[Site], None], Callable[[Site], bool]], ...] = (
    (enrol, enrolled),
    (take_request, request_waits),
    (review_waiting, waiting_is_signed),
    (renew, is_renewed),
    (clean, is_cleaned),
    (terminate, is_terminated),
    (take_list, list_is_taken),
    (renew_list, list_is_renewed),
)


@pytest.fixture
def source(tmp_path):
    source = PuppetserverCa(tmp_path / "puppetserver")
    source.write()
    return source


@pytest.fixture
def open_site(config, clock, source, tmp_path):
    """Return a function that opens the CA in a directory anew, as another process does."""
    store = FileStore(config.node_bucket)

    def opened(directory):
        own = dataclasses.replace(config, cadir=str(directory), puppetdb_url="https://db.test:8081")
        return Site(Authority(own, clock=clock), store, source)

    store.put("node-2", record())
    store.put("node-3", record())
    store.put("terminated/node-1", record())
    template = opened(tmp_path / "ca")
    found = read_ca(source.directory)
    with template.authority.transaction() as transaction:
        write_ca(template.authority, found)
        transaction.save_request(parse_request(csr("node-2")), "node-2")
    return opened


def assert_in_order(site, moment):
    """Nothing handed out is unknown, nothing revoked is forgotten, no name is freed early."""
    assert check_consistency(site.authority) == [], moment
    for name in site.authority.signed_names():
        certificate = site.authority.certificate(name)
        assert site.authority.inventory.holds(certificate.serial_number, name), moment
    if site.authority.certificate("node-1") is None:
        assert site.authority.is_revoked(site.source.node), moment
    if site.authority.request_pem("node-2") is None:
        assert site.authority.certificate("node-2") is not None, moment


@pytest.mark.faults
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("operation", "is_done"), OPERATIONS)
def test_a_change_that_was_cut_short_leaves_the_ca_in_order_and_can_be_repeated(
    open_site, tmp_path, operation, is_done, fault
):
    interrupted, copy = 0, tmp_path / "copy"

    def attempt():
        operation(open_site(copy))

    def begin_anew():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(tmp_path / "ca", copy)

    begin_anew()
    for step, code in steps(attempt, fault):
        interrupted += code != 0
        site = open_site(copy)
        assert_in_order(site, f"after step {step}")
        if code == 0:
            assert is_done(site)
        if not is_done(site):
            operation(site)
        assert is_done(open_site(copy)), f"repeated after step {step}"
        assert_in_order(open_site(copy), f"repeated after step {step}")
        site.change("tidy")
        assert not list(copy.rglob(".new-*"))
        begin_anew()
    assert interrupted >= 5


@pytest.mark.faults
@pytest.mark.parametrize("fault", FAULTS)
def test_an_import_that_was_cut_short_can_be_run_again(config, clock, source, tmp_path, fault):
    target = tmp_path / "new"

    def take_over():
        authority = Authority(dataclasses.replace(config, cadir=str(target)), clock=clock)
        found = read_ca(source.directory)
        with authority.transaction():
            write_ca(authority, found)

    target.mkdir()
    for step, code in steps(take_over, fault):
        authority = Authority(dataclasses.replace(config, cadir=str(target)), clock=clock)
        if not authority.exists():
            take_over()
        assert check_consistency(authority) == [], f"after step {step}, which ended with {code}"
        assert authority.certificate_path.read_bytes() == pem(source.intermediate, source.root)
        shutil.rmtree(target)
        target.mkdir()


def test_a_full_disk_is_an_answer_and_not_the_end(open_site, tmp_path):
    """The fault itself: a child that meets it says so, in an exit code of its own."""
    shutil.copytree(tmp_path / "ca", tmp_path / "copy")
    codes = [code for _, code in steps(lambda: renew_list(open_site(tmp_path / "copy")), full_disk)]
    assert set(codes[:-1]) == {3}
