"""How many nodes the CA enrols in a second, behind Apache and Passenger, and how long each waits for it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.enrol.ca_site import CaSite
from bench.enrol.figures import Rate
from bench.enrol.load import WARM_UP, Node, Place, timed
from bench.enrol.processes import PYTHON
from bench.errors import BenchError

SCRIPTS = Path(__file__).parents[2] / "files" / "scripts"
APACHE = "/usr/sbin/apache2"
MODULES = Path("/usr/lib/apache2/modules")
PASSENGER = "/usr/lib/ruby/vendor_ruby/phusion_passenger/locations.ini"
START = 30.0  # seconds
KEY_BITS = 4096

# What of modules/puppet's templates has to do with how fast it is.
CONFIGURATION = """\
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule ssl_module {modules}/mod_ssl.so
LoadModule reqtimeout_module {modules}/mod_reqtimeout.so
LoadModule passenger_module {modules}/mod_passenger.so
{user}
ServerName localhost
DefaultRuntimeDir {root}
PidFile {root}/apache.pid
ErrorLog {root}/error.log
Mutex file:{root}
Listen 127.0.0.1:{port}
SSLSessionCache none
SSLSessionTickets off
PassengerRoot {passenger}
PassengerInstanceRegistryDir {root}
PassengerDisableAnonymousTelemetry on
PassengerDisableSecurityUpdateCheck on
PassengerPoolIdleTime 0
PassengerMaxPoolSize {workers}
PassengerMinInstances {workers}
<VirtualHost 127.0.0.1:{port}>
  ServerName localhost
  DocumentRoot {root}/app/public
  SSLEngine on
  SSLProtocol -all +TLSv1.2 +TLSv1.3
  SSLCertificateFile {certificate}
  SSLCertificateKeyFile {key}
  SSLCACertificateFile {cadir}/ca_crt.pem
  SSLCARevocationFile {cadir}/ca_crl.pem
  SSLCARevocationCheck chain
  SSLVerifyClient optional
  SSLVerifyDepth 1
  SSLOptions +StdEnvVars +ExportCertData
  AllowEncodedSlashes NoDecode
  LimitRequestBody 1048576
  PassengerEnabled on
  PassengerAppRoot {root}/app
  PassengerAppType wsgi
  PassengerStartupFile passenger_wsgi.py
  PassengerPython {python}
  <Directory {root}/app/public>
    Require all granted
  </Directory>
</VirtualHost>
"""
APPLICATION = """\
import os, sys
sys.path.insert(0, {library!r})
sys.dont_write_bytecode = True
os.environ["PUPPET_CA_CONFIG"] = {config!r}
from enrolment.webapp import application
"""
SETTINGS = """\
cadir: {cadir}
user: ""
node_bucket: file://{bucket}
requests_per_minute: 0
"""


def run(folder: Path, pair: tuple[Path, Path], nodes: int, clients: int) -> Sequence[Rate]:
    """Enrol ``nodes`` by ``clients`` side by side, at a CA with one worker and at one with two."""
    if not (MODULES / "mod_passenger.so").exists():
        raise BenchError("no mod_passenger here; install libapache2-mod-passenger, or use --without-ca")
    rates = []
    for workers in (1, 2):
        place = folder / f"{workers}"
        place.mkdir()
        site = CaSite(place, "rsa", KEY_BITS)
        names = [f"node-{number}" for number in range(WARM_UP + nodes)]
        waiting = [_node(site, name) for name in names]
        word = "worker" if workers == 1 else "workers"
        with _serving(place, site, pair, workers) as port:
            there = Place("127.0.0.1", port, pair[0])
            rates.append(timed(f"Apache and Passenger, {workers} {word}", there, waiting, clients))
    return rates


def beside(folder: Path, there: Place, prefix: str, nodes: int, clients: int) -> Rate:
    """Enrol as many at another CA of Puppet's API, which signs at once what is called ``prefix``."""
    site = CaSite(folder, "ec", 256)
    run = uuid.uuid4().hex[:8]
    names = [f"{prefix}{run}-{number}" for number in range(WARM_UP + nodes)]
    waiting = [Node(name, site.request(name)) for name in names]
    return timed(f"{there.host}:{there.port}", there, waiting, clients)


def _node(site: CaSite, name: str) -> Node:
    site.record(name)
    return Node(name, site.request(name))


@contextlib.contextmanager
def _serving(root: Path, site: CaSite, pair: tuple[Path, Path], workers: int) -> Iterator[int]:
    """Apache with the CA's application; gives the port."""
    for name in ("app", "app/public", "app/tmp"):
        (root / name).mkdir()
    config = root / "ca.yaml"
    config.write_text(SETTINGS.format(cadir=site.config.cadir, bucket=site.bucket))
    application = APPLICATION.format(library=str(SCRIPTS), config=str(config))
    (root / "app" / "passenger_wsgi.py").write_text(application)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    text = CONFIGURATION.format(
        modules=MODULES,
        user=_user(root),
        root=root,
        port=port,
        passenger=PASSENGER,
        workers=workers,
        certificate=pair[0],
        key=pair[1],
        cadir=site.config.cadir,
        python=PYTHON,
    )
    (root / "apache.conf").write_text(text)
    argv = [APACHE, "-d", str(root), "-f", str(root / "apache.conf"), "-DFOREGROUND"]
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, env={"PATH": "/usr/bin:/bin"}) as process:
        try:
            _await(process, port, root)
            yield port
        finally:
            process.terminate()


def _user(root: Path) -> str:
    """Root's Passenger starts the application as another user, who must own what it writes."""
    if os.geteuid() != 0:
        return "PassengerUserSwitching off"
    for path in (root, *root.rglob("*")):
        shutil.chown(path, "nobody", "nogroup")
    return "PassengerUser nobody\nPassengerGroup nogroup"


def _await(process: subprocess.Popen[bytes], port: int, root: Path) -> None:
    end = time.monotonic() + START
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                log = root / "error.log"
                text = log.read_text()[-1000:] if log.exists() else ""
                raise BenchError(f"Apache has not started: {text}") from None
            time.sleep(0.05)
