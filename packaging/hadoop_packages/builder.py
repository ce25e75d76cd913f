"""One build from start to finish: beside the output, then renamed into place."""

import fcntl
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import artifacts, pypi, repository, signing, spec, stage
from .errors import PackagingError
from .recipe import recipe_hash
from .run import require

STAMP = "recipe.json"


@dataclass(frozen=True)
class Options:
    """What a build is asked for."""

    source: Path
    output: Path
    key: Path | None
    key_dir: Path
    jobs: int
    force: bool = False


def _is_current(output: Path, stamp: dict[str, str]) -> bool:
    try:
        return bool(json.loads((output / STAMP).read_text()) == stamp)
    except (OSError, ValueError):
        return False


@contextmanager
def _lock(output: Path) -> Iterator[None]:
    """One build at a time per output; a second one waits and then finds the work done."""
    output.parent.mkdir(parents=True, exist_ok=True)
    with (output.parent / f".{output.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _remove_leftovers(output: Path) -> None:
    """Remove what builds left that were killed; put an old repository back that was about to be replaced."""
    for path in output.parent.glob(f".{output.name}.build-*"):
        shutil.rmtree(path)
    for path in output.parent.glob(f".{output.name}.old-*"):
        if output.exists():
            shutil.rmtree(path)
        else:
            path.rename(output)


def _replace(output: Path, new: Path) -> None:
    old = output.parent / f".{output.name}.old-{new.name}"
    if output.exists():
        output.rename(old)
    try:
        new.rename(output)
    except OSError:
        if old.exists():
            old.rename(output)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _make(options: Options, work: Path, key: Path, say: Callable[[str], None]) -> Path:
    source = options.source
    definition = spec.load(source / "packages.toml")
    say("fetching Hadoop's artifacts with Maven")
    jars = artifacts.fetch(source / "pom.xml", work / "jars", work / "maven")
    placements = artifacts.place(jars, definition)
    artifacts.check_commands(sorted((source / "files").rglob("*.commands")), placements)
    projects = [project for package in definition.packages for project in package.pypi]
    say("fetching Puppetboard from PyPI")
    python = pypi.fetch(projects, work / "python")
    inputs = stage.Inputs(definition, jars, placements, source, python)
    root = work / "repository"
    pool = root / "pool" / repository.COMPONENT
    say(f"building {len(definition.packages)} packages of Hadoop {definition.version}")
    with ThreadPoolExecutor(options.jobs) as executor:
        futures = [
            executor.submit(stage.build_package, package, inputs, work / "stage", pool)
            for package in definition.packages
        ]
        built = [future.result() for future in futures]
    say("writing and signing the repository")
    packages = [(values, pool / f"{values['Package']}_{values['Version']}_all.deb") for values in built]
    with signing.signer(key) as signer:
        repository.write(root, packages, signer)
    return root


def build(options: Options, say: Callable[[str], None]) -> bool:
    """Make the repository at options.output current; return whether anything had to be built."""
    if options.output.exists() and any(options.output.iterdir()) and not (options.output / STAMP).exists():
        raise PackagingError(
            f"{options.output} holds something else than a repository: choose another --output"
        )
    require("dpkg-deb")
    start = time.monotonic()
    with _lock(options.output):
        _remove_leftovers(options.output)
        key = options.key or signing.ensure_key(options.key_dir)
        stamp = {"recipe": recipe_hash(options.source), "key": signing.fingerprint(key)}
        if not options.force and _is_current(options.output, stamp):
            return False
        prefix = f".{options.output.name}.build-"
        with tempfile.TemporaryDirectory(prefix=prefix, dir=options.output.parent) as scratch:
            root = _make(options, Path(scratch), key, say)
            (root / STAMP).write_text(json.dumps(stamp) + "\n")
            _replace(options.output, root)
    say(f"done in {time.monotonic() - start:.0f} s: {options.output}")
    return True
