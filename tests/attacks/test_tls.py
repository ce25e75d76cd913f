"""What a handshake may be like, and what it may not."""

import ssl
import subprocess
import warnings

import pytest

from tests.attacks.site import Site
from tests.attacks.wire import Refused, Tls, request

V10, V11, V12, V13 = (
    ssl.TLSVersion.TLSv1,
    ssl.TLSVersion.TLSv1_1,
    ssl.TLSVersion.TLSv1_2,
    ssl.TLSVersion.TLSv1_3,
)
SERVERS = ("master", "ca", "puppetdb")
RUNNING = request("GET", "/status/v1/simple")
OPENSSL_DEADLINE = 30


@pytest.fixture(autouse=True)
def quiet() -> None:
    warnings.filterwarnings("ignore", "ssl.TLSVersion", DeprecationWarning)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("version", [V10, V11], ids=["TLS 1.0", "TLS 1.1"])
def test_old_versions_of_tls_are_refused(site: Site, server: str, version: ssl.TLSVersion) -> None:
    with pytest.raises(Refused):
        site.ask("good", RUNNING, server, tls=Tls((version, version), "ALL:@SECLEVEL=0"))


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("version", [V12, V13], ids=["TLS 1.2", "TLS 1.3"])
def test_today_s_versions_of_tls_are_spoken(site: Site, server: str, version: ssl.TLSVersion) -> None:
    assert site.ask("good", RUNNING, server, tls=Tls((version, version))).status in (200, 403)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    "cipher",
    ["AES128-SHA", "AES256-SHA", "AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES256-SHA256", "CAMELLIA256-SHA",
     "ECDHE-RSA-AES128-SHA",
     "ECDHE-RSA-AES256-SHA384", "DHE-RSA-AES128-SHA", "DHE-RSA-AES256-GCM-SHA384", "ADH-AES256-GCM-SHA384",
     "AECDH-AES256-SHA", "NULL-SHA256",
     "ECDHE-RSA-NULL-SHA"],
)  # fmt: skip
def test_a_weak_cipher_or_one_without_forward_secrecy_is_refused(
    site: Site, server: str, cipher: str
) -> None:
    with pytest.raises(Refused):
        site.ask("good", RUNNING, server, tls=Tls((V12, V12), f"{cipher}:@SECLEVEL=0"))


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("cipher", ["ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"])
def test_a_strong_cipher_is_spoken(site: Site, server: str, cipher: str) -> None:
    assert site.ask("good", RUNNING, server, tls=Tls((V12, V12), cipher)).status in (200, 403)


@pytest.mark.parametrize("server", SERVERS)
def test_only_http_1_is_offered_in_the_handshake(site: Site, server: str) -> None:
    with site.connect("good", server, tls=Tls(protocols=("h2", "spdy/3", "http/1.1"))) as connection:
        assert connection.socket.selected_alpn_protocol() in (None, "http/1.1")


def _s_client(site: Site, server: str, text: bytes, *words: str) -> bytes:
    """What openssl's client shows, over TLS 1.2; a line `R` in `text` asks for a renegotiation."""
    pair = site.identity("good").pair
    assert pair is not None
    at = site.server(server).address.decode()
    argv = [
        "openssl",
        "s_client",
        "-tls1_2",
        "-connect",
        at,
        "-cert",
        str(pair[0]),
        "-key",
        str(pair[1]),
        *words,
    ]
    done = subprocess.run(argv, input=text, capture_output=True, timeout=OPENSSL_DEADLINE, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("server", SERVERS)
def test_a_client_may_not_renegotiate(site: Site, server: str) -> None:
    """Each one costs the server a handshake, and could mix what two clients say."""
    shown = _s_client(site, server, b"R\n")
    assert b"RENEGOTIATING" in shown and b"no renegotiation" in shown


@pytest.mark.parametrize("server", SERVERS)
def test_tls_does_not_compress_and_renegotiates_securely_only(site: Site, server: str) -> None:
    shown = _s_client(site, server, RUNNING, "-ign_eof")
    assert b"Compression: NONE" in shown and b"Secure Renegotiation IS supported" in shown


@pytest.mark.parametrize(
    "name", ["localhost", "other.example.com", "master.", "a" * 63, "127.0.0.1", "VICTIM"]
)
def test_the_name_in_the_handshake_opens_no_other_host(site: Site, name: str) -> None:
    """Server name indication: whatever it says, a virtual host with the same demands answers."""
    name = name.replace("VICTIM", site.identity("victim").certname)
    with pytest.raises(Refused), site.connect("nobody", sni=name) as connection:
        connection.send(RUNNING)
        connection.answer()


@pytest.mark.parametrize("server", SERVERS)
def test_plain_http_on_a_port_of_tls_gives_nothing(site: Site, server: str) -> None:
    with site.connect("nobody", server, plain=True) as connection:
        connection.send(RUNNING)
        assert connection.answer().status == 400
