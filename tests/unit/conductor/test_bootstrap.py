"""The scripts that run on instances, with stand-ins for a host's commands; the lab boots them for real."""

from __future__ import annotations

import functools
import gzip
import hashlib
import http.server
import io
import os
import shlex
import socket
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import conductor

SCRIPTS = Path(conductor.__file__).parent / "bootstrap"
FAKE_PUPPET = """#!/bin/sh
echo "puppet $*" >> {root}/calls
case $* in
  "config print"*)
    cat <<SETTINGS
ca_port = 8141
ca_server = ca.internal
certname = {certname}
config = {root}/puppet.conf
csr_attributes = {root}/csr_attributes.yaml
environmentpath = {root}/environments
localcacert = {root}/ca.pem
server = {server}
server_list = {server_list}
serverport = {port}
SETTINGS
    ;;
  ssl*) exit {enrolled} ;;
  apply*) exit {applied} ;;
esac
"""
LOGGED = '#!/bin/sh\necho "$(basename "$0") $*" >> {root}/calls\n'


class Host:
    """A folder that plays a host for one script."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "bin").mkdir()
        (root / "ca.pem").write_text("PEM")
        (root / "csr_attributes.yaml").write_text("secret")
        (root / "csr_attributes.yaml").chmod(0o644)
        (root / "puppet.conf").write_text("[agent]\nca_server = ca.internal\n")
        self.command("systemctl", LOGGED)
        self.command("apt-get", LOGGED)
        self.puppet()

    def command(self, name: str, text: str, **values: object) -> None:
        path = self.root / "bin" / name
        path.write_text(text.format(root=self.root, **values))
        path.chmod(0o755)

    def puppet(
        self, certname: str = "node-1", enrolled: int = 0, applied: int = 2, masters: str = "", port: int = 1
    ) -> None:
        """``masters``: as puppet.conf has them in server_list; none: it knows only 127.0.0.1 and ``port``."""
        self.command(
            "puppet",
            FAKE_PUPPET,
            certname=certname,
            enrolled=enrolled,
            applied=applied,
            server="127.0.0.1",
            server_list=masters,
            port=port,
        )

    def run(self, script: Path, *argv: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PATH": f"{self.root}/bin:{os.environ['PATH']}"}
        return subprocess.run(
            ["/bin/sh", str(script), *argv], env=env, capture_output=True, text=True, timeout=60, check=False
        )

    def begin(self, script: Path, *argv: str) -> subprocess.Popen[bytes]:
        """The same without waiting for its end."""
        env = {**os.environ, "PATH": f"{self.root}/bin:{os.environ['PATH']}"}
        return subprocess.Popen(["/bin/sh", str(script), *argv], env=env, stdout=subprocess.DEVNULL)

    @property
    def calls(self) -> str:
        path = self.root / "calls"
        return path.read_text() if path.exists() else ""

    @property
    def agent_started(self) -> bool:
        return "systemctl enable puppet.service\nsystemctl restart puppet.service\n" in self.calls


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_the_agent_is_started_and_its_secret_closed_to_others(host: Host) -> None:
    done = host.run(SCRIPTS / "agent.sh", "node-1")
    assert done.returncode == 0, done.stdout
    assert host.agent_started
    assert (host.root / "csr_attributes.yaml").stat().st_mode & 0o777 == 0o600


def test_an_agent_without_a_ca_certificate_is_not_started(host: Host) -> None:
    (host.root / "ca.pem").unlink()
    done = host.run(SCRIPTS / "agent.sh", "node-1")
    assert done.returncode == 1
    assert "puppet-bootstrap: FAILED: no CA certificate at " in done.stdout
    assert not host.agent_started


def test_an_agent_under_another_name_than_its_record_s_is_not_started(host: Host) -> None:
    host.puppet(certname="ip-10-0-0-1.ec2.internal")
    done = host.run(SCRIPTS / "agent.sh", "node-1")
    assert done.returncode == 1
    assert "puppet-bootstrap: FAILED: puppet.conf lacks certname node-1" in done.stdout
    assert not host.agent_started


def test_an_agent_without_its_secret_is_not_started(host: Host) -> None:
    (host.root / "csr_attributes.yaml").unlink()
    done = host.run(SCRIPTS / "agent.sh", "node-1")
    assert done.returncode == 1
    assert "puppet-bootstrap: FAILED: no " in done.stdout
    assert not host.agent_started


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A master that accepts connections, which is all that is asked of it here."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.mark.parametrize("listed", [True, False])
def test_an_agent_starts_once_one_of_its_masters_accepts_connections(
    host: Host, listener: socket.socket, listed: bool
) -> None:
    port = listener.getsockname()[1]
    (host.root / "puppet.conf").write_text("[agent]\nserver = 127.0.0.1\n")
    host.puppet(masters=f"127.0.0.1:1,127.0.0.1:{port}" if listed else "", port=port)
    done = host.run(SCRIPTS / "agent.sh", "node-1")
    assert done.returncode == 0, done.stdout
    assert host.agent_started
    listener.settimeout(1)
    listener.accept()[0].close()


def test_an_agent_waits_for_a_master_that_does_not_accept_connections_yet(host: Host) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (host.root / "puppet.conf").write_text("[agent]\nserver = 127.0.0.1\n")
    host.puppet(port=port)
    with host.begin(SCRIPTS / "agent.sh", "node-1") as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=2)
        assert not host.agent_started
        with socket.create_server(("127.0.0.1", port)):
            assert process.wait(timeout=30) == 0
    assert host.agent_started


def test_puppet_is_started_once_for_all_settings(host: Host) -> None:
    host.run(SCRIPTS / "agent.sh", "node-1")
    assert host.calls.count("puppet config print") == 1


class Silent(http.server.SimpleHTTPRequestHandler):
    """Writes no log; asks a client that says `slow-down` to come again, once."""

    slowed_down = False

    def do_GET(self) -> None:
        if "slow-down" in self.path and not Silent.slowed_down:
            Silent.slowed_down = True
            self.send_error(503)
        else:
            super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def code_url(tmp_path: Path) -> Iterator[str]:
    """Serves an archive with one manifest."""
    folder = tmp_path / "www"
    folder.mkdir()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        member = tarfile.TarInfo("manifests/puppetmaster.pp")
        tar.addfile(member, io.BytesIO())
    (folder / "code.tar.gz").write_bytes(gzip.compress(buffer.getvalue()))
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Silent, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/code.tar.gz"
    server.shutdown()
    server.server_close()


def infrastructure_script(
    host: Host, url: str, sha256: str | None = None, *, expires: str = "", agent: str = "yes"
) -> Path:
    """The script beside its settings, as cloud-init writes them."""
    archive = (host.root / "www" / "code.tar.gz").read_bytes()
    settings = {
        "certname": "node-1",
        "environment": "production",
        "code_url": url + "?a='b&c=d",
        "code_sha256": sha256 or hashlib.sha256(archive).hexdigest(),
        "packages": "one two",
        "expires": expires,
        "agent": agent,
    }
    folder = host.root / "bootstrap"
    folder.mkdir()
    (folder / "settings").write_text(
        "".join(f"{key}={shlex.quote(value)}\n" for key, value in settings.items())
    )
    script = folder / "bootstrap"
    script.write_text((SCRIPTS / "infrastructure.sh").read_text())
    return script


def in_order(calls: str, *wanted: str) -> bool:
    places = [calls.index(call) for call in wanted]
    return places == sorted(places)


def test_a_host_with_the_ca_applies_its_code_and_then_becomes_an_agent(host: Host, code_url: str) -> None:
    (host.root / "ca.pem").unlink()
    script = infrastructure_script(host, code_url)
    done = host.run(script)
    assert done.returncode == 0, done.stdout
    assert (host.root / "environments" / "production" / "manifests" / "puppetmaster.pp").exists()
    assert in_order(
        host.calls,
        "systemctl stop puppet.service",
        "apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install one two",
        "puppet apply --environment production --node_terminus plain",
        "systemctl restart puppet.service",
    )
    assert "puppet ssl" not in host.calls
    assert not (script.parent / "settings").exists()
    assert "puppet-bootstrap: done: node-1 is set up" in done.stdout


def at(seconds: int) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_host_that_is_not_the_ca_enrols_before_it_applies_its_code(host: Host, code_url: str) -> None:
    expires = at(3600)
    done = host.run(infrastructure_script(host, code_url, expires=expires))
    assert done.returncode == 0, done.stdout
    assert in_order(host.calls, "puppet ssl bootstrap", "puppet apply", "systemctl restart puppet.service")
    assert f"puppet-bootstrap: enrolling with the CA at ca.internal:8141, until {expires}" in done.stdout
    allowed = int(host.calls.split("--maxwaitforcert ")[1].split()[0])
    assert 3500 < allowed <= 3600


def test_a_host_whose_clock_is_ahead_asks_the_ca_all_the_same(host: Host, code_url: str) -> None:
    done = host.run(infrastructure_script(host, code_url, expires=at(-100)))
    assert done.returncode == 0, done.stdout
    assert "puppet ssl bootstrap --color=false --maxwaitforcert 60\n" in host.calls


def test_a_host_that_is_not_the_ca_and_does_not_know_it_asks_nobody(host: Host, code_url: str) -> None:
    (host.root / "ca.pem").unlink()
    done = host.run(infrastructure_script(host, code_url, expires=at(3600)))
    assert done.returncode == 1
    assert f"looking for the CA certificate in {host.root}/ca.pem" in done.stdout.splitlines()[-1]
    assert "puppet ssl" not in host.calls


def test_a_host_that_the_ca_does_not_sign_applies_nothing(host: Host, code_url: str) -> None:
    host.puppet(enrolled=1)
    done = host.run(infrastructure_script(host, code_url, expires=at(3600)))
    assert done.returncode == 1
    assert "puppet-bootstrap: FAILED: exit 1 while enrolling with the CA" in done.stdout
    assert "puppet apply" not in host.calls
    assert not host.agent_started


def test_an_agent_that_has_no_master_to_ask_yet_is_not_started_here(host: Host, code_url: str) -> None:
    done = host.run(infrastructure_script(host, code_url, agent="later"))
    assert done.returncode == 0, done.stdout
    assert "puppet apply" in host.calls
    assert not host.agent_started


def test_code_that_is_not_what_the_operator_sent_is_not_unpacked(host: Host, code_url: str) -> None:
    done = host.run(infrastructure_script(host, code_url, sha256="0" * 64))
    assert done.returncode == 1
    assert "puppet-bootstrap: FAILED: exit 1 while checking the code's SHA-256" in done.stdout
    assert not (host.root / "environments").exists()
    assert "puppet apply" not in host.calls
    assert not host.agent_started


def test_an_address_that_has_expired_fails_at_once(host: Host, code_url: str) -> None:
    done = host.run(infrastructure_script(host, code_url + "-gone"))
    assert done.returncode == 1
    assert "the code archive was refused: HTTP 404" in done.stdout
    assert "puppet-bootstrap: FAILED: exit 1 while fetching the code" in done.stdout


def test_a_store_that_asks_to_slow_down_is_asked_again(host: Host, code_url: str) -> None:
    Silent.slowed_down = False
    done = host.run(infrastructure_script(host, code_url + "?slow-down"))
    assert done.returncode == 0, done.stdout
    assert Silent.slowed_down


@pytest.mark.parametrize(("exit_code", "good"), [(0, True), (2, True), (1, False), (4, False), (6, False)])
def test_puppet_apply_s_detailed_exit_code_decides(
    host: Host, code_url: str, exit_code: int, good: bool
) -> None:
    host.puppet(applied=exit_code)
    done = host.run(infrastructure_script(host, code_url))
    assert (done.returncode == 0) is host.agent_started is good
    failed = (
        f"puppet-bootstrap: FAILED: exit {exit_code} while applying manifests/puppetmaster.pp" in done.stdout
    )
    assert failed is not good
