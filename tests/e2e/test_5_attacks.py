"""The attacks of tests/attacks on the running cluster, from inside its network."""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import access
from lab.cluster import Cluster
from lab.state import CHECKOUT

FORGE = "/root/attacks"
DEADLINE = 900


@pytest.fixture(scope="module")
def certificates(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What forge.py makes on the CA's host, copied here; taken back afterwards."""
    shell = access.shell(cluster.state, "puppetmaster", [f"cat > {FORGE}.py"])
    subprocess.run(shell, input=(CHECKOUT / "tests/attacks/forge.py").read_bytes(), check=True, timeout=30)
    cluster.shell("puppetmaster", f"python3 -I {FORGE}.py {FORGE}")
    shell = access.shell(cluster.state, "puppetmaster", [f"tar -c -C {FORGE} ."])
    archive = subprocess.run(shell, capture_output=True, check=True, timeout=30).stdout
    folder = tmp_path_factory.mktemp("certificates")
    subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True, timeout=30)
    yield folder
    cluster.shell("puppetmaster", f"python3 -I {FORGE}.py --clean {FORGE}; rm -r {FORGE} {FORGE}.py")


def test_no_attack_gets_anything_or_harms_anybody(cluster: Cluster, certificates: Path) -> None:
    name = access.find(cluster.state, "puppetmaster")["name"]
    on = shlex.join(access.entering(cluster.state, "puppetmaster"))
    argv = [
        sys.executable, "-m", "pytest", "tests/attacks", "-q", "-p", "no:cacheprovider",
        "--master", f"https://{name}:8140", "--ca", f"https://{name}:8141", "--puppetdb", f"https://{name}:8081",
        "--health", f"http://{name}:8142", "--certificates", str(certificates),
        "--on-master", on, "--on-ca", on,
    ]  # fmt: skip
    inside = access.inside(cluster.state, argv)
    done = subprocess.run(inside, cwd=CHECKOUT, capture_output=True, text=True, timeout=DEADLINE, check=False)
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-2000:]
