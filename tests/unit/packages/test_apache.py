"""What a real Apache serves of the folder, with the settings that puppet::packages gives it."""

import os
import re
import socket
import subprocess
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.unit.packages import repository

APACHE = "/usr/sbin/apache2"
TEMPLATE = Path(__file__).parents[3] / "modules/puppet/templates/packages/vhost.epp"
DEADLINE = 20.0  # seconds
# As in puppet::apache: root's own options are none.
CONFIGURATION = """
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
PidFile {root}/apache.pid
DefaultRuntimeDir {root}
ErrorLog {root}/error.log
ServerName localhost
Listen 127.0.0.1:{port}
StartServers 1
ServerLimit 1
ThreadsPerChild 4
MaxRequestWorkers 4
MinSpareThreads 4
MaxSpareThreads 4
Mutex file:{root}
TraceEnable Off
<Directory />
  Options None
  AllowOverride None
  Require all denied
</Directory>
<VirtualHost *:{port}>
  DocumentRoot {folder}
  {settings}
</VirtualHost>
"""


@pytest.fixture
def port(host):
    # Its processes are nobody's, as www-data's are no owner of the folder.
    for folder in (host.root, *host.root.parents):
        if folder.stat().st_mode & 0o005 != 0o005 and str(folder).startswith("/tmp/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    settings = re.sub(r"<%-.*?-%>\n", "", TEMPLATE.read_text())
    settings = settings.replace("<%= $folder %>", str(host.folder))
    assert "<%" not in settings
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number = probe.getsockname()[1]
    file = host.root / "apache.conf"
    file.write_text(CONFIGURATION.format(root=host.root, port=number, folder=host.folder, settings=settings))
    process = subprocess.Popen(
        [APACHE, "-d", str(host.root), "-f", str(file), "-DFOREGROUND"], stdin=subprocess.DEVNULL
    )
    end = time.monotonic() + DEADLINE
    while True:
        try:
            socket.create_connection(("127.0.0.1", number), timeout=1).close()
            break
        except OSError:
            assert process.poll() is None and time.monotonic() < end, (host.root / "error.log").read_text()
            time.sleep(0.05)
    yield number
    process.terminate()
    process.wait(DEADLINE)


def ask(port, path, method="GET", body=None):
    connection = HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    try:
        connection.request(method, path, body=body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_before_there_are_packages_nothing_is_found(host, port):
    assert ask(port, "/hadoop/dists/hadoop/InRelease")[0] == 404


def test_the_repository_can_be_read(host, port):
    host.publish({"hadoop_1+b1~x_all.deb": b"hadoop 1"})
    host.fetch()
    for path, body in host.served.items():
        assert ask(port, f"/hadoop/{path}") == (200, body)
    assert ask(port, "/hadoop/pool/main/hadoop_1%2bb1%7ex_all.deb", "HEAD") == (200, b"")


def test_the_next_version_is_served_without_a_reload(host, port):
    for debs in ({"hadoop_1_all.deb": b"hadoop 1"}, {"hadoop_1_all.deb": b"hadoop one"}):
        host.publish(debs)
        host.fetch()
        assert ask(port, "/hadoop/pool/main/hadoop_1_all.deb")[1] == debs["hadoop_1_all.deb"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_it_can_only_be_read(host, port, method):
    host.publish({"hadoop_1_all.deb": b"hadoop 1"})
    host.fetch()
    assert ask(port, "/hadoop/pool/main/hadoop_1_all.deb", method)[0] in (403, 405, 501)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/state.json",
        "/lock",
        "/versions/",
        "/hadoop/../state.json",
        "/hadoop/%2e%2e/state.json",
        "/hadoop/..%2fstate.json",
        "/hadoop/",
        "/hadoop",
        "/hadoop/pool/",
        "/hadoop/pool/main",
    ],
)
def test_nothing_else_of_the_folder_is_served_nor_any_listing(host, port, path):
    host.publish({"hadoop_1_all.deb": b"hadoop 1"})
    host.fetch()
    status, body = ask(port, path)
    assert status in (400, 403, 404)
    assert repository.KEY not in body and b"hadoop_1" not in body and b"etag" not in body


def test_a_version_is_not_served_by_its_own_name(host, port):
    host.publish({"hadoop_1_all.deb": b"hadoop 1"})
    host.fetch()
    assert ask(port, f"/{(host.folder / 'hadoop').readlink()}/dists/hadoop/InRelease")[0] == 403


@pytest.mark.parametrize("target", ["/etc/hostname", "../../state.json"])
def test_a_link_below_is_not_followed(host, port, target):
    host.publish({"hadoop_1_all.deb": b"hadoop 1"})
    host.fetch()
    (host.folder / "hadoop/link").symlink_to(target)
    assert ask(port, "/hadoop/link")[0] == 403


def test_a_link_to_another_owner_s_folder_is_not_followed(host, port):
    elsewhere = host.root / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (elsewhere / "x").write_text("x")
    try:
        os.chown(elsewhere, 65534, 65534)
    except PermissionError:
        pytest.skip("only root can give a folder to another")
    (host.folder / "hadoop").symlink_to(elsewhere)
    assert ask(port, "/hadoop/x")[0] == 403
