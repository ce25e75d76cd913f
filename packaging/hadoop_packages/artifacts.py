"""Apache's artifacts from Maven, and which package each jar belongs to."""

import shutil
import zipfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from .errors import CommandError, DefinitionError, FetchError
from .run import require, run
from .spec import Spec

FETCH_TIMEOUT = 1800.0
# What Maven says when it cannot reach its repository, as opposed to "not found" there.
NETWORK_WORDS = (
    "Could not transfer",
    "UnknownHost",
    "Connection refused",
    "timed out",
    "No route to host",
    "Unknown host",
)


def _first_error(error: CommandError) -> str:
    """Return the line in which Maven says what is wrong; the others are advice on its own options."""
    lines = [line.partition("[ERROR] ")[2].strip() for line in error.output.splitlines()]
    return next((line for line in lines if line), str(error))


def fetch(pom: Path, target: Path, scratch: Path) -> list[Path]:
    """Have Maven copy everything that the pom resolves to into `target`; return the jars."""
    require("mvn")
    # Maven writes beside the pom; the checkout may be read-only.
    scratch.mkdir()
    shutil.copy(pom, scratch / "pom.xml")
    # By its full name, so that a failure names what could not be reached.
    goal = "org.apache.maven.plugins:maven-dependency-plugin:copy-dependencies"
    argv = ["mvn", "-Dstyle.color=never", "--batch-mode", "--no-transfer-progress", "--quiet", goal]
    argv += [f"-DoutputDirectory={target}", "-DincludeScope=runtime"]
    try:
        run(argv, cwd=scratch, timeout=FETCH_TIMEOUT)
    except CommandError as error:
        reason = _first_error(error)
        if "No space left on device" in error.output:
            raise FetchError(f"no space left in {target} or ~/.m2 for Hadoop's jars\n{reason}") from error
        if any(word in error.output for word in NETWORK_WORDS):
            hint = "check the network, and the mirror or proxy in ~/.m2/settings.xml"
            raise FetchError(f"Maven cannot reach its repository: {hint}\n{reason}") from error
        raise FetchError(f"Maven could not resolve {pom}\n{reason}") from error
    return sorted(target.glob("*.jar"))


@dataclass(frozen=True)
class Placement:
    """One jar in one directory of one package."""

    jar: Path
    package: str
    directory: str


def _place(jar: Path, spec: Spec, used: set[str]) -> Placement | None:
    dropped = [pattern for pattern in spec.drop if fnmatch(jar.name, pattern)]
    if dropped:
        used.update(dropped)
        return None
    for package in spec.packages:
        for patterns, directory in ((package.jars, ""), (package.lib, "/lib")):
            matching = [pattern for pattern in patterns if fnmatch(jar.name, pattern)]
            if matching:
                used.update(matching)
                return Placement(jar, package.name, f"/usr/lib/{package.name}{directory}")
    return Placement(jar, "hadoop", "/usr/lib/hadoop/lib")


def place(jars: list[Path], spec: Spec) -> list[Placement]:
    """Decide where each jar goes. Raise DefinitionError for a pattern that matches no jar: it is stale."""
    used: set[str] = set()
    placements = [placement for jar in jars if (placement := _place(jar, spec, used))]
    patterns = {pattern for package in spec.packages for pattern in (*package.jars, *package.lib)}
    stale = sorted((patterns | set(spec.drop)) - used)
    if stale:
        raise DefinitionError(f"packages.toml has patterns that match no jar: {', '.join(stale)}")
    return placements


def check_commands(tables: list[Path], placements: list[Placement]) -> None:
    """Raise DefinitionError when a launcher's table names a class that no packaged jar has."""
    classes: set[str] = set()
    for placement in placements:
        with zipfile.ZipFile(placement.jar) as jar:
            classes.update(name for name in jar.namelist() if name.startswith("org/apache/hadoop/"))
    for table in tables:
        for line in table.read_text().splitlines():
            fields = line.split()
            if line.startswith("#") or "." not in fields[2]:
                continue
            if fields[2].replace(".", "/") + ".class" not in classes:
                raise DefinitionError(f"{table.name}: no packaged jar has class {fields[2]} ({fields[0]})")
