"""Attacks on a running site: `pytest tests/attacks --master https://NAME:8140 ... --certificates FOLDER`.

FOLDER is what forge.py made on the CA's host, copied here. `--on-master` and `--on-ca` are commands that run
one more word, a command line, as root on that host (`ssh root@NAME`). Tests of what is not given are skipped.
After each test nobody was sent what is another's, no worker has ended, and a good node is answered at once.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.remote import Remote, Workers
from tests.attacks.site import Site
from tests.attacks.wire import REFUSAL, Identity, Refused, Server

LISTENERS = ("master", "health", "ca", "puppetdb")
PROMPT = 10.0  # seconds in which a good node is answered, on a busy machine
REST = 60.0  # seconds after which no request of ours may be under way any more


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("attacks")
    for name in LISTENERS:
        group.addoption(f"--{name}", metavar="URL", help=f"the {name} listener")
    group.addoption("--certificates", type=Path, metavar="FOLDER", help="made by tests/attacks/forge.py")
    for host in ("master", "ca"):
        group.addoption(f"--on-{host}", metavar="COMMAND", help=f"runs a command line as root on the {host}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes one of these is run with every identity of that kind."""
    folder = metafunc.config.getoption("certificates")
    found = json.loads((folder / "manifest.json").read_text())["identities"] if folder else {}
    for kind in ("invalid", "unprivileged", "misnamed", "alias"):
        if kind in metafunc.fixturenames:
            names = [name for name, entry in found.items() if entry["kind"] == kind]
            metafunc.parametrize(kind, names)


@pytest.fixture(scope="session")
def site(pytestconfig: pytest.Config) -> Iterator[Site]:
    folder = pytestconfig.getoption("certificates")
    if folder is None:
        pytest.skip("needs --certificates")
    found = json.loads((folder / "manifest.json").read_text())["identities"]
    identities = {
        name: Identity(name, entry["certname"], folder, entry["canary"]) for name, entry in found.items()
    }
    urls = {name: pytestconfig.getoption(name) for name in LISTENERS}
    servers = {name: Server.at(url) for name, url in urls.items() if url}
    commands = {host: pytestconfig.getoption(f"on_{host}") for host in ("master", "ca")}
    hosts = {host: Remote(command) for host, command in commands.items() if command}
    site = Site(servers, identities, hosts)
    if "master" in servers:
        for name in ("good", "victim", "plain"):  # so that the master has ordinary facts of them
            assert site.catalog(name).status == 200
    for name in {"master", "puppetdb"} & servers.keys():
        _await_refusal_of_the_revoked(site, name)
    yield site
    for host in hosts.values():
        host.close()


def _await_refusal_of_the_revoked(site: Site, server: str) -> None:
    """It was revoked a moment ago: until a server has the new list, an answer to it is no fault."""
    limit = time.monotonic() + REFUSAL
    while True:
        try:
            site.get("revoked", "/status/v1/simple", server=server)
        except Refused:
            return
        assert time.monotonic() < limit, f"{server} lets the revoked node in after {REFUSAL:.0f} s"
        time.sleep(1)


@pytest.fixture(scope="session")
def workers(site: Site, pytestconfig: pytest.Config) -> list[Workers]:
    """What Passenger runs on the hosts, where they can be looked at.

    The master's are started anew: one that has answered its 10,000 requests ends by itself.
    """
    if "master" in site.hosts:
        site.hosts["master"].run("puppet_master refresh")
    apart = pytestconfig.getoption("on_ca") != pytestconfig.getoption("on_master")
    names = ["master", "ca"] if apart else ["master"]
    return [Workers(site.hosts[name]) for name in names if name in site.hosts]


@pytest.fixture(autouse=True)
def unharmed(site: Site, workers: list[Workers]) -> Iterator[None]:
    """What must hold after every test, whatever it tried."""
    site.recorder.received.clear()
    yield
    for owner in site.identities.values():
        if owner.canary:
            readers = site.recorder.holders_of(owner.canary) - {owner.name}
            assert not readers, f"{readers} got what is {owner.name}'s"
    for name in ("master", "ca"):
        if name in site.servers:
            begin = time.monotonic()
            site.is_well(name)
            took = time.monotonic() - begin
            assert took < PROMPT, f"the {name} took {took:.1f} s to answer a good node"
    for host in workers:
        gone = host.ended()
        assert not gone, f"these processes of Passenger's have ended: {gone}"


@pytest.fixture(autouse=True, scope="module")
def at_rest(site: Site, workers: list[Workers]) -> Iterator[None]:
    """After each module no worker is busy, so none hangs in what was sent to it; nor has Apache crashed."""
    crashes = [host.crashes() for host in workers]
    for host in workers:
        host.look()
    yield
    for host in workers:
        host.await_rest(REST)
    assert [host.crashes() for host in workers] == crashes, "a process of Apache's has crashed"
