"""A site's git server: its control repository (tests/site), and ours as it was last committed."""

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
SITE = CHECKOUT / "tests" / "site"
BRANCH = "production"
GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "safe.directory",
    "GIT_CONFIG_VALUE_0": "*",
    **{
        f"GIT_{who}_{what}": "site@example.com"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    },
}


def git(folder: Path, *words: str) -> str:
    """Output of a git command; CalledProcessError shows none, so git's own words go to standard error."""
    argv = ["git", "-C", str(folder), *words]
    environment = {**os.environ, **GIT}
    done = subprocess.run(argv, env=environment, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    return done.stdout.strip()


def publish_ours(work: Path, repository: Path) -> None:
    """Make a repository with our last commit's files on `main`, without the history: ours may be shallow."""
    work.mkdir()
    archive = work.with_suffix(".tar")
    git(CHECKOUT, "archive", f"--output={archive}", "HEAD")
    with tarfile.open(archive) as tar:
        tar.extractall(work, filter="data")
    git(work, "init", "--quiet", "--initial-branch", "main")
    git(work, "add", "--all", "--force")
    git(work, "commit", "--quiet", "--message", git(CHECKOUT, "rev-parse", "HEAD"))
    git(repository.parent, "clone", "--quiet", "--bare", str(work), repository.name)


@dataclass(frozen=True)
class Control:
    """The control repository at work: a working copy, and the repositories that a server serves."""

    work: Path
    repositories: Path

    @classmethod
    def create(cls, folder: Path) -> "Control":
        """Make both repositories below a folder; nothing is committed to the site's yet."""
        control = cls(folder / "work", folder / "repositories")
        control.repositories.mkdir(parents=True)
        publish_ours(folder / "ours", control.repositories / "puppet-hadoop.git")
        git(control.repositories, "init", "--quiet", "--bare", "--initial-branch", BRANCH, "control.git")
        git(control.repositories, "clone", "--quiet", "control.git", str(control.work))
        git(control.work, "checkout", "--quiet", "-B", BRANCH)
        shutil.copytree(SITE, control.work, dirs_exist_ok=True)
        return control

    def fill(self, url: str, versions: Mapping[str, str]) -> None:
        """Put a server and a Forge's versions in the place of the examples, and commit."""
        for name in ("Puppetfile", "r10k.yaml"):
            path = self.work / name
            text = path.read_text().replace("https://git.example.com", f"{url}/git")
            path.write_text(text.replace("https://forge.example.com", url))
        puppetfile = self.work / "Puppetfile"
        puppetfile.write_text(
            re.sub(
                r"^mod '([\w-]+)',(\s+)'[\d.]+'",
                lambda found: f"mod '{found[1]}',{found[2]}'{versions[found[1]]}'",
                puppetfile.read_text(),
                flags=re.MULTILINE,
            )
        )
        self.commit("The site")

    def commit(self, message: str) -> str:
        """Commit and push what the working copy holds; gives the commit."""
        git(self.work, "add", "--all")
        git(self.work, "commit", "--quiet", "--message", message)
        git(self.work, "push", "--quiet", "origin", f"HEAD:{BRANCH}")
        return self.head()

    def head(self) -> str:
        """The commit that a deployment brings."""
        return git(self.work, "rev-parse", "HEAD")
