import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.r10k.control import BRANCH, Control
from tests.r10k.upstream import Upstream, serving

# Debian's packages of the Forge's modules; another folder has those of another release.
SYSTEM_MODULES = Path(os.environ.get("SYSTEM_MODULES", "/usr/share/puppet/modules"))
DEPLOY_DEADLINE = 120


@dataclass(frozen=True)
class Site:
    """A site whose r10k deploys to a folder."""

    control: Control
    upstream: Upstream
    folder: Path

    @property
    def environments(self) -> Path:
        return self.folder / "environments"

    @property
    def environment(self) -> Path:
        return self.environments / BRANCH

    @property
    def postruns(self) -> Path:
        """What the postrun command has written: a line each time."""
        return self.folder / "postruns"

    def r10k(self, *words: str, cache: str = "cache") -> subprocess.CompletedProcess[str]:
        """r10k's run with the site's configuration; its folders alone are this test's."""
        configuration = yaml.safe_load((self.control.work / "r10k.yaml").read_text())
        configuration["cachedir"] = str(self.folder / cache)
        configuration["sources"]["site"]["basedir"] = str(self.environments)
        configuration["postrun"] = ["sh", "-c", f"echo deployed >> {self.postruns}"]
        path = self.folder / "r10k.yaml"
        path.write_text(yaml.safe_dump(configuration))
        argv = ["r10k", *words, "--config", str(path), "--verbose", "info"]
        environment = {**os.environ, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            argv, env=environment, capture_output=True, text=True, timeout=DEPLOY_DEADLINE, check=False
        )

    def deploy(self) -> str:
        """Deploy the branch as a master's administrator does; gives r10k's words."""
        done = self.r10k("deploy", "environment", BRANCH, "--modules")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site, its servers up, deployed once."""
    if shutil.which("r10k") is None:
        pytest.skip("needs Debian's r10k")
    folder = tmp_path_factory.mktemp("site")
    control = Control.create(folder)
    with serving(control.repositories, SYSTEM_MODULES) as upstream:
        control.fill(upstream.url, upstream.forge.versions())
        found = Site(control, upstream, folder)
        # What the conductor has put there stands in the way, as on any master that it has started.
        (found.environment / "manifests").mkdir(parents=True)
        (found.environment / "manifests" / "puppetmaster.pp").write_text("# from before\n")
        found.deploy()
        yield found
