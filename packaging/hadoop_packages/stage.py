"""Puts the files of a package into a directory and makes a .deb of it."""

import gzip
import re
import shutil
import zipfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from . import control, pypi, units
from .artifacts import Placement
from .run import run
from .spec import Package, Spec

DEB_TIMEOUT = 600.0
# In a jar's name, before the classifier if there is one: hadoop-common-3.5.0-tests.
_VERSION = re.compile(r"-\d+(\.\d+)+(?=-|$)")
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: {upstream}
Source: {homepage}

Files: *
Copyright: {owner}
License: Apache-2.0
 On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0.
"""
HADOOPS_OWNER = "2006-2026 The Apache Software Foundation"
HADOOPS_COMMENT = (
    "Comment: The jars under lib/ are libraries with licences of their own, in META-INF of each.\n"
)


@dataclass(frozen=True)
class Inputs:
    """What all packages are built from. `source` is packaging/, `python` holds PyPI's archives."""

    spec: Spec
    jars: list[Path]
    placements: list[Placement]
    source: Path
    python: Path | None = None


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def _webapps(jar: Path, target: Path) -> None:
    """Unpack the web pages of a jar, without the source maps."""
    with zipfile.ZipFile(jar) as archive:
        for name in archive.namelist():
            if name.startswith("webapps/") and not name.endswith(("/", ".map", ".map.gz")):
                archive.extract(name, target)


def _documentation(root: Path, package: Package, spec: Spec) -> None:
    target = root / "usr/share/doc" / package.name
    owner = f"the authors of {package.upstream}" if package.version else HADOOPS_OWNER
    head = COPYRIGHT.format(upstream=package.upstream, homepage=spec.homepage_of(package), owner=owner)
    _write(target / "copyright", head + ("" if package.version else HADOOPS_COMMENT))
    stamp = spec.date.strftime("%a, %d %b %Y %H:%M:%S +0000")
    source = package.name if package.version else "hadoop"
    head = f"{source} ({spec.version_of(package)}) hadoop; urgency=medium"
    what = "The release on PyPI." if package.pypi else "Apache's artifacts of this version."
    entry = f"{head}\n\n  * {what}\n\n -- {spec.maintainer}  {stamp}\n"
    (target / "changelog.Debian.gz").write_bytes(gzip.compress(entry.encode(), mtime=0))


def _jars(root: Path, package: Package, placements: list[Placement]) -> None:
    for placement in placements:
        if placement.package != package.name:
            continue
        target = root / placement.directory.lstrip("/")
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(placement.jar, target)
        stem = _VERSION.sub("", placement.jar.stem)
        if stem in package.versionless:
            (target / f"{stem}.jar").symlink_to(placement.jar.name)


def _content(root: Path, package: Package, inputs: Inputs) -> None:
    files = inputs.source / "files" / package.name
    if files.is_dir():
        shutil.copytree(files, root, dirs_exist_ok=True)
    _jars(root, package, inputs.placements)
    for project in package.pypi:
        assert inputs.python is not None  # noqa: S101 - the builder has fetched what a package names
        pypi.unpack(project, inputs.python, root / "usr/lib" / package.name)
    if package.webapps:
        jar = next(jar for jar in inputs.jars if fnmatch(jar.name, package.webapps))
        _webapps(jar, root / "usr/lib" / package.name)
    for link, destination in package.links.items():
        path = root / link.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(destination)
    if package.daemon:
        upstream = inputs.spec.version.rpartition("-")[0]
        unit = units.unit(package, package.daemon, upstream)
        _write(root / "usr/lib/systemd/system" / f"{package.name}.service", unit)
        comment = f"# Shell variables for {package.name}; see /etc/default/hadoop.\n"
        _write(root / "etc/default" / package.name, comment)
    if package.run_directory:
        _write(root / "usr/lib/tmpfiles.d" / f"{package.name}.conf", units.tmpfiles(package.run_directory))
    _documentation(root, package, inputs.spec)


def _set_modes(root: Path) -> None:
    """Modes as policy wants them, whatever the umask: 755 for directories and programs, 644 for the rest."""
    root.chmod(0o755)
    for path in root.rglob("*"):
        if not path.is_symlink():
            program = path.is_dir() or (path.parent.name in ("bin", "libexec") and path.suffix == "")
            path.chmod(0o755 if program else 0o644)


def build_package(package: Package, inputs: Inputs, work: Path, pool: Path) -> dict[str, str]:
    """Build one .deb into `pool`; return its control fields. `work` is a private directory."""
    spec = inputs.spec
    root = work / package.name
    root.mkdir(parents=True)
    _content(root, package, inputs)
    _set_modes(root)
    size = sum(path.stat().st_size // 1024 + 1 for path in root.rglob("*") if not path.is_symlink())
    values = control.fields(package, spec, size)
    _write(root / "DEBIAN/control", control.paragraph(values))
    for name, text in (("conffiles", control.conffiles(root)), ("md5sums", control.md5sums(root))):
        if text:
            _write(root / "DEBIAN" / name, text)
    for script in control.SCRIPTS:
        content = control.maintainer_script(package, script, inputs.source / "debian")
        if content:
            _write(root / "DEBIAN" / script, content, 0o755)
    pool.mkdir(parents=True, exist_ok=True)
    deb = pool / f"{package.name}_{spec.version_of(package)}_all.deb"
    # Jars are compressed already: a light zstd costs little and unpacks fast.
    argv = ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z3", "--build", str(root), str(deb)]
    run(argv, timeout=DEB_TIMEOUT, env={"SOURCE_DATE_EPOCH": str(spec.epoch)})
    shutil.rmtree(root)
    return values
