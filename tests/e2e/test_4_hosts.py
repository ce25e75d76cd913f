"""The checks of built hosts, over ssh, on the lab's cluster."""

import subprocess
import sys

from lab import access, inventory
from lab.cluster import Cluster
from lab.state import CHECKOUT


def test_every_role_passes_its_checks_over_ssh(cluster: Cluster) -> None:
    hosts, ssh_config = inventory.write(cluster.state)
    checks = [sys.executable, "-m", "pytest", "-v", str(CHECKOUT / "tests" / "hosts")]
    options = ["--inventory", str(hosts), "--ssh-config", str(ssh_config), "-p", "no:cacheprovider"]
    argv = access.inside(cluster.state, [*checks, *options])
    done = subprocess.run(argv, env=access.environment(cluster.state), cwd=CHECKOUT, check=False, timeout=900)
    assert done.returncode == 0
