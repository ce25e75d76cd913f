"""Puts the files of a package into a directory and makes a .deb of it."""

import gzip
import shutil
import zipfile
from fnmatch import fnmatch
from pathlib import Path

from . import control, units
from .artifacts import Placement
from .run import run
from .spec import Package, Spec

DEB_TIMEOUT = 600.0
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Apache Hadoop
Source: https://hadoop.apache.org/

Files: *
Copyright: The Apache Software Foundation
License: Apache-2.0
 On Debian systems the full text is in /usr/share/common-licenses/Apache-2.0.
Comment: The jars under lib/ are libraries with licences of their own, in META-INF of each.
"""


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
    _write(target / "copyright", COPYRIGHT)
    stamp = spec.date.strftime("%a, %d %b %Y %H:%M:%S +0000")
    entry = f"hadoop ({spec.version}) hadoop; urgency=medium\n\n  * Apache Hadoop, from its artifacts on Maven Central.\n"
    data = f"{entry}\n -- {spec.maintainer}  {stamp}\n".encode()
    with (target / "changelog.Debian.gz").open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(data)


def _content(root: Path, package: Package, spec: Spec, jars: list[Path], placements: list[Placement], files: Path) -> None:
    if (files / package.name).is_dir():
        shutil.copytree(files / package.name, root, dirs_exist_ok=True)
    for placement in placements:
        if placement.package == package.name:
            target = root / placement.directory.lstrip("/")
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(placement.jar, target)
            stem = next((stem for stem in package.versionless if placement.jar.name.startswith(f"{stem}-")), None)
            if stem:
                (target / f"{stem}.jar").symlink_to(placement.jar.name)
    if package.webapps:
        jar = next(jar for jar in jars if fnmatch(jar.name, package.webapps))
        _webapps(jar, root / "usr/lib" / package.name)
    for link, destination in package.links.items():
        path = root / link.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(destination)
    if package.daemon:
        upstream = spec.version.rpartition("-")[0]
        unit = units.unit(package, package.daemon, upstream)
        _write(root / "usr/lib/systemd/system" / f"{package.name}.service", unit)
        _write(root / "etc/default" / package.name, f"# Shell variables for {package.name}; see /etc/default/hadoop.\n")
    if package.run_directory:
        _write(root / "usr/lib/tmpfiles.d" / f"{package.name}.conf", units.tmpfiles(package.run_directory))
    _documentation(root, package, spec)


def _set_modes(root: Path) -> None:
    """Modes as policy wants them, whatever the umask: 755 for directories and programs, 644 for the rest."""
    root.chmod(0o755)
    for path in root.rglob("*"):
        if not path.is_symlink():
            program = path.is_dir() or (path.parent.name in ("bin", "libexec") and path.suffix == "")
            path.chmod(0o755 if program else 0o644)


def build_package(
    package: Package, spec: Spec, jars: list[Path], placements: list[Placement], source: Path, work: Path, pool: Path
) -> dict[str, str]:
    """Build one .deb into `pool`; return its control fields. `source` is packaging/, `work` a private directory."""
    root = work / package.name
    root.mkdir(parents=True)
    _content(root, package, spec, jars, placements, source / "files")
    _set_modes(root)
    size = sum(path.stat().st_size // 1024 + 1 for path in root.rglob("*") if not path.is_symlink())
    values = control.fields(package, spec, size)
    _write(root / "DEBIAN/control", control.paragraph(values))
    for name, text in (("conffiles", control.conffiles(root)), ("md5sums", control.md5sums(root))):
        if text:
            _write(root / "DEBIAN" / name, text)
    for script in control.SCRIPTS:
        content = control.maintainer_script(package, script, source / "debian")
        if content:
            _write(root / "DEBIAN" / script, content, 0o755)
    pool.mkdir(parents=True, exist_ok=True)
    deb = pool / f"{package.name}_{spec.version}_all.deb"
    # Jars are compressed already: a light zstd costs little and unpacks fast.
    argv = ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z3", "--build", str(root), str(deb)]
    run(argv, timeout=DEB_TIMEOUT, env={"SOURCE_DATE_EPOCH": str(spec.epoch)})
    shutil.rmtree(root)
    return values
