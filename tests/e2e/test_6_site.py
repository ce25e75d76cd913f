"""A site of its own: its control repository (tests/site) comes to the master by r10k, and its nodes converge.

Everything that r10k fetches is in the lab: the repositories by git over HTTP, the Forge's modules from
a stand-in of its API that has them from the master's own Debian packages.
"""

import io
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from lab import access
from lab.cluster import Cluster
from lab.network import GATEWAY
from lab.state import CHECKOUT
from tests.e2e.support import AGENT
from tests.r10k.control import Control
from tests.r10k.upstream import Forge

PORT = 8190
ENVIRONMENT = "/etc/puppet/code/environments/production"
BEFORE = "/root/production-before-site"
NODES = ["puppetmaster", "namenode", "jobtracker", "worker"]
DEPLOY = "r10k deploy environment production --modules --config /etc/r10k.yaml --verbose info 2>&1"
DEADLINE = 300
WEB = {"node": {"classes": ["puppet::agent", "login_allowed", "site::web"]}}


@dataclass(frozen=True)
class Site:
    """The site, deployed; its control repository can be worked on."""

    cluster: Cluster
    control: Control

    def deploy(self) -> str:
        return self.cluster.shell("puppetmaster", DEPLOY, deadline=DEADLINE)

    def converge(self, node: str) -> str:
        """What a node's agent says in a run without changes, after one that may have some."""
        self.cluster.shell(node, f"{AGENT}; test $? -eq 0 -o $? -eq 2", deadline=DEADLINE)
        return self.cluster.shell(node, AGENT, deadline=DEADLINE)

    def page(self) -> str:
        name = access.find(self.cluster.state, "web")["name"]
        program = (
            f"import urllib.request as u; print(u.urlopen('http://{name}/', timeout=30).read().decode())"
        )
        return self.cluster.shell("puppetmaster", f'python3 -c "{program}"')


@pytest.fixture(scope="module")
def site(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site in the place of our own environment, which the master has again at the end."""
    folder = tmp_path_factory.mktemp("site")
    modules = debian_modules(cluster, folder / "modules")
    control = Control.create(folder)
    control.fill(f"http://{GATEWAY}:{PORT}", Forge.of(modules).versions())
    command = [sys.executable, "-m", "tests.r10k.upstream", "--listen", f"{GATEWAY}:{PORT}"]
    folders = ["--repositories", str(control.repositories), "--modules", str(modules)]
    with (folder / "upstream.log").open("w") as log:
        upstream = subprocess.Popen(
            access.inside(cluster.state, [*command, *folders]),
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        assert upstream.stdout is not None
        assert upstream.stdout.readline().startswith("http://"), (folder / "upstream.log").read_text()
        install = "apt-get update -qq && apt-get install -qq -y --no-install-recommends git r10k"
        cluster.shell("puppetmaster", install, deadline=DEADLINE)
        configuration = (control.work / "r10k.yaml").read_text()
        cluster.shell("puppetmaster", f"cat > /etc/r10k.yaml <<'END'\n{configuration}END")
        cluster.shell("puppetmaster", f"rm -rf {BEFORE} && cp -a {ENVIRONMENT} {BEFORE}")
        found = Site(cluster, control)
        found.deploy()
        yield found
        cluster.shell(
            "puppetmaster",
            f"rm -rf {ENVIRONMENT} && mv {BEFORE} {ENVIRONMENT} && puppet_master refresh",
            deadline=DEADLINE,
        )
    finally:
        upstream.terminate()
        upstream.wait(10)


@pytest.fixture(scope="module")
def web(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A node of the site's own role, after its first run."""
    settings = yaml.safe_load((site.cluster.state.run / "start_instance.yaml").read_text())
    path = tmp_path_factory.mktemp("web") / "start_instance.yaml"
    path.write_text(yaml.safe_dump({**settings, "roles": {"web": WEB}}))
    site.cluster.conduct("web", "-c", str(path), "--wait")
    yield "web"
    site.cluster.conduct("terminate", "web")


def debian_modules(cluster: Cluster, folder: Path) -> Path:
    """The modules of the master's Debian packages."""
    copy = access.shell(cluster.state, "puppetmaster", ["tar -C /usr/share/puppet/modules -ch ."])
    archive = subprocess.run(copy, capture_output=True, check=True, timeout=60).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
    return folder


def test_every_node_of_the_cluster_gets_the_site_s_commit_and_a_further_run_changes_nothing(
    site: Site,
) -> None:
    commit = site.control.head()
    with ThreadPoolExecutor(2) as pool:
        said = dict(zip(NODES, pool.map(site.converge, NODES), strict=True))
    assert {
        node: text for node, text in said.items() if f"configuration version '{commit}'" not in text
    } == {}


def test_the_master_has_the_modules_of_the_puppetfile_alone(site: Site) -> None:
    listed = site.cluster.shell("puppetmaster", f"ls {ENVIRONMENT}/modules {ENVIRONMENT}/vendor").split()
    modules = ["apache", "apt", "concat", "inifile", "postgresql", "stdlib"]
    assert listed == [f"{ENVIRONMENT}/modules:", *modules, f"{ENVIRONMENT}/vendor:", "puppet_hadoop"]


def test_a_node_of_the_site_s_own_role_converges_and_serves_its_page(site: Site, web: str) -> None:
    site.converge(web)
    assert "<p>Hello from the site</p>" in site.page()


def test_a_commit_reaches_nodes_by_the_next_deployment(site: Site, web: str) -> None:
    data = site.control.work / "data" / "site.yaml"
    data.write_text(data.read_text().replace("Hello", "Welcome"))
    commit = site.control.commit("Another greeting")
    site.deploy()
    assert f"configuration version '{commit}'" in site.converge(web)
    assert "<p>Welcome from the site</p>" in site.page()
