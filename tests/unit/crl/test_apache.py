"""The folder of lists as a real Apache sees it, with the TLS settings that puppet::apache gives it."""

import contextlib
import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from crl.errors import RefusedError
from crl.keeper import Config, Keeper
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from enrolment.log import Log

from .conftest import Authority

APACHE = "/usr/sbin/apache2"
TLS_SETTINGS = Path(__file__).parents[3] / "modules/puppet/templates/apache/ssl.conf.epp"
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
DEADLINE = 20.0  # seconds
CONFIGURATION = """
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule ssl_module {modules}/mod_ssl.so
PidFile {root}/apache.pid
DefaultRuntimeDir {root}
ErrorLog {root}/error.log
LogLevel ssl:info
ServerName localhost
Listen 127.0.0.1:{port}
StartServers 1
ServerLimit 1
ThreadsPerChild 4
MaxRequestWorkers 4
MinSpareThreads 4
MaxSpareThreads 4
Mutex file:{root}
{tls}
DocumentRoot {root}/htdocs
SSLEngine on
SSLCertificateFile {root}/localhost.pem
SSLCertificateKeyFile {root}/localhost.key
SSLCACertificateFile {root}/ca.pem
SSLCARevocationPath {root}/folder
SSLCARevocationCheck chain
SSLVerifyClient require
SSLVerifyDepth {depth}
"""


@dataclass
class Site:
    """Authorities, a master's copy of their lists, and its Apache. Lists are dated some hours back, one
    second after the other, since OpenSSL takes no list from the future and none of the same second."""

    root: Path
    authority: Authority = field(default_factory=Authority)
    parent: Authority | None = None
    started: datetime = field(
        default_factory=lambda: datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)
    )
    number: int = 0
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        for name in ("folder", "state", "htdocs"):
            (self.root / name).mkdir()
        (self.root / "htdocs/index").write_text("served")
        chain = self.authority.certificate(self.parent)
        (self.root / "ca.pem").write_bytes(chain + (self.parent.certificate() if self.parent else b""))
        for serial, name in enumerate(("localhost", "leaver", "stayer"), start=100):
            key = ec.generate_private_key(ec.SECP256R1())
            (self.root / f"{name}.pem").write_bytes(self.authority.issue(name, key, serial))
            (self.root / f"{name}.key").write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
        self.take(*([self.parent] if self.parent else []), self.authority)

    @property
    def keeper(self) -> Keeper:
        config = Config(
            url="https://ca.example.com:8141/",
            ca_cert=self.root / "ca.pem",
            crl=self.root / "crl.pem",
            folder=self.root / "folder",
            state=self.root / "state",
        )
        return Keeper(config, Log("puppet_crl", stderr=False), datetime.now(UTC).replace(microsecond=0))

    def crl(self, authority: Authority, *revoked: int, life: timedelta = timedelta(days=1)) -> bytes:
        self.number += 1
        issued = self.started + timedelta(seconds=self.number)
        return authority.crl(self.number, issued=issued, ends=issued + life, revoked=revoked)

    def take(self, *authorities: Authority, revoked: tuple[int, ...] = ()) -> None:
        """Put a new list of each authority in force."""
        self.take_pem(b"".join(self.crl(authority, *revoked) for authority in authorities))

    def take_pem(self, pem: bytes) -> None:
        file = self.root / "new.pem"
        file.write_bytes(pem)
        self.keeper.take(file)

    def start(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        settings = TLS_SETTINGS.read_text()
        assert "<%" not in settings
        file = self.root / "apache.conf"
        modules, depth = "/usr/lib/apache2/modules", 2 if self.parent else 1
        file.write_text(
            CONFIGURATION.format(root=self.root, port=self.port, tls=settings, modules=modules, depth=depth)
        )
        argv = [APACHE, "-d", str(self.root), "-f", str(file), "-DFOREGROUND"]
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL)
        until(lambda: self.ask("stayer") == "served")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(DEADLINE)

    def child(self) -> int:
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if len(children) == 1 else 0

    def bear_a_new_child(self) -> None:
        """Kill the process that has seen all lists come; another takes its place."""
        old = self.child()
        os.kill(old, signal.SIGKILL)
        until(lambda: self.child() not in (0, old))

    def connect(
        self, name: str, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
    ) -> http.client.HTTPSConnection:
        context = ssl.create_default_context(cafile=str(self.root / "ca.pem"))
        context.load_cert_chain(self.root / f"{name}.pem", self.root / f"{name}.key")
        context.minimum_version = context.maximum_version = version
        return http.client.HTTPSConnection("localhost", self.port, context=context, timeout=DEADLINE)

    def ask(self, name: str, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> str:
        """What a node is served, or how TLS refuses it."""
        connection = self.connect(name, version)
        try:
            connection.request("GET", "/index")
            return connection.getresponse().read().decode()
        except ssl.SSLError as error:
            alert = re.search(r"ALERT_([A-Z_]+)", str(error))
            return alert[1].lower() if alert else str(error)
        except OSError as error:
            return str(error)
        finally:
            connection.close()

    def everybody(self) -> list[tuple[str, str]]:
        """What leaver and stayer are served, over each version of TLS."""
        return [(self.ask("leaver", version), self.ask("stayer", version)) for version in VERSIONS]


LEAVER = 101
BOTH_IN = [("served", "served")] * 2
ONE_OUT = [("certificate_revoked", "served")] * 2


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@contextlib.contextmanager
def running(site: Site) -> Iterator[Site]:
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with running(Site(tmp_path)) as started:
        yield started


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Site]:
    """The nodes' authority is signed by another."""
    parent = Authority("Puppet Root CA: test", serial=2)
    with running(Site(tmp_path, Authority(serial=3), parent)) as started:
        yield started


