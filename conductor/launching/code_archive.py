"""This repository's tree as one archive, the same bytes for the same tree."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

from conductor.errors import LocalError
from conductor.process import run
from conductor.settings import CHECKOUT


@dataclass(frozen=True)
class CodeArchive:
    """A .tar.gz of HEAD; ``uncommitted`` lists what is changed in the checkout and therefore not in it."""

    content: bytes
    uncommitted: list[str]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def key(self) -> str:
        return f"code/{self.sha256}.tar.gz"


def build(checkout: Path = CHECKOUT) -> CodeArchive:
    """Archive HEAD of the checkout. Raises LocalError: no git, or no checkout."""
    # Under sudo the checkout belongs to somebody else, which git refuses unless told.
    git = ["git", "-c", f"safe.directory={checkout}"]
    if not (checkout / ".git").exists():
        raise LocalError(
            f"{checkout} is not a git checkout: the puppetmaster is built from its HEAD",
            advice="clone the repository with git, and run start_instance.py from the clone",
        )
    tree = run([*git, "archive", "--format=tar", "HEAD"], cwd=checkout)
    changed = run([*git, "status", "--porcelain", "--untracked-files=normal"], cwd=checkout)
    return CodeArchive(
        content=gzip.compress(_without_times(tree), mtime=0),
        uncommitted=[line[3:] for line in changed.decode(errors="replace").splitlines()],
    )


def _without_times(tree: bytes) -> bytes:
    """Another commit, or author, of the same files is the same archive."""
    result = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(tree)) as source,
        tarfile.open(fileobj=result, mode="w", format=tarfile.GNU_FORMAT) as target,
    ):
        for member in source:
            member.mtime = 0
            member.uid = member.gid = 0
            member.uname = member.gname = "root"
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            member.pax_headers = {}
            target.addfile(member, source.extractfile(member) if member.isfile() else None)
    return result.getvalue()
