"""Releases of Python projects from PyPI, each one archive whose SHA-256 is written down."""

import hashlib
import shutil
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from .errors import CommandError, DefinitionError, FetchError
from .run import run
from .spec import Project

FETCH_TIMEOUT = 300.0


def fetch(projects: Sequence[Project], target: Path) -> Path:
    """Have pip, by the machine's own configuration, fetch the archives into `target`, and return it."""
    target.mkdir(parents=True)
    wanted = target / "requirements.txt"
    lines = [f"{each.project}=={each.version} --hash=sha256:{each.sha256}\n" for each in projects]
    wanted.write_text("".join(lines))
    argv = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    argv += ["--disable-pip-version-check", "--dest", str(target), "--requirement", str(wanted)]
    try:
        run(argv, timeout=FETCH_TIMEOUT)
    except CommandError as error:
        hint = "check the network, pip's configuration, and that this Python has pip (`make` makes .venv)"
        raise FetchError(
            f"pip could not fetch {', '.join(e.project for e in projects)}: {hint}\n{error}"
        ) from error
    return target


def unpack(project: Project, archives: Path, target: Path) -> None:
    """Put the project's Python package below `target`, out of the archive whose hash is written down."""
    archive = _archive(project, archives)
    with tempfile.TemporaryDirectory(dir=archives) as scratch:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                wheel.extractall(scratch)  # noqa: S202 - a zip, whose paths stay inside
        else:
            with tarfile.open(archive) as source:
                source.extractall(scratch, filter="data")
        found = sorted(
            Path(scratch).glob(f"**/{project.module}/__init__.py"), key=lambda path: len(path.parts)
        )
        if not found:
            raise DefinitionError(f"{archive.name} holds no Python package {project.module}")
        shutil.copytree(found[0].parent, target / project.module)
        # By which a program finds out its own version.
        for metadata in Path(scratch).glob(f"{project.module}-{project.version}.dist-info"):
            shutil.copytree(metadata, target / metadata.name)


def _archive(project: Project, archives: Path) -> Path:
    for path in sorted(archives.iterdir()):
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == project.sha256:
            return path
    raise DefinitionError(f"no archive of {project.project} {project.version} has the SHA-256 written down")
