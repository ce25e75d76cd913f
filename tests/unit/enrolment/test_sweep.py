import datetime

import pytest
from enrolment import crl
from enrolment.authority import Authority
from enrolment.certificates import spki
from enrolment.config import CaConfig
from enrolment.enrol import Enroller, Result
from enrolment.errors import AuthorityError, PuppetDBError, StoreUnavailableError
from enrolment.files import locked
from enrolment.request import parse_request
from enrolment.sweep import deactivate_pending, revoke_terminated, sweep

from tests.unit.enrolment.support import as_root, csr, ec_key, record, sign, tampered, wait


def test_a_sweep_signs_what_has_a_record_now_and_leaves_the_rest(authority, store, enroller, log):
    wait(authority, "node-1")
    wait(authority, "node-2")
    store.put("node-1", record())
    summary = sweep(authority, enroller, log)
    assert summary.ok
    assert summary.results == {Result.SIGNED: 1, Result.WAITING: 1}
    assert authority.signed_names() == ["node-1"]
    assert authority.waiting_names() == ["node-2"]


def test_a_sweep_logs_in_the_words_of_the_contract(authority, store, enroller, log):
    wait(authority, "node-1")
    store.put("node-1", record())
    sweep(authority, enroller, log)
    assert log.lines[:4] == [
        "DEBUG: List of waiting csr: ['node-1']",
        "DEBUG: Checking node-1",
        f"DEBUG: Checking url {store.url}/node-1",
        "INFO: Signing request: node-1",
    ]


def test_a_sweep_removes_what_turns_out_to_be_bad(authority, store, enroller, log):
    wait(authority, "node-1", csr("node-1", secret="wrong"))
    wait(authority, "node-2")
    authority.request_path("node-2").write_bytes(b"damaged")
    store.put("node-1", record())
    store.put("node-2", record())
    sweep(authority, enroller, log)
    assert authority.waiting_names() == []
    assert authority.signed_names() == []


def test_a_sweep_with_a_silent_store_changes_nothing_and_is_not_ok(authority, store, enroller, log):
    wait(authority, "node-1", csr("node-1", secret="wrong"))
    store._root.rename(store._root.with_name("gone"))
    summary = sweep(authority, enroller, log)
    assert not summary.ok
    assert summary.unanswered == 1
    assert authority.waiting_names() == ["node-1"]
    assert "the store does not answer" in log.text


def test_one_failure_does_not_end_a_sweep(authority, store, log):
    for name in ("node-1", "node-2", "node-3"):
        wait(authority, name)
        store.put(name, record())

    class Broken(Enroller):
        def review(self, name):
            if name == "node-2":
                raise StoreUnavailableError("boom")
            return super().review(name)

    summary = sweep(authority, Broken(authority, store, log), log)
    assert summary.failures == 1
    assert not summary.ok
    assert authority.signed_names() == ["node-1", "node-3"]


def test_a_broken_record_keeps_one_node_waiting_only(authority, store, enroller, log):
    for name in ("node-1", "node-2"):
        wait(authority, name)
    store.put("node-1", b"classes: [")
    store.put("node-2", record())
    summary = sweep(authority, enroller, log)
    assert summary.results == {Result.SIGNED: 1, Result.WAITING: 1}
    assert "its record cannot be used" in log.text


def test_two_sweeps_never_run_at_once(authority, store, enroller, log):
    wait(authority, "node-1")
    store.put("node-1", record())
    with locked(authority.root / "sweep.lock", timeout=0):
        assert sweep(authority, enroller, log) is None
    assert authority.waiting_names() == ["node-1"]


def test_a_request_that_was_replaced_while_the_store_was_asked_is_not_signed_by_the_old_decision(
    authority, store, log
):
    wait(authority, "node-1")
    store.put("node-1", record())

    class Slow(Enroller):
        def record(self, name):
            found = super().record(name)
            wait(authority, name, csr(name, key=ec_key(1), secret="other"))
            return found

    outcome = Slow(authority, store, log).review("node-1")
    assert outcome.result is Result.REFUSED
    assert authority.signed_names() == []


