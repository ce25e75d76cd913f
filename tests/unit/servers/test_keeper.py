"""The copy of cluster/servers, and the agent that is pointed at the masters."""

import json
import socket
from typing import Any

import pytest
from enrolment.errors import StoreUnavailableError
from enrolment.store import Store, open_store
from servers.document import KEY, Server
from servers.errors import DocumentError, KeepError, RestartError
from servers.keeper import is_listening

from .conftest import Host, entry


class Silent:
    """A store that gives no answer."""

    url = "s3://nodes"

    def get(self, key: str) -> None:
        raise StoreUnavailableError(f"{self.url}/{key}: no answer")

    def get_if_changed(self, key: str, etag: str) -> None:
        raise StoreUnavailableError(f"{self.url}/{key}: no answer")


class Counting:
    """Counts what the store is asked, and how."""

    def __init__(self, store: Store) -> None:
        self.url = store.url
        self.store = store
        self.bodies = 0

    def get(self, key: str) -> Any:
        self.bodies += 1
        return self.store.get(key)

    def get_if_changed(self, key: str, etag: str) -> Any:
        return self.store.get_if_changed(key, etag)


def test_the_copy_says_what_the_bucket_says_and_all_may_read_it(host: Host) -> None:
    host.publish(entry("m1"), databases=(entry("db", 8081),))
    host.run()
    copy = host.config.servers
    assert json.loads(copy.read_bytes()) == {"masters": [entry("m1")], "databases": [entry("db", 8081)]}
    assert copy.stat().st_mode & 0o777 == 0o644


def test_a_master_that_comes_or_goes_is_in_the_copy_at_the_next_call(host: Host) -> None:
    host.publish(entry("m1"))
    host.run()
    host.publish(entry("m2"), entry("m3"))
    host.run()
    kept = host.keeper().kept()
    assert kept is not None
    assert [master.certname for master in kept.masters] == ["m2", "m3"]


def test_an_object_that_has_not_changed_is_not_read_again(host: Host) -> None:
    host.publish(entry("m1"))
    host.run()
    store = Counting(open_store(host.config.node_bucket))
    host.open_store = lambda _: store  # type: ignore[assignment, return-value]
    before = host.config.servers.stat()
    host.run()
    assert store.bodies == 0
    assert host.config.servers.stat().st_ino == before.st_ino


def test_a_copy_that_is_gone_or_damaged_is_made_anew(host: Host) -> None:
    host.publish(entry("m1"))
    host.run()
    good = host.config.servers.read_bytes()
    host.config.servers.write_bytes(good[:20])
    host.run()
    assert host.config.servers.read_bytes() == good
    host.config.servers.unlink()
    host.run()
    assert host.config.servers.read_bytes() == good


def test_a_damaged_state_only_makes_it_ask_for_the_whole_object(host: Host) -> None:
    host.publish(entry("m1"))
    host.run()
    for state in ("", "[]", '{"etag": 1}'):
        host.config.state.write_text(state)
        host.run()
    assert host.keeper().kept() is not None


def test_a_store_that_does_not_answer_leaves_the_copy(host: Host) -> None:
    host.publish(entry("m1"))
    host.run()
    good = host.config.servers.read_bytes()
    host.open_store = lambda _: Silent()  # type: ignore[assignment, return-value]
    with pytest.raises(StoreUnavailableError):
        host.keeper().fetch()
    assert host.config.servers.read_bytes() == good


def test_a_malformed_object_is_refused_and_leaves_the_copy(host: Host) -> None:
    host.publish(entry("m1"))
    host.run()
    good = host.config.servers.read_bytes()
    host.put(b'{"masters": "none"}')
    with pytest.raises(DocumentError, match="masters is not a list"):
        host.keeper().fetch()
    assert host.config.servers.read_bytes() == good
    host.publish(entry("m2"))
    host.run()
    assert b"m2" in host.config.servers.read_bytes()


def test_without_the_object_nothing_happens_and_a_copy_stays(host: Host) -> None:
    before = host.conf
    host.run()
    assert not host.config.servers.exists()
    assert host.conf == before
    host.publish(entry("m1"))
    host.run()
    (host.bucket / KEY).unlink()
    host.run()
    assert host.config.servers.exists()


def test_a_folder_that_cannot_be_written_is_an_error_that_names_it(host: Host) -> None:
    host.publish(entry("m1"))
    host.config.servers.mkdir()
    with pytest.raises(KeepError, match=r"servers\.json"):
        host.keeper().fetch()


def test_an_agent_that_knows_no_master_gets_all_and_is_started_anew(host: Host) -> None:
    host.publish(entry("m1"), entry("m2", 9140))
    host.run()
    assert "[agent]\nca_server = ca.ec2.internal\n" in host.conf
    assert "server_list = m1.ec2.internal:8140,m2.ec2.internal:9140\n" in host.conf
    assert host.restarts == ["puppet"]
    host.run()
    assert host.restarts == ["puppet"]


def test_an_agent_that_knows_a_master_that_there_is_keeps_its_own_list(host: Host) -> None:
    host.configure("[agent]\nserver = M2.ec2.internal\n")
    host.publish(entry("m1"), entry("m2"))
    host.run()
    assert host.conf == "[agent]\nserver = M2.ec2.internal\n"
    assert host.restarts == []


def test_an_agent_all_of_whose_masters_are_gone_gets_the_new_ones(host: Host) -> None:
    host.publish(entry("m1"))
    host.run()
    host.publish(entry("m2"))
    host.run()
    assert "server_list = m2.ec2.internal:8140\n" in host.conf
    assert "m1" not in host.conf
    assert host.restarts == ["puppet", "puppet"]


def test_an_agent_keeps_its_masters_while_there_is_none(host: Host) -> None:
    host.publish(entry("m1"))
    host.run()
    before = host.conf
    host.publish()
    host.run()
    assert host.conf == before


def test_a_restart_that_failed_is_tried_again(host: Host) -> None:
    host.publish(entry("m1"))
    host.restart_fails = True
    with pytest.raises(RestartError):
        host.run()
    host.publish(entry("m1"), entry("m2"))
    host.restart_fails = False
    host.run()
    host.run()
    assert host.restarts == ["puppet"]


def test_an_agent_is_started_when_the_first_of_its_masters_answers(host: Host) -> None:
    host.publish(entry("m1"), entry("m2"))
    host.masters_answer = False
    host.run()
    host.run()
    assert "server_list = m1.ec2.internal:8140,m2.ec2.internal:8140\n" in host.conf
    assert host.restarts == []
    host.masters_answer = True
    host.run()
    host.run()
    assert host.restarts == ["puppet"]


def test_a_master_listens_or_does_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        master = Server("m1", "127.0.0.1", listener.getsockname()[1])
        assert is_listening(master)
    assert not is_listening(master)


def test_puppet_conf_keeps_its_mode(host: Host) -> None:
    (host.root / "puppet.conf").chmod(0o600)
    host.publish(entry("m1"))
    host.run()
    assert (host.root / "puppet.conf").stat().st_mode & 0o777 == 0o600


def test_a_host_without_a_puppet_conf_is_an_error_that_names_it(host: Host) -> None:
    (host.root / "puppet.conf").unlink()
    host.publish(entry("m1"))
    with pytest.raises(KeepError, match=r"puppet\.conf"):
        host.run()
