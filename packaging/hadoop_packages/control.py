"""The control files of a package: control, conffiles, md5sums and the maintainer scripts."""

import hashlib
from pathlib import Path
from string import Template

from .spec import Package, Spec

SCRIPTS = ("preinst", "postinst", "prerm", "postrm")


def fields(package: Package, spec: Spec, installed_kib: int) -> dict[str, str]:
    """Return the fields of the control file, in their order."""
    depends = []
    for name in package.depends:
        if name == "JAVA":
            depends.append(spec.java)
        elif name == "adduser":
            depends.append(name)
        else:
            depends.append(f"{name} (= {spec.version})")
    depends += package.requires
    if package.daemon:
        depends.append("init-system-helpers (>= 1.52)")
    lines = [line or "." for line in package.description.splitlines()]
    return {
        "Package": package.name,
        "Source": package.name if package.version else "hadoop",
        "Version": spec.version_of(package),
        "Architecture": "all",
        "Maintainer": spec.maintainer,
        "Installed-Size": str(installed_kib),
        "Depends": ", ".join(depends),
        "Section": "misc",
        "Priority": "optional",
        "Homepage": spec.homepage_of(package),
        "Description": "\n ".join([package.summary, *lines]),
    }


def paragraph(values: dict[str, str]) -> str:
    """Render fields as a paragraph of a control file."""
    return "".join(f"{key}: {value}\n" for key, value in values.items())


def conffiles(root: Path) -> str:
    """Return the list of files under /etc of a staged package."""
    return "".join(f"/{path.relative_to(root)}\n" for path in sorted(root.glob("etc/**/*")) if path.is_file())


def md5sums(root: Path) -> str:
    """Return dpkg's checksums of a staged package's files (conffiles and DEBIAN excepted)."""
    lines = []
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if path.is_file() and not path.is_symlink() and name.parts[0] not in ("DEBIAN", "etc"):
            digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
            lines.append(f"{digest}  {name}\n")
    return "".join(lines)


def _fragments(package: Package) -> list[tuple[str, dict[str, str]]]:
    """Return which fragments in debian/ make up the maintainer scripts, with their values."""
    found: list[tuple[str, dict[str, str]]] = []
    if package.name == "hadoop":
        found.append(("hadoop", {}))
    if package.user:
        user = package.user
        found.append(("user", {"user": user.name, "home": user.home, "gecos": user.gecos}))
    if package.directories:
        paths = [directory.path for directory in package.directories]
        logs = " ".join(path for path in paths if path.startswith("/var/log/"))
        state = " ".join(path for path in reversed(paths) if path.startswith("/var/lib/"))
        make = "\n".join(
            f"        [ -d {entry.path} ] ||"
            f" install -d -o {entry.owner} -g {entry.group} -m {entry.mode} {entry.path}"
            for entry in package.directories
        )
        found.append(("directories", {"make": make, "logs": logs, "state": state, "name": package.name}))
    if package.run_directory:
        found.append(("tmpfiles", {"name": package.name, "run": package.run_directory.path}))
    if package.daemon:
        found.append(("unit", {"unit": f"{package.name}.service"}))
    return found


def maintainer_script(package: Package, script: str, fragments: Path) -> str | None:
    """Return a maintainer script, or None if the package needs none. Fragments are debian/SCRIPT.WHAT."""
    parts = []
    for what, values in _fragments(package):
        fragment = fragments / f"{script}.{what}"
        if fragment.is_file():
            parts.append(Template(fragment.read_text()).substitute(values))
    if not parts:
        return None
    return "#!/bin/sh\nset -e\n\n" + "\n".join(parts)
