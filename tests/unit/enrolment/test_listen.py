"""The listener: a message has the CA look at once, and can do nothing else, whatever it says."""

import json

import pytest
from enrolment.check_csr_ca import Told
from enrolment.check_csr_cli import _parser, main
from enrolment.errors import AuthorityError, ConfigError, StoreUnavailableError
from enrolment.files import locked
from enrolment.listen import FIRST_REST, LONGEST_REST, Hint, Listener, Message, listen, parse_hint

from tests.unit.enrolment.support import csr, ec_key, record, sign, wait


class Queue:
    """Holds messages until they are removed; one that is not removed comes again."""

    url = "https://sqs.us-east-1.amazonaws.com/123456789012/queue"

    def __init__(self, *bodies):
        self.messages = [Message(body, str(number)) for number, body in enumerate(bodies)]

    def receive(self):
        return list(self.messages)

    def delete(self, message):
        self.messages.remove(message)


def told(key, *names):
    return json.dumps({key: list(names)})


@pytest.fixture
def act(config, log):
    return Told(_parser().parse_args([]), config, log).act


@pytest.fixture
def look(act, log):
    """Look once at a queue with these messages; return what is left in it."""

    def look_once(*bodies):
        queue = Queue(*bodies)
        Listener(queue, act, log).look()
        return [message.body for message in queue.messages]

    return look_once


def test_a_request_that_waits_is_signed_as_soon_as_its_record_is_told_of(authority, store, look):
    wait(authority, "node-1")
    wait(authority, "node-2")
    for name in ("node-1", "node-2"):
        store.put(name, record(expires="2099-01-01T00:00:00Z"))
    assert look(told("certnames", "node-1")) == []
    assert authority.signed_names() == ["node-1"]
    assert authority.waiting_names() == ["node-2"]


def test_a_sweep_that_is_at_work_keeps_no_told_request_waiting(authority, store, look):
    wait(authority, "node-1")
    store.put("node-1", record(expires="2099-01-01T00:00:00Z"))
    with locked(authority.root / "sweep.lock", timeout=0):
        look(told("certnames", "node-1"))
    assert authority.signed_names() == ["node-1"]


def test_a_terminated_node_is_revoked_as_soon_as_it_is_told_of(authority, store, look):
    certificate = sign(authority, "node-1")
    store.put("terminated/node-1", b"")
    assert look(told("terminated", "node-1")) == []
    assert authority.is_revoked(certificate)


def test_a_repeated_message_changes_nothing(authority, store, look):
    wait(authority, "node-1")
    store.put("node-1", record(expires="2099-01-01T00:00:00Z"))
    look(told("certnames", "node-1"), told("certnames", "node-1"))
    before = authority.certificate("node-1")
    look(told("certnames", "node-1"))
    assert authority.certificate("node-1") == before
    store.put("terminated/node-1", b"")
    look(told("terminated", "node-1"), told("terminated", "node-1"))
    revoked = authority.lists().serials
    look(told("terminated", "node-1"))
    assert authority.lists().serials == revoked == {before.serial_number}


def test_a_message_that_says_that_a_living_node_has_ended_revokes_nobody(authority, look):
    certificate = sign(authority, "node-1")
    assert look(told("terminated", "node-1")) == []
    assert not authority.is_revoked(certificate)
    assert authority.signed_names() == ["node-1"]


@pytest.mark.parametrize("stored", [None, record(), record(secret="another")])
def test_a_message_about_a_name_that_no_live_record_vouches_for_signs_nothing(authority, store, look, stored):
    wait(authority, "node-1")
    if stored:
        store.put("node-1", stored)
    assert look(told("certnames", "node-1")) == []
    assert authority.signed_names() == []


def test_a_forged_message_signs_no_key_but_the_one_that_the_decision_is_about(authority, store, look):
    wait(authority, "node-1", csr("node-1", key=ec_key(1), secret="guessed"))
    store.put("node-1", record(expires="2099-01-01T00:00:00Z"))
    look(told("certnames", "node-1"))
    assert authority.signed_names() == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not JSON",
        "[" * 100_000,
        "7",
        "null",
        "[]",
        "{}",
        '{"certnames": []}',
        '{"certnames": "node-1"}',
        '{"certnames": {"node-1": 1}}',
        '{"certnames": [1]}',
        '{"certnames": ["../node-1"]}',
        '{"certnames": ["node-1", "terminated/node-1"]}',
        '{"certnames": ["node-1"], "sign": true}',
        json.dumps({"terminated": [f"node-{number}" for number in range(1001)]}),
        "\x00\x1b[2J{}",
    ],
)
def test_what_is_no_message_of_the_conductors_is_told_of_removed_and_acted_on_by_nobody(body, log):
    queue = Queue(body)
    Listener(queue, lambda hint: pytest.fail(f"acted on {hint}"), log).look()
    assert queue.messages == []
    assert len(log.lines) == 1
    assert log.lines[0].startswith("WARNING: Not a message of the conductor's, removed")
    assert "\x1b" not in log.lines[0]


