"""A hostile queue: how many requests are kept, which one gives way, how fast an address may be told no."""

import dataclasses
import datetime
import time
from contextlib import contextmanager

import pytest
from enrolment.authority import Authority
from enrolment.enrol import Enroller
from enrolment.puppet_ca_cli import main as puppet_ca
from enrolment.rates import LEAST_WAIT, SETS, WAYS, Rates
from enrolment.request import parse_request
from enrolment.sweep import sweep
from enrolment.waiting import Waiting
from enrolment.webapp import CaApplication

from tests.unit.enrolment.support import RecordingLog, csr, record
from tests.unit.enrolment.test_webapp import V1, Client

DAY = 24 * 3600
FLOOD = 10_000


class Site:
    """A CA, its bucket and its web application, as configured."""

    def __init__(self, config, clock, store, log):
        self.authority = Authority(config, clock=clock)
        with self.authority.transaction() as transaction:
            transaction.create()
        self.store, self.log, self.clock = store, log, clock
        self.enroller = Enroller(self.authority, store, log)
        self.client = Client(CaApplication(self.authority, self.enroller, log))

    def put(self, name, source, pem=None, **environ):
        path = f"{V1}certificate_request/{name}"
        return self.client("PUT", path, pem or csr(name), REMOTE_ADDR=source, **environ)

    def sweep(self):
        return sweep(self.authority, self.enroller, self.log)

    def waiting(self):
        return self.authority.waiting_names()

    def sources(self):
        return {entry.name: entry.source for entry in self.authority.room.all()}

    def passes(self, seconds):
        self.clock.now += datetime.timedelta(seconds=seconds)

    @contextmanager
    def outage(self):
        bucket = self.store._root
        bucket.rename(bucket.with_name("gone"))
        yield
        bucket.with_name("gone").rename(bucket)


@pytest.fixture
def make(config, clock, store, log):
    return lambda **settings: Site(dataclasses.replace(config, **settings), clock, store, log)


@pytest.fixture
def site(make):
    """Five requests are kept, three of one address."""
    return make(max_waiting=5, max_waiting_per_address=3)


# Which one gives way


def test_the_oldest_request_of_an_address_that_has_its_share_gives_way(site):
    site.put("stranger", "192.0.2.1")
    for number in range(4):
        assert site.put(f"flood-{number}", "203.0.113.9").status == 200
        site.passes(1)
    assert site.waiting() == ["flood-1", "flood-2", "flood-3", "stranger"]
    assert "flood-0 gives way" in site.log.text


def test_when_all_places_are_taken_the_address_that_has_most_gives_way(site):
    for name, source in (("a", "192.0.2.1"), ("b", "192.0.2.2"), ("x", "203.0.113.9"), ("y", "203.0.113.9")):
        site.put(name, source)
        site.passes(1)
    site.put("c", "192.0.2.3")
    site.put("d", "192.0.2.4")
    assert site.waiting() == ["a", "b", "c", "d", "y"]


def test_where_every_address_has_one_the_one_that_was_sent_least_lately_gives_way(site):
    for number in range(5):
        site.put(f"node-{number}", f"192.0.2.{number}")
        site.passes(1)
    site.put("node-0", "192.0.2.0")  # it asks again, as agents do
    site.passes(1)
    site.put("node-5", "192.0.2.5")
    assert site.waiting() == ["node-0", "node-2", "node-3", "node-4", "node-5"]


def test_a_request_whose_name_has_a_record_never_gives_way(site):
    site.store.put("node-1", record(expires="2026-11-24T05:00:00Z"))
    site.put("node-1", "203.0.113.9")
    for number in range(10):
        site.passes(1)
        site.put(f"flood-{number}", "203.0.113.9")
    assert site.waiting() == ["flood-8", "flood-9", "node-1"]


def test_a_request_with_a_broken_record_never_gives_way(site):
    site.store.put("node-1", b"classes: [")
    site.put("node-1", "203.0.113.9")
    for number in range(10):
        site.put(f"flood-{number}", "203.0.113.9")
    assert "node-1" in site.waiting()


