"""docs/tutorial-role.md in the lab: a role of one's own, beside a cluster that runs.

Up to where the lab begins, tests/docs/test_tutorial.py follows the page. The copy stands in for the reader's
checkout, with the page's commit made in it; the page's own commands are run, with the copy's path. It comes
before test_6_split, which takes this cluster down.
"""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import access, inventory
from lab.cluster import Cluster
from lab.errors import CommandFailed
from lab.run import wait_for
from lab.state import CHECKOUT
from tests.docs import tutorial
from tests.docs.tutorial import Tutorial

IN_LAB = "sudo lab/lab exec -- "
ENVIRONMENT = "/etc/puppet/code/environments/production"
IDENTITY = ["-c", "user.name=reader", "-c", "user.email=reader@example.com"]


@pytest.fixture(scope="module")
def page() -> Tutorial:
    return tutorial.read()


@pytest.fixture(scope="module")
def copy(cluster: Cluster, page: Tutorial, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The checkout as the page has it committed; at the end the masters have our own code again."""
    folder = tmp_path_factory.mktemp("tutorial")
    git(folder, "init", "--quiet")
    tutorial.follow(page, folder)
    git(folder, "add", "--all")
    git(folder, *IDENTITY, "commit", "--quiet", "-m", "A role: web")
    yield folder
    cluster.shell("puppetmaster", f"rm -rf {ENVIRONMENT}/modules/site")
    deploy(cluster, CHECKOUT, "data/roles.yaml")


@pytest.fixture(scope="module")
def web(cluster: Cluster, page: Tutorial, copy: Path) -> Iterator[str]:
    """A node of the role, started as the page says; gives its certname."""
    deployment, launch = commands(page, "git archive")
    assert deployment.endswith(f"'tar -x -C {ENVIRONMENT} && puppet_master refresh'")
    deploy(cluster, copy)
    conduct(cluster, copy, launch)
    yield next(node["certname"] for node in cluster.nodes() if node["role"] == "web")
    if any(node["role"] == "web" for node in cluster.nodes()):
        conduct(cluster, copy, commands(page, "sudo lab/lab ssh web")[1])


def commands(page: Tutorial, first: str) -> list[str]:
    [block] = [block for block in page.commands if block[0].startswith(first)]
    return block


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, timeout=60)


def deploy(cluster: Cluster, folder: Path, *paths: str) -> None:
    """What `git archive HEAD | lab ssh puppetmaster …` does."""
    archive = subprocess.run(
        ["git", "archive", "HEAD", *paths], cwd=folder, capture_output=True, check=True, timeout=60
    ).stdout
    unpack = f"tar -x -C {ENVIRONMENT} && puppet_master refresh"
    argv = access.shell(cluster.state, "puppetmaster", [unpack])
    subprocess.run(argv, input=archive, check=True, timeout=120)


def conduct(cluster: Cluster, copy: Path, line: str) -> None:
    """Run a line of the page inside the lab, with the copy's conductor."""
    assert line.startswith(IN_LAB)
    script, *arguments = shlex.split(line.removeprefix(IN_LAB))
    argv = access.inside(cluster.state, [str(copy / script), *arguments])
    subprocess.run(argv, env=access.environment(cluster.state), check=True, timeout=300)


def test_the_role_starts_and_serves_what_the_page_says(
    cluster: Cluster, page: Tutorial, copy: Path, web: str
) -> None:
    look = commands(page, "sudo lab/lab ssh web")[0].removeprefix("sudo lab/lab ssh web ")
    assert cluster.shell("web", look).strip() == "active"
    hosts, ssh_config = inventory.write(cluster.state)
    check = [sys.executable, "-m", "pytest", "-v", "tests/hosts/test_web.py", "-p", "no:cacheprovider"]
    options = ["--inventory", str(hosts), "--ssh-config", str(ssh_config)]
    argv = access.inside(cluster.state, [*check, *options])
    subprocess.run(argv, env=access.environment(cluster.state), cwd=copy, check=True, timeout=120)


def test_a_second_run_changes_nothing(cluster: Cluster, web: str) -> None:
    cluster.shell(
        "web",
        "puppet agent --test --waitforlock 5 --maxwaitforlock 2m --detailed-exitcodes",
        deadline=180,
    )


def test_the_pages_command_takes_it_away(cluster: Cluster, page: Tutorial, copy: Path, web: str) -> None:
    conduct(cluster, copy, commands(page, "sudo lab/lab ssh web")[1])

    def gone() -> bool:
        try:
            return web not in cluster.shell("puppetmaster", "puppet_ca list --all | grep signed || true")
        except CommandFailed:
            return False

    wait_for(gone, deadline=60, every=2, what=f"{web} is not revoked")