def test_a_name_that_was_signed_while_the_store_was_asked_is_not_signed_again(authority, store, log):
    store.put("node-1", record())

    class Slow(Enroller):
        def record(self, name):
            found = super().record(name)
            with authority.transaction() as transaction:
                transaction.sign(parse_request(csr(name, key=ec_key(1))), name)
            return found

    outcome = Slow(authority, store, log).submit("node-1", csr())
    assert outcome.result is Result.REFUSED
    assert spki(authority.certificate("node-1").public_key()) == spki(ec_key(1).public_key())


def test_a_sweep_tidies_what_killed_processes_left(authority, enroller, log):
    (authority.requests_dir / ".new-x").write_bytes(b"half")
    sweep(authority, enroller, log)
    assert list(authority.requests_dir.iterdir()) == []


def test_a_sweep_renews_the_revocation_list_before_it_ends(authority, enroller, log, clock):
    before = crl.number(authority.crl())
    sweep(authority, enroller, log)
    assert crl.number(authority.crl()) == before
    clock.now = crl.next_update(authority.crl()) - datetime.timedelta(days=29)
    sweep(authority, enroller, log)
    assert crl.number(authority.crl()) == before + 1
    assert crl.next_update(authority.crl()) > clock.now + datetime.timedelta(days=1000)
    sweep(authority, enroller, log)
    assert crl.number(authority.crl()) == before + 1


def test_a_list_of_a_short_life_is_not_renewed_at_every_sweep(authority, enroller, log, clock):
    object.__setattr__(authority.config, "crl_ttl", 3600)
    with authority.transaction() as transaction:
        transaction.renew_crl()
    before = crl.number(authority.crl())
    clock.now += datetime.timedelta(minutes=29)
    sweep(authority, enroller, log)
    assert crl.number(authority.crl()) == before
    clock.now += datetime.timedelta(minutes=2)
    sweep(authority, enroller, log)
    assert crl.number(authority.crl()) == before + 1


# terminated/


def test_exactly_the_marked_nodes_are_revoked_and_cleaned(authority, store, log):
    first, second = sign(authority, "node-1"), sign(authority, "node-2")
    store.put("terminated/node-1", record())
    store.put("terminated/never-signed", record())
    assert revoke_terminated(authority, store, log, force=False) == ["node-1"]
    assert authority.is_revoked(first)
    assert not authority.is_revoked(second)
    assert authority.signed_names() == ["node-2"]
    assert "INFO: Revoked: node-1 (terminated)" in log.lines


def test_a_second_sweep_over_the_same_marks_does_nothing(authority, store, log):
    sign(authority, "node-1")
    store.put("terminated/node-1", record())
    revoke_terminated(authority, store, log, force=False)
    before = authority.crl_path.read_bytes()
    assert revoke_terminated(authority, store, log, force=False) == []
    assert authority.crl_path.read_bytes() == before


def test_a_revocation_that_ended_half_way_is_completed(authority, store, log):
    certificate = sign(authority, "node-1")
    with authority.transaction() as transaction:
        transaction.revoke(["node-1"])
    store.put("terminated/node-1", record())
    before = authority.crl_path.read_bytes()
    assert revoke_terminated(authority, store, log, force=False) == ["node-1"]
    assert authority.signed_names() == []
    assert authority.is_revoked(certificate)
    assert authority.crl_path.read_bytes() == before


def test_a_terminated_nodes_certificate_that_was_removed_without_a_revocation_is_revoked(
    authority, store, log
):
    certificate = sign(authority, "node-1")
    with authority.transaction() as transaction:
        transaction.remove("node-1")
    store.put("terminated/node-1", record())
    assert revoke_terminated(authority, store, log, force=False) == ["node-1"]
    assert authority.is_revoked(certificate)
    assert revoke_terminated(authority, store, log, force=False) == []


def test_a_missing_record_alone_revokes_nobody(authority, store, log):
    certificate = sign(authority, "node-1")
    assert revoke_terminated(authority, store, log, force=False) == []
    assert not authority.is_revoked(certificate)