def test_during_an_outage_nothing_gives_way_and_whoever_finds_no_room_is_told_when_to_come_back(site):
    with site.outage():
        for number in range(3):
            site.put(f"flood-{number}", "203.0.113.9")
        answer = site.put("flood-3", "203.0.113.9")
        assert (answer.status, answer.headers["Retry-After"]) == (429, "120")
        assert site.put("node-1", "192.0.2.1").status == 200
        assert site.put("node-2", "192.0.2.2").status == 200
        assert site.put("node-3", "192.0.2.3").status == 429
    assert site.waiting() == ["flood-0", "flood-1", "flood-2", "node-1", "node-2"]
    site.sweep()
    assert site.put("node-3", "192.0.2.3").status == 200
    assert "node-3" in site.waiting()


def test_a_request_that_the_store_said_nothing_about_since_keeps_its_last_answer(site):
    site.put("node-1", "192.0.2.1")
    with site.outage():
        site.put("node-1", "192.0.2.1")
    assert site.authority.room.get("node-1").has_no_record


def test_a_request_from_before_addresses_were_noted_gives_way_only_after_a_sweep_asked_for_it(site):
    for number in range(5):
        path = site.authority.request_path(f"old-{number}")
        path.write_bytes(csr(f"old-{number}"))
    assert site.put("node-1", "192.0.2.1").status == 429
    site.sweep()
    assert site.put("node-1", "192.0.2.1").status == 200


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"node-1 192.0.2", b"a b c d e\n", b"\xff \xff x 1\n"])
def test_a_damaged_note_of_who_waits_is_no_more_than_none(site, content):
    site.put("node-1", "192.0.2.1")
    (site.authority.root / "waiting.txt").write_bytes(content)
    assert site.authority.room.get("node-1").source == ""
    assert site.sweep().ok
    assert site.put("node-2", "192.0.2.2").status == 200
    assert site.waiting() == ["node-1", "node-2"]


def test_what_is_noted_ends_with_the_request(site):
    site.put("node-1", "192.0.2.1")
    site.put("node-2", "192.0.2.2")
    site.store.put("node-1", record())
    site.sweep()
    assert (site.authority.root / "waiting.txt").read_text().split()[:3] == [
        "node-2",
        "192.0.2.2",
        "no-record",
    ]
    site.authority.request_path("node-2").unlink()
    site.sweep()
    assert (site.authority.root / "waiting.txt").read_text() == ""


def test_the_status_says_which_address_has_most(site, tmp_path, monkeypatch, capsys):
    for name, source in (("a", "192.0.2.1"), ("x", "203.0.113.9"), ("y", "203.0.113.9")):
        site.put(name, source)
    (tmp_path / "ca.yaml").write_text(f"cadir: {site.authority.root}\nuser: ''\nmax_waiting: 5\n")
    monkeypatch.setenv("PUPPET_CA_CONFIG", str(tmp_path / "ca.yaml"))
    puppet_ca(["status"])
    assert "waiting:       3 of at most 5, most (2) from 203.0.113.9\n" in capsys.readouterr().out


# By age


def test_a_request_that_nobody_repeats_and_that_has_no_record_is_removed_after_its_time(site):
    site.put("node-1", "192.0.2.1")
    site.passes(DAY - 1)
    site.sweep()
    assert site.waiting() == ["node-1"]
    site.passes(1)
    site.sweep()
    assert site.waiting() == []
    assert "there is no record of this name, and nobody has asked for 86400 s" in site.log.text


def test_a_request_that_is_repeated_waits_on(site):
    for _ in range(3):
        site.put("node-1", "192.0.2.1")
        site.passes(DAY - 1)
        site.sweep()
    assert site.waiting() == ["node-1"]


def test_an_outage_or_a_record_that_is_there_removes_no_request_however_old(site):
    site.put("node-1", "192.0.2.1")
    site.store.put("node-2", record(expires="2026-11-24T05:00:00Z"))
    site.put("node-2", "192.0.2.1")
    site.passes(10 * DAY)
    with site.outage():
        site.sweep()
    assert site.waiting() == ["node-1", "node-2"]
    site.sweep()
    assert site.waiting() == ["node-2"]