def test_a_strange_message_keeps_no_good_one_out(authority, store, look):
    wait(authority, "node-1")
    store.put("node-1", record(expires="2099-01-01T00:00:00Z"))
    assert look("nonsense", told("certnames", "node-1"), "{}") == []
    assert authority.signed_names() == ["node-1"]


def test_messages_that_come_together_are_one_piece_of_work(log):
    done = []
    queue = Queue(told("certnames", "a1"), told("certnames", "a2"), told("terminated", "b1"))
    Listener(queue, lambda hint: not done.append(hint), log).look()
    assert done == [Hint(frozenset({"a1", "a2"}), frozenset({"b1"}))]


def test_one_message_may_tell_of_both():
    body = json.dumps({"certnames": ["a1"], "terminated": ["b1"]})
    assert parse_hint(body) == Hint(frozenset({"a1"}), frozenset({"b1"}))


def test_without_a_message_nothing_is_done(log):
    Listener(Queue(), lambda hint: pytest.fail(f"acted on {hint}"), log).look()
    assert log.lines == []


def test_while_the_store_is_silent_the_message_stays_and_nothing_is_changed(authority, store, look):
    wait(authority, "node-1")
    certificate = sign(authority, "node-2")
    store._root.rename(store._root.with_name("gone"))
    bodies = [told("certnames", "node-1"), told("terminated", "node-2")]
    for body in bodies:
        assert look(body) == [body]
    assert authority.waiting_names() == ["node-1"]
    assert not authority.is_revoked(certificate)
    store._root.with_name("gone").rename(store._root)
    store.put("terminated/node-2", b"")
    assert look(*bodies) == []
    assert authority.is_revoked(certificate)


def test_a_failure_of_the_ca_leaves_the_message_and_does_not_end_the_listener(log):
    def locked_ca(_hint):
        raise AuthorityError("locked for more than 30 s")

    queue = Queue(told("certnames", "a1"))
    Listener(queue, locked_ca, log).look()
    assert len(queue.messages) == 1
    assert "ERROR: locked for more than 30 s" in log.lines


class Ended(Exception):
    """So that a loop for ever has an end."""


class Looks(Listener):
    """Looks whose outcome is given."""

    def __init__(self, *outcomes):
        self._outcomes = iter(outcomes)

    def look(self):
        outcome = next(self._outcomes, Ended())
        if outcome is not None:
            raise outcome


def rests(log, *outcomes):
    """How long the loop rests, and after which looks, until it ends."""
    slept = []
    with pytest.raises(Ended):
        listen(Looks(*outcomes), log, sleep=slept.append, jitter=lambda: 1.0)
    return slept


def silent(why="no answer"):
    return StoreUnavailableError(why)


def test_a_queue_that_cannot_be_read_is_asked_less_and_less_often_but_never_given_up(log):
    slept = rests(log, *[silent() for _ in range(12)])
    assert slept[:4] == [FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST, 8 * FIRST_REST]
    assert slept == sorted(slept)
    assert slept[-1] == LONGEST_REST


def test_a_queue_that_answers_again_is_asked_at_once(log):
    assert rests(log, silent(), silent(), None, None, silent()) == [FIRST_REST, 2 * FIRST_REST, FIRST_REST]


def test_an_outage_is_told_of_once_and_so_is_its_end(log):
    rests(log, silent("a"), silent("a"), silent("b"), None, None)
    assert log.lines == [
        "ERROR: a; the sweeps go on without it",
        "ERROR: b; the sweeps go on without it",
        "INFO: The queue can be read again",
    ]


def test_hosts_that_lose_the_queue_together_do_not_come_back_together(log):
    slept = []
    with pytest.raises(Ended):
        listen(Looks(silent()), log, sleep=slept.append, jitter=lambda: 0.0)
    assert slept == [FIRST_REST / 2]


def test_what_is_configured_wrongly_ends_the_listener(log):
    with pytest.raises(ConfigError):
        listen(Looks(ConfigError("no such user")), log, sleep=lambda _: None)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--listen"],
        ["--queue", "https://sqs.us-east-1.amazonaws.com/123456789012/queue"],
        ["--listen", "--terminated", "--queue", "https://sqs.us-east-1.amazonaws.com/123456789012/queue"],
    ],
)
def test_listening_needs_a_queue_and_a_queue_listening(arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
