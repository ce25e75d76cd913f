import json

import pytest
from enrolment.acknowledging import KEY, Acknowledger
from enrolment.errors import StoreUnavailableError
from enrolment.request import parse_request
from enrolment.sweep import marked_names, revoke_marked

from tests.unit.enrolment.support import csr, record


@pytest.fixture
def acknowledger():
    return Acknowledger()


@pytest.fixture
def signed(authority, store):
    """Two nodes with certificates, one of them marked, and a mark of a node that never had one."""
    for name in ("node-1", "node-2"):
        with authority.transaction() as transaction:
            transaction.sign(parse_request(csr(name)), name)
    store.put("terminated/node-1", record())
    store.put("terminated/never-signed", record())


def told(store):
    found = store.get(KEY)
    return None if found is None else json.loads(found.body)


def test_what_holds_is_not_told_as_dealt_with_until_it_is_revoked(
    authority, store, log, acknowledger, signed
):
    acknowledger.tell(authority, store, marked_names(store))
    assert told(store) == ["never-signed"]
    revoke_marked(authority, marked_names(store), log, force=False)
    acknowledger.tell(authority, store, marked_names(store))
    assert told(store) == ["never-signed", "node-1"]


def test_nothing_is_written_while_nothing_changes(authority, store, log, acknowledger, signed):
    revoke_marked(authority, marked_names(store), log, force=False)
    assert acknowledger.tell(authority, store, marked_names(store))
    assert not acknowledger.tell(authority, store, marked_names(store))


def test_without_marks_nothing_is_ever_written(authority, store, acknowledger):
    assert not acknowledger.tell(authority, store, marked_names(store))
    assert told(store) is None


def test_marks_that_are_gone_are_no_longer_told(authority, store, log, acknowledger, signed):
    revoke_marked(authority, marked_names(store), log, force=False)
    acknowledger.tell(authority, store, marked_names(store))
    store.delete("terminated/never-signed")
    acknowledger.tell(authority, store, marked_names(store))
    assert told(store) == ["node-1"]


def test_what_could_not_be_told_is_told_the_next_time(authority, store, log, acknowledger, signed):
    class Silent:
        url = "s3://silent"

        def put(self, *_):
            raise StoreUnavailableError("silent")

    revoke_marked(authority, marked_names(store), log, force=False)
    with pytest.raises(StoreUnavailableError):
        acknowledger.tell(authority, Silent(), marked_names(store))
    assert acknowledger.tell(authority, store, marked_names(store))


def test_a_store_that_is_read_only_is_told_nothing(authority, acknowledger):
    class Public:
        url = "https://bucket.s3.amazonaws.com"

    assert not acknowledger.tell(authority, Public(), {"node-1"})