# Whose address


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:DB8:1:2::9", "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("unix:/run/x y", ""),
    ],
)
def test_the_address_is_the_connections_and_of_ipv6_the_network_of_one_host(site, address, counted):
    site.put("node-1", address)
    assert site.sources() == {"node-1": counted}


def test_no_header_is_an_address(site):
    site.put(
        "node-1",
        "192.0.2.1",
        HTTP_X_FORWARDED_FOR="198.51.100.7",
        HTTP_FORWARDED="for=198.51.100.7",
        HTTP_REMOTE_ADDR="198.51.100.7",
        HTTP_CLIENT_IP="198.51.100.7",
    )
    assert site.sources() == {"node-1": "192.0.2.1"}


# How fast


def test_an_address_is_slowed_when_too_many_of_its_requests_come_to_nothing(make):
    site = make(requests_per_minute=4)
    assert [site.put("node-1", "203.0.113.9", b"x").status for _ in range(6)] == [400] * 4 + [429] * 2
    answer = site.put("node-1", "203.0.113.9")
    assert (answer.status, int(answer.headers["Retry-After"])) == (429, 15)
    assert site.put("node-1", "192.0.2.1").status == 200
    site.passes(15)
    assert [site.put("node-1", "203.0.113.9", b"x").status for _ in range(2)] == [400, 429]
    site.passes(3600)
    assert [site.put("node-1", "203.0.113.9", b"x").status for _ in range(5)] == [400] * 4 + [429]
    assert site.log.text.count("Slowing 203.0.113.9") == 2  # once a minute at most


def test_requests_that_are_signed_or_repeated_count_for_nothing(make):
    site = make(requests_per_minute=2)
    for number in range(6):
        site.store.put(f"node-{number}", record())
        for _ in range(2):
            assert site.put(f"node-{number}", "203.0.113.9").status == 200
    assert len(site.authority.signed_names()) == 6


def test_what_is_no_request_at_all_counts_too(make):
    site = make(requests_per_minute=2)
    assert site.put("node-1", "203.0.113.9", b"x" * 100_000).status == 413
    assert site.put("node-1", "203.0.113.9", CONTENT_LENGTH="many").status == 411
    assert site.put("node-1", "203.0.113.9").status == 429


def test_an_address_that_is_slowed_still_fetches_certificates_and_lists(make):
    site = make(requests_per_minute=1)
    assert [site.put("node-1", "203.0.113.9", b"x").status for _ in range(2)] == [400, 429]
    for path in ("certificate/ca", "certificate_revocation_list/ca"):
        assert site.client("GET", V1 + path, REMOTE_ADDR="203.0.113.9").status == 200


def test_no_limit_is_no_limit(make):
    site = make(requests_per_minute=0)
    assert {site.put("node-1", "203.0.113.9", b"x").status for _ in range(200)} == {400}
    assert not (site.authority.root / "rates").exists()


class Counted:
    """Rates with a clock in seconds."""

    def __init__(self, tmp_path, per_minute=60):
        self.now = 1e9
        self.path = tmp_path / "rates"
        self.log = RecordingLog()
        self.rates = Rates(self.path, per_minute, lambda: self.now, self.log)


def test_all_processes_count_together(tmp_path):
    counted = Counted(tmp_path)
    other = Rates(counted.path, 60, lambda: counted.now, counted.log)
    for _ in range(30):
        counted.rates.take("192.0.2.1")
        other.take("192.0.2.1")
    assert counted.rates.wait("192.0.2.1") == other.wait("192.0.2.1") == LEAST_WAIT


def test_a_clock_that_was_set_back_keeps_nobody_out(tmp_path):
    counted = Counted(tmp_path)
    for _ in range(60):
        counted.rates.take("192.0.2.1")
    counted.now -= 3600
    assert counted.rates.wait("192.0.2.1") == 0


