"""What the checks of CA, database and master share, asked on the host itself."""

import re
from typing import Any

# Without a client certificate; prints the status, or that the handshake or the request was refused.
ASK = """
import http.client, ssl, sys
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
if len(sys.argv) > 4:
    context.load_cert_chain(sys.argv[4], sys.argv[5])
connection = http.client.HTTPSConnection(sys.argv[1], int(sys.argv[2]), timeout=20, context=context)
try:
    connection.request("GET", sys.argv[3])
    print(connection.getresponse().status)
except (ssl.SSLError, ConnectionError, http.client.HTTPException) as error:
    print("refused")
"""


def setting(host: Any, name: str, section: str = "agent") -> str:
    """Return a setting of Puppet's."""
    value: str = host.check_output("puppet config print --section %s %s", section, name)
    return value


def ask(host: Any, port: int, path: str, *, certificate: bool = False) -> str:
    """Return the HTTP status that a TLS port of the host answers, or `refused`."""
    own = [setting(host, "hostcert"), setting(host, "hostprivkey")] if certificate else []
    words = " ".join(["%s"] * (4 + len(own)))
    fqdn = host.check_output("hostname --fqdn")
    answer: str = host.check_output(f"python3 -c {words}", ASK, fqdn, str(port), path, *own)
    return answer


def listening(host: Any) -> set[int]:
    """Return the TCP ports that other hosts reach."""
    lines = host.check_output("ss -Hltn").splitlines()
    addresses = [line.split()[3] for line in lines]
    reachable = [found for found in addresses if not re.match(r"(127\.|\[::1\]|\[::ffff:127\.)", found)]
    return {int(address.rpartition(":")[2]) for address in reachable}


def assert_timer(host: Any, name: str, *, seconds: int) -> None:
    """Check that a timer is enabled, waits for its next turn, and that its last one succeeded lately."""
    timer = host.service(f"{name}.timer")
    assert timer.is_enabled
    assert timer.is_running
    shown = host.check_output("systemctl show --property=Result --value %s", f"{name}.service")
    assert shown == "success"
    last = host.check_output("systemctl show --property=LastTriggerUSec --value %s", f"{name}.timer")
    age = int(host.check_output("date +%s")) - int(host.check_output("date --date=%s +%%s", last))
    assert age < 10 * seconds + 60


def assert_resident(host: Any, name: str, *, seconds: int) -> None:
    """Check that a service that looks again and again is enabled, runs, and looked with success lately."""
    service = host.service(f"{name}.service")
    assert service.is_enabled
    assert service.is_running
    shown = host.check_output("systemctl show --property=StatusText --value %s", f"{name}.service")
    assert shown.startswith("ok at "), shown
    age = int(host.check_output("date +%s")) - int(
        host.check_output("date --date=%s +%%s", shown.removeprefix("ok at "))
    )
    assert age < 10 * seconds + 60


def assert_crl_is_current(host: Any, path: str) -> None:
    """Check that a list of revoked certificates is the CA's and has not ended."""
    verified = host.run("openssl crl -in %s -noout -CAfile %s", path, setting(host, "localcacert"))
    assert "verify OK" in verified.stdout + verified.stderr
    ends = host.check_output("openssl crl -in %s -noout -nextupdate", path).partition("=")[2]
    assert int(host.check_output("date --date=%s +%%s", ends)) > int(host.check_output("date +%s"))


def assert_secret(host: Any, path: str, user: str) -> None:
    """Check that a file with a key belongs to one user, and that others cannot read it."""
    found = host.file(path)
    assert found.user == user
    assert found.mode & 0o027 == 0
