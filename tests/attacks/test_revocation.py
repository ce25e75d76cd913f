"""What a node can still do after it was revoked, with what it had before."""

import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.attacks.site import Site
from tests.attacks.wire import REFUSAL, Answer, Connection, Refused, Tls, request

V12, V13 = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
ENVIRONMENTS = request("GET", "/puppet/v3/environments", close=False)


@dataclass
class Leaver:
    """A node with a connection that it keeps open, and a TLS session that it may resume."""

    site: Site
    name: str
    version: ssl.TLSVersion
    server: str = "master"

    def __post_init__(self) -> None:
        self.context = Tls((self.version, self.version)).context(self.site.identity(self.name))
        self.kept = self._connect()
        assert self._ask(self.kept).status == 200
        self.session = self.kept.socket.session

    def _connect(self, session: ssl.SSLSession | None = None) -> Connection:
        return self.site.connect(self.name, self.server, context=self.context, session=session)

    def _ask(self, connection: Connection) -> Answer:
        connection.send(ENVIRONMENTS)
        return connection.answer()

    def is_let_in(self) -> bool:
        """By a handshake of its own."""
        try:
            with self._connect() as connection:
                return self._ask(connection).is_success
        except Refused:
            return False

    def resumes(self) -> bool:
        """By the session of before; also whether the server took it up at all."""
        try:
            with self._connect(self.session) as connection:
                reused = bool(connection.socket.session_reused)
                return self._ask(connection).is_success or reused
        except Refused:
            return False

    def goes_on(self) -> bool:
        """On the connection that was open before."""
        try:
            return self._ask(self.kept).is_success
        except Refused:
            return False


LEAVERS = {"leaver-kept": V13, "leaver-tls12": V12, "leaver-tls13": V13}


@pytest.fixture(scope="module")
def leavers(site: Site) -> Iterator[dict[str, Leaver]]:
    """Three nodes that were at work when they were revoked; by now every master has refused them once."""
    ca = site.host("ca")
    found = {name: Leaver(site, name, version) for name, version in LEAVERS.items()}
    assert all(leaver.is_let_in() and leaver.goes_on() for leaver in found.values())
    ca.run("puppet_ca revoke " + " ".join(site.identity(name).certname for name in LEAVERS))
    limit = time.monotonic() + REFUSAL
    while any(leaver.is_let_in() for leaver in found.values()):
        assert time.monotonic() < limit, f"a revoked node is let in after {REFUSAL:.0f} s"
        # The kept one stays busy, so that no time-out of Apache's ends it before the revocation does.
        found["leaver-kept"].goes_on()
        time.sleep(1)
    yield found
    for leaver in found.values():
        leaver.kept.socket.close()


@pytest.mark.parametrize("version", [V12, V13], ids=["TLS 1.2", "TLS 1.3"])
@pytest.mark.parametrize("server", ["master", "ca", "puppetdb"])
def test_no_tls_session_can_be_resumed_at_all(site: Site, server: str, version: ssl.TLSVersion) -> None:
    """A resumed one would skip the revocation list."""
    context = Tls((version, version)).context(site.identity("good"))
    with site.connect("good", server, context=context) as first:
        first.send(request("GET", "/status/v1/simple", close=False))
        first.answer()
        session = first.socket.session
    with site.connect("good", server, context=context, session=session) as second:
        assert not second.socket.session_reused


def test_a_revoked_node_is_refused_within_a_minute(leavers: dict[str, Leaver]) -> None:
    assert not any(leaver.is_let_in() for leaver in leavers.values())


def test_a_connection_kept_open_since_before_the_revocation_gets_nothing(leavers: dict[str, Leaver]) -> None:
    assert not leavers["leaver-kept"].goes_on()


@pytest.mark.parametrize("name", ["leaver-tls12", "leaver-tls13"], ids=["TLS 1.2", "TLS 1.3"])
def test_a_tls_session_from_before_the_revocation_gets_nothing(leavers: dict[str, Leaver], name: str) -> None:
    assert not leavers[name].resumes()


@pytest.mark.parametrize("server", ["ca", "puppetdb"])
def test_a_revoked_node_is_refused_in_tls_by_the_others_too(
    site: Site, leavers: dict[str, Leaver], server: str
) -> None:
    with pytest.raises(Refused):
        site.ask("leaver-kept", request("GET", "/status/v1/simple"), server)


def test_a_name_that_was_revoked_is_not_signed_for_another_key(
    site: Site, leavers: dict[str, Leaver]
) -> None:
    """The old certificate's holder cannot have a new one by asking again."""
    name = site.identity(leavers["leaver-kept"].name).certname
    path = f"/puppet-ca/v1/certificate_request/{name}"
    data = request("PUT", path, "Content-Type: text/plain", body=site.csr(f"/CN={name}"))
    answer = site.ask("nobody", data, "ca")
    assert answer.status == 400 and b"revoked" in answer.body