def test_the_file_keeps_its_size_whatever_a_flood_looks_like(tmp_path):
    counted = Counted(tmp_path)
    for number in range(FLOOD):
        counted.rates.take(f"10.0.{number // 256}.{number % 256}")
    assert counted.path.stat().st_size <= SETS * WAYS * 16
    for _ in range(60):
        counted.rates.take("203.0.113.9")
    assert counted.rates.wait("203.0.113.9") == LEAST_WAIT
    assert counted.rates.wait("192.0.2.1") == 0  # no stranger's count is taken for another's


def test_a_ca_that_cannot_count_says_so_and_signs(tmp_path):
    counted = Counted(tmp_path)
    counted.path.mkdir()
    counted.rates.take("192.0.2.1")
    assert counted.rates.wait("192.0.2.1") == 0
    assert counted.log.text.count("requests are not counted") == 1


# Ten thousand


def named(request, pem):
    """The request, under the name that stands for it."""
    return dataclasses.replace(request, pem=pem, common_names=(pem.decode(),))


def bytes_below(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def good_ones(site):
    """One that waits, since the store did not answer when it came, and records of others that come later."""
    for name in ("early", "late", "by-hand"):
        site.store.put(name, record())
    with site.outage():
        assert site.put("early", "192.0.2.1").status == 200


def test_ten_thousand_requests_of_one_address_keep_nobody_waiting(make):
    site = make(max_waiting=1000, max_waiting_per_address=200)
    good_ones(site)
    statuses = [site.put(f"flood-{number}", "203.0.113.9").status for number in range(300)]
    statuses += [site.put("flood", "203.0.113.9", b"any").status for _ in range(FLOOD - 300)]
    assert statuses.count(200) == 60
    assert statuses.count(429) == FLOOD - 60
    for minute in range(10):  # as fast as it may
        site.passes(60)
        for number in range(60):
            site.put(f"flood-{minute}-{number}", "203.0.113.9")
    assert len(site.waiting()) == 201
    assert site.put("late", "192.0.2.2").status == 200
    assert "late" in site.authority.signed_names()
    site.sweep()
    assert "early" in site.authority.signed_names()
    assert len(site.waiting()) == 200
    assert bytes_below(site.authority.root) < 2 * 1024 * 1024


def test_ten_thousand_requests_of_ten_thousand_addresses_keep_nobody_waiting(make, monkeypatch):
    site = make(max_waiting=20)
    good_ones(site)
    site.store._root.joinpath("by-hand").unlink()
    assert site.put("by-hand", "192.0.2.3").status == 200
    # Ten thousand signatures take long to make, and are not what is tried here.
    request = parse_request(csr())
    monkeypatch.setattr(
        "enrolment.enrol.parse_request",
        lambda pem: named(request, pem) if pem.startswith(b"flood") else parse_request(pem),
    )
    late = None
    for number in range(FLOOD):
        name = f"flood-{number}"
        answer = site.put(name, f"10.0.{number // 256}.{number % 256}", name.encode())
        assert answer.status == 200
        if number == FLOOD // 2:
            began = time.process_time()
            assert site.put("late", "192.0.2.2").status == 200
            late = time.process_time() - began
            site.store.put("by-hand", record())
            assert site.put("by-hand", "192.0.2.3").status == 200  # agents ask again every two minutes
    assert late < 3
    assert site.authority.signed_names() == ["by-hand", "late"]
    assert len(site.waiting()) == 20
    assert bytes_below(site.authority.root) < 1024 * 1024
    assert site.sweep().ok
    assert site.authority.signed_names() == ["by-hand", "early", "late"]
    assert len(site.waiting()) == 19


def test_a_thousand_requests_are_counted_within_milliseconds(site):
    for number in range(1000):
        site.authority.request_path(f"node-{number}").write_bytes(b"x")
    (site.authority.root / "waiting.txt").write_text(
        "".join(f"node-{number} 192.0.2.{number % 256} no-record 1\n" for number in range(1000))
    )
    times = []
    for _ in range(5):
        began = time.process_time()
        found = site.authority.room.all()
        times.append(time.process_time() - began)
    assert found[0] == Waiting("node-0", "192.0.2.0", has_no_record=True, asked=1)
    assert min(times) < 0.05