def test_a_silent_store_revokes_nobody(authority, store, log):
    certificate = sign(authority, "node-1")
    store.put("terminated/node-1", record())
    store._root.rename(store._root.with_name("gone"))
    with pytest.raises(StoreUnavailableError):
        revoke_terminated(authority, store, log, force=False)
    assert not authority.is_revoked(certificate)


def test_a_terminated_nodes_waiting_request_goes_too(authority, store, log):
    wait(authority, "node-1")
    store.put("terminated/node-1", record())
    revoke_terminated(authority, store, log, force=False)
    assert authority.waiting_names() == []


def test_so_many_in_one_sweep_and_no_more_unless_forced(authority, store, log, monkeypatch):
    for number in range(4):
        sign(authority, f"node-{number}")
        store.put(f"terminated/node-{number}", record())
    object.__setattr__(authority.config, "terminated_limit", 2)
    assert revoke_terminated(authority, store, log, force=False) == ["node-0", "node-1"]
    assert "4 nodes are marked as terminated; 2 now" in log.text
    assert revoke_terminated(authority, store, log, force=True) == ["node-2", "node-3"]


def test_marks_that_are_no_certnames_are_passed_over(authority, store, log):
    (store._root / "terminated").mkdir()
    (store._root / "terminated" / "UPPER").write_bytes(b"x")
    assert revoke_terminated(authority, store, log, force=False) == []


# PuppetDB


class Deactivations:
    """In place of PuppetDB's client: records, or fails."""

    def __init__(self, failing=()):
        self.names = []
        self.failing = set(failing)

    def __call__(self, url, **files):
        return self

    def deactivate(self, name):
        if name in self.failing:
            raise PuppetDBError("HTTP 503")
        self.names.append(name)


@pytest.fixture
def puppetdb(authority, monkeypatch):
    object.__setattr__(authority.config, "puppetdb_url", "https://db.example:8081")
    fake = Deactivations()
    monkeypatch.setattr("enrolment.sweep.PuppetDB", fake)
    return fake


def test_revoked_nodes_are_deactivated_once(authority, store, log, puppetdb):
    sign(authority, "node-1")
    store.put("terminated/node-1", record())
    revoke_terminated(authority, store, log, force=False)
    assert deactivate_pending(authority, log)
    assert deactivate_pending(authority, log)
    assert puppetdb.names == ["node-1"]


def test_a_puppetdb_that_is_down_is_told_later(authority, store, log, puppetdb):
    for name in ("node-1", "node-2"):
        sign(authority, name)
        store.put(f"terminated/{name}", record())
    puppetdb.failing = {"node-2"}
    revoke_terminated(authority, store, log, force=False)
    assert not deactivate_pending(authority, log)
    assert puppetdb.names == ["node-1"]
    puppetdb.failing = set()
    assert deactivate_pending(authority, log)
    assert puppetdb.names == ["node-1", "node-2"]


@as_root
def test_root_removes_nothing_through_a_link_that_the_cas_user_made(reachable, log, monkeypatch):
    (reachable / "ca").mkdir()
    (reachable / "precious").mkdir(mode=0o700)
    (reachable / "precious" / "node-1").touch()
    (reachable / "ca" / "deactivate").symlink_to(reachable / "precious")
    fake = Deactivations()
    monkeypatch.setattr("enrolment.sweep.PuppetDB", fake)
    config = CaConfig(cadir=f"{reachable}/ca", user="nobody", puppetdb_url="https://db.example:8081")
    with pytest.raises(AuthorityError, match="Permission denied"):
        deactivate_pending(Authority(config), log)
    assert fake.names == []
    assert (reachable / "precious" / "node-1").exists()


def test_without_a_puppetdb_nothing_is_kept_for_it(authority, store, log):
    sign(authority, "node-1")
    store.put("terminated/node-1", record())
    revoke_terminated(authority, store, log, force=False)
    assert deactivate_pending(authority, log)
    assert not (authority.root / "deactivate").exists()


def test_a_request_with_a_bad_signature_that_waits_is_removed(authority, store, enroller, log):
    wait(authority, "node-1")
    authority.request_path("node-1").write_bytes(tampered(csr()))
    store.put("node-1", record())
    sweep(authority, enroller, log)
    assert authority.waiting_names() == []
    assert authority.signed_names() == []
