"""Puppetboard on a host of its own, and the pages of Hadoop, in a real browser.

With `SCREENSHOTS=docs/images` the pages that the documents show are taken anew.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from lab import access
from lab.cluster import Cluster
from lab.run import run
from tests.e2e.support import AGENT

USER, PASSWORD = "operator", "correct horse"
WINDOW = "1400,900"

# Asks with the host's own certificate.
ASK = """python3 - <<'END'
import requests, subprocess
setting = lambda name: subprocess.check_output(["puppet", "config", "print", name], text=True).strip()
own, ca = (setting("hostcert"), setting("hostprivkey")), setting("localcacert")
print(requests.{method}("{url}", cert=own, verify=ca, timeout=30).status_code)
END"""


@pytest.fixture(scope="module")
def board(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The certname of a board that lets one user in."""
    hashed = run(["openssl", "passwd", "-6", PASSWORD]).stdout.strip()
    settings = yaml.safe_load((cluster.state.run / "start_instance.yaml").read_text())
    settings["roles"] = {
        "board": {"node": {"parameters": {"data": {"puppet::board::users": {USER: hashed}}}}}
    }
    config = tmp_path_factory.mktemp("board") / "start_instance.yaml"
    config.write_text(yaml.safe_dump(settings))
    cluster.conduct("-c", str(config), "board", "--wait")
    [node] = [node for node in cluster.nodes() if node["role"] == "board"]
    yield str(node["certname"])
    cluster.conduct("terminate", "board")


class Browser:
    """Headless Chromium in the lab's network, which trusts the site's CA and nothing else of the lab."""

    def __init__(self, cluster: Cluster, home: Path) -> None:
        self._cluster = cluster
        self._home = home
        (home / ".pki/nssdb").mkdir(parents=True)
        authority = home / "ca.pem"
        authority.write_text(cluster.shell("puppetmaster", "cat $(puppet config print localcacert)"))
        database = f"sql:{home}/.pki/nssdb"
        run(["certutil", "-d", database, "-N", "--empty-password"])
        run(["certutil", "-d", database, "-A", "-t", "C,,", "-n", "site", "-i", str(authority)])

    def _run(self, *arguments: str) -> str:
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
        options += [
            f"--window-size={WINDOW}",
            "--virtual-time-budget=15000",
            f"--user-data-dir={self._home}/profile",
        ]
        argv = access.inside(self._cluster.state, ["chromium", *options, *arguments])
        environment = {**access.environment(self._cluster.state), "HOME": str(self._home)}
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=True, timeout=120)
        return done.stdout

    def page(self, url: str) -> str:
        """A page's document after its scripts have run."""
        return self._run("--dump-dom", url)

    def picture(self, url: str, name: str) -> Path:
        """A picture of a page, which is kept where $SCREENSHOTS says."""
        folder = Path(os.environ.get("SCREENSHOTS") or self._home).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        self._run(f"--screenshot={path}", url)
        assert path.read_bytes().startswith(b"\x89PNG")
        return path


@pytest.fixture(scope="module")
def browser(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Browser:
    return Browser(cluster, tmp_path_factory.mktemp("browser"))


def name_of(cluster: Cluster, role: str) -> str:
    return str(access.find(cluster.state, role)["name"])


def worker_of(cluster: Cluster) -> str:
    """The certname of a worker that runs: others have a record alone."""
    nodes = cluster.nodes()
    return next(str(node["certname"]) for node in nodes if node["role"] == "worker" and node["instance_id"])


def url_of(cluster: Cluster, path: str = "/", user: str = f"{USER}:{PASSWORD.replace(' ', '%20')}@") -> str:
    return f"https://{user}{name_of(cluster, 'board')}:8144{path}"


@pytest.mark.usefixtures("board")
def test_the_browser_trusts_the_board_by_the_site_s_ca_and_sees_every_node(
    cluster: Cluster, browser: Browser
) -> None:
    page = browser.page(url_of(cluster, "/nodes"))
    certnames = {node["certname"] for node in cluster.nodes() if node["enrolled"]}
    assert len(certnames) >= 5
    assert {name for name in certnames if name not in page} == set()


@pytest.mark.usefixtures("board")
def test_a_node_s_reports_are_shown(cluster: Cluster, browser: Browser) -> None:
    page = browser.page(url_of(cluster, f"/node/{worker_of(cluster)}"))
    assert worker_of(cluster) in page
    assert "report/" in page


@pytest.mark.usefixtures("board")
def test_nobody_else_sees_it(cluster: Cluster) -> None:
    program = (
        "import sys, urllib.request, urllib.error, ssl\n"
        "context = ssl._create_unverified_context()\n"
        "try:\n"
        "    print(urllib.request.urlopen(sys.argv[1], context=context, timeout=20).status)\n"
        "except urllib.error.HTTPError as error:\n"
        "    print(error.code)\n"
    )
    argv = access.inside(cluster.state, ["python3", "-c", program, url_of(cluster, user="")])
    assert run(argv, env=access.environment(cluster.state)).stdout.strip() == "401"


@pytest.mark.usefixtures("board")
def test_its_certificate_lets_it_ask_puppetdb_and_change_nothing(cluster: Cluster) -> None:
    database = f"https://{name_of(cluster, 'puppetmaster')}:8081"
    nodes, change = f"{database}/pdb/query/v4/nodes", f"{database}/pdb/cmd/v1?command=deactivate_node"
    assert cluster.shell("board", ASK.format(method="get", url=nodes)) == "200\n"
    assert cluster.shell("board", ASK.format(method="post", url=change)) == "403\n"
    assert cluster.shell("worker", ASK.format(method="get", url=nodes)) == "403\n"


@pytest.mark.usefixtures("board")
def test_a_further_agent_run_changes_nothing_on_the_board(cluster: Cluster) -> None:
    assert cluster.shell("board", AGENT, deadline=300)


@pytest.mark.usefixtures("board")
def test_pictures_of_the_pages(cluster: Cluster, browser: Browser) -> None:
    pages = {
        "puppetboard-node.png": url_of(cluster, f"/node/{worker_of(cluster)}"),
        "namenode.png": f"http://{name_of(cluster, 'namenode')}:9870/dfshealth.html#tab-datanode",
        "resourcemanager.png": f"http://{name_of(cluster, 'jobtracker')}:8088/cluster/nodes",
    }
    for name, url in pages.items():
        picture = browser.picture(url, name)
        assert picture.stat().st_size > 20_000, f"{name} shows nothing"
        assert time.time() - picture.stat().st_mtime < 300
