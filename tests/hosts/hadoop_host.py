"""What the checks of Hadoop hosts share: questions to web servers and commands, asked on the host itself."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

CONFIGURATION = "/etc/hadoop/conf.puppet"
ASSEMBLY_TIMER = "/etc/systemd/system/puppet-agent-assembly.timer"


def get_json(host: Any, port: int, path: str, *, accept: str = "*/*") -> Any:
    """Return what a daemon's web server on the host answers; it listens on the host's full name."""
    program = (
        "import sys, urllib.request; "
        "question = urllib.request.Request(sys.argv[1], headers={'Accept': sys.argv[2]}); "
        "print(urllib.request.urlopen(question, timeout=30).read().decode('utf-8'))"
    )
    fqdn = host.check_output("hostname --fqdn")
    return json.loads(
        host.check_output("python3 -c %s %s %s", program, f"http://{fqdn}:{port}{path}", accept)
    )


def jmx(host: Any, port: int, bean: str) -> dict[str, Any]:
    """Return the attributes of a daemon's JMX bean, such as `Hadoop:service=NameNode,name=NameNodeInfo`."""
    beans = get_json(host, port, f"/jmx?qry={bean}")["beans"]
    assert len(beans) == 1, f"{bean} on port {port} matches {len(beans)} beans"
    return beans[0]


def as_hdfs(host: Any, command: str, *arguments: str) -> str:
    """Return the output of a command that the superuser of HDFS runs."""
    return host.check_output(f"runuser -u hdfs -- {command}", *arguments)


def names_of(config: pytest.Config, role: str) -> list[str]:
    """Return the hosts that the inventory has for a role."""
    inventory = yaml.safe_load(Path(config.getoption("--inventory")).read_text())
    return inventory.get(role) or []


def assert_daemon(host: Any, unit: str, user: str) -> None:
    """Check that a daemon is installed, enabled and running as its own user."""
    assert host.package(unit).is_installed
    assert host.service(unit).is_enabled
    assert host.service(unit).is_running
    pid = host.check_output("systemctl show --property=MainPID --value %s", unit)
    assert host.check_output("stat --format=%%U /proc/%s", pid) == user


def assert_complete(host: Any) -> None:
    """Check that a node knows its partners and waits for nothing."""
    for role in ("namenode", "jobtracker"):
        assert host.file(f"/etc/hadoop/partners.d/hadoop.{role}.yaml").is_file
    assert not host.file(ASSEMBLY_TIMER).exists


def assert_file_comes_back(host: Any) -> None:
    """Check that a file that the host writes into HDFS is read there as it was."""
    path = f"/tmp/check-of-{host.check_output('hostname')}"
    host.run_expect([0], "hadoop fs -put -f /etc/services %s", path)
    try:
        host.run_expect([0], "hadoop fs -cat %s | cmp - /etc/services", path)
    finally:
        host.run_expect([0], "hadoop fs -rm -skipTrash %s", path)