def test_a_revoked_node_is_refused_at_the_next_handshake_without_a_reload(site: Site) -> None:
    assert site.everybody() == BOTH_IN
    site.take(site.authority, revoked=(LEAVER,))
    assert site.everybody() == ONE_OUT


def test_a_child_that_is_born_after_many_lists_decides_as_one_that_saw_them_come(site: Site) -> None:
    for _ in range(20):
        site.take(site.authority)
    assert site.everybody() == BOTH_IN
    site.bear_a_new_child()
    assert site.everybody() == BOTH_IN
    site.take(site.authority, revoked=(LEAVER,))
    assert site.everybody() == ONE_OUT
    site.bear_a_new_child()
    assert site.everybody() == ONE_OUT
    site.take(site.authority)
    assert site.everybody() == BOTH_IN


def test_a_restart_after_compacting_decides_the_same(site: Site) -> None:
    for revoked in ((), (), (LEAVER,)):
        site.take(site.authority, revoked=revoked)
    site.stop()
    site.keeper.compact()
    site.start()
    assert site.everybody() == ONE_OUT
    site.take(site.authority)
    assert site.everybody() == BOTH_IN


def test_no_tls_session_is_resumed(site: Site) -> None:
    for version in ("-tls1_2", "-tls1_3"):
        session = site.root / f"session{version}"
        first, second = (openssl(site, version, option, session) for option in ("-sess_out", "-sess_in"))
        assert "served" in first
        if session.exists():
            assert "Reused" not in second
            site.take(site.authority, revoked=(LEAVER,))
            assert "served" not in openssl(site, version, "-sess_in", session)


def openssl(site: Site, version: str, option: str, session: Path) -> str:
    files = {"-CAfile": "ca.pem", "-cert": "leaver.pem", "-key": "leaver.key"}
    names = [text for key, name in files.items() for text in (key, str(site.root / name))]
    done = subprocess.run(
        [
            "openssl",
            "s_client",
            "-connect",
            f"localhost:{site.port}",
            version,
            option,
            str(session),
            *names,
            "-ign_eof",
        ],
        input=b"GET /index HTTP/1.0\r\n\r\n",
        capture_output=True,
        timeout=DEADLINE,
        check=False,
    )
    return (done.stdout + done.stderr).decode(errors="replace")


@pytest.mark.parametrize("kind", ["older", "forged", "malformed"])
def test_a_list_that_is_refused_changes_nothing(site: Site, kind: str) -> None:
    old = site.crl(site.authority)
    site.take(site.authority, revoked=(LEAVER,))
    bad = {"older": old, "forged": site.crl(Authority()), "malformed": old[:200] + old[220:]}[kind]
    with pytest.raises(RefusedError):
        site.take_pem(bad)
    assert site.everybody() == ONE_OUT
    site.bear_a_new_child()
    assert site.everybody() == ONE_OUT


def test_nodes_of_an_authority_below_another_are_let_in_and_revoked(chain: Site) -> None:
    assert chain.everybody() == BOTH_IN
    chain.take(chain.authority, revoked=(LEAVER,))
    assert chain.everybody() == ONE_OUT
    chain.bear_a_new_child()
    assert chain.everybody() == ONE_OUT


def test_with_the_nodes_authority_revoked_by_the_other_nobody_is_let_in(chain: Site) -> None:
    assert chain.parent is not None
    chain.take(chain.parent, revoked=(chain.authority.serial,))
    assert chain.everybody() == [("certificate_revoked", "certificate_revoked")] * 2


def test_a_forged_list_of_the_root_holds_up_no_revocation(chain: Site) -> None:
    assert chain.parent is not None
    forged = chain.crl(Authority(chain.parent.name))
    with pytest.raises(RefusedError):
        chain.take_pem(forged + chain.crl(chain.authority, LEAVER))
    assert chain.everybody() == ONE_OUT


def test_with_a_list_that_has_ended_nobody_is_let_in(site: Site) -> None:
    soon = datetime.now(UTC) - site.started + timedelta(seconds=2 - site.number)
    site.take_pem(site.crl(site.authority, life=timedelta(seconds=int(soon.total_seconds()))))
    site.bear_a_new_child()
    until(lambda: site.ask("stayer") != "served")
    assert "served" not in {answer for answers in site.everybody() for answer in answers}
