import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from crl.summary import Entry, read_summary, write_entries
from master.config import Config
from master.health import Health
from master.state import State, write_state

from .conftest import NOW

CA = Entry("CN=Puppet CA: test", 5, NOW - timedelta(hours=1), NOW + timedelta(hours=1))
Ask = Callable[..., tuple[str, Any]]


@pytest.fixture
def lists(config: Config) -> Callable[..., None]:
    def write(*entries: Entry) -> None:
        write_entries(Path(config.crl_state) / "lists.json", entries)

    return write


@pytest.fixture
def ask(tmp_path: Path, config: Config) -> Ask:
    file = tmp_path / "master.yaml"
    file.write_text("".join(f"{key}: {value}\n" for key, value in vars(config).items()))

    def call(path: str = "/health", method: str = "GET", now: datetime = NOW) -> tuple[str, Any]:
        seen: list[str] = []
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "x=y", "HTTP_X": "z"}
        body = b"".join(Health(file, lambda: now)(environ, lambda status, headers: seen.append(status)))
        text = body.decode()
        return seen[0], json.loads(text) if path == "/health" and method == "GET" else text

    return call


def test_a_master_with_a_list_in_force_runs(ask: Ask, lists: Callable[..., None]) -> None:
    lists(CA)
    assert ask("/status/v1/simple") == ("200 OK", "running")
    status, health = ask()
    assert (status, health["status"], health["crl_number"], health["reasons"]) == ("200 OK", "running", 5, [])


def test_the_age_is_that_of_the_last_answer_of_the_ca_and_a_ca_that_is_down_is_no_error(
    ask: Ask, lists: Callable[..., None], config: Config
) -> None:
    lists(CA)
    assert ask()[1]["crl_age"] is None
    checked = (NOW - timedelta(days=3)).isoformat()
    (Path(config.crl_state) / "state.json").write_text(json.dumps({"checked": checked}))
    status, health = ask()
    assert (status, health["crl_age"]) == ("200 OK", 3 * 24 * 3600)


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([], "there is no revocation list"),
        ([Entry("CN=Puppet CA: test")], "there is no revocation list by CN=Puppet CA: test"),
        ([CA, Entry("CN=Root")], "there is no revocation list by CN=Root"),
        ([Entry(CA.issuer, 5, CA.this_update, NOW)], "the revocation list by CN=Puppet CA: test has ended"),
    ],
    ids=["none", "none of the CA", "none of the root", "ended"],
)
def test_a_master_that_tls_lets_nobody_into_is_in_error(
    ask: Ask, lists: Callable[..., None], entries: list[Entry], reason: str
) -> None:
    lists(*entries)
    assert ask("/status/v1/simple") == ("503 Service Unavailable", "error")
    status, health = ask()
    assert (status, health["status"], health["reasons"]) == ("503 Service Unavailable", "error", [reason])


@pytest.mark.parametrize(
    ("seen", "status"),
    [(("", 10), "200 OK"), (("status 500", 10), "503 Service Unavailable"), (("status 500", 600), "200 OK")],
    ids=["serves", "does not", "nobody has looked lately"],
)
def test_a_master_that_cannot_serve_is_in_error_while_that_is_known(
    ask: Ask, lists: Callable[..., None], config: Config, seen: tuple[str, int], status: str
) -> None:
    lists(CA)
    error, age = seen
    write_state(Path(config.state), State(NOW - timedelta(seconds=age), 2, 100, error))
    assert ask()[0] == status


@pytest.mark.parametrize(
    "path", ["/", "", "/health/", "//health", "/HEALTH", "/puppet/v3/environments", "/status"]
)
def test_there_is_nothing_else(ask: Ask, path: str) -> None:
    assert ask(path)[0] == "404 Not Found"


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "get", ""])
def test_nothing_but_get_is_answered(ask: Ask, lists: Callable[..., None], method: str) -> None:
    lists(CA)
    assert ask("/health", method)[0] == "405 Method Not Allowed"


@pytest.mark.parametrize("text", ["", "[", "{}", "[1]", '[{"issuer": 1}]'])
def test_a_file_that_says_nothing_is_no_list(config: Config, text: str) -> None:
    (Path(config.crl_state) / "lists.json").write_text(text)
    (Path(config.crl_state) / "state.json").write_text(text)
    summary = read_summary(Path(config.crl_state))
    assert (summary.entries, summary.checked) == ((), None)
