"""The Hadoop packages that `packaging/` builds, once per recipe."""

import os
import shutil
import sys
from pathlib import Path

from lab import host
from lab.errors import CommandFailed, LabError
from lab.run import run
from lab.state import CHECKOUT

BUILD = CHECKOUT / "packaging" / "build"
BUILD_DEADLINE = 2400


def ensure_packages(cache: Path, log: Path) -> Path:
    """The repository's folder, from the cache or built now; repositories of older recipes are removed."""
    digest = run([sys.executable, BUILD, "--recipe-hash"]).stdout.strip()
    repository = cache / f"packages-{digest[:16]}"
    if repository.exists():
        return repository
    host.require_space(cache)
    for stale in cache.glob("packages-*"):
        shutil.rmtree(stale)
    try:
        run(
            [
                sys.executable,
                BUILD,
                "--output",
                repository,
                "--key-dir",
                cache / "signing-key",
                "--jobs",
                str(os.cpu_count() or 1),
            ],
            deadline=BUILD_DEADLINE,
            log=log,
        )
    except CommandFailed as failed:
        raise LabError(f"the Hadoop packages could not be built: {failed}\nwhole log: {log}") from failed
    return repository
