"""What packages.toml says, checked and typed."""

import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from .errors import DefinitionError


@dataclass(frozen=True)
class User:
    """The system user of a package's daemons; its group has the same name, and it joins group hadoop."""

    name: str
    home: str
    gecos: str


@dataclass(frozen=True)
class Daemon:
    """A daemon that a package starts: `COMMAND NAME` as `user`, in a unit named as the package."""

    command: str
    name: str
    user: str
    ready: bool = False
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Directory:
    """A directory that the package's postinst makes."""

    path: str
    owner: str
    group: str
    mode: str


@dataclass(frozen=True)
class Project:
    """One release on PyPI, by the SHA-256 of its one archive; its package goes to /usr/lib/PACKAGE."""

    project: str
    version: str
    sha256: str

    @property
    def module(self) -> str:
        """The Python package that it holds."""
        return self.project.replace("-", "_")


@dataclass(frozen=True)
class Package:
    """One binary package. `jars` and `lib` are file name patterns, `requires` are packages of the
    distribution. `version`, `homepage` and `upstream` are those of what is not Hadoop's."""

    name: str
    summary: str
    description: str
    depends: tuple[str, ...]
    jars: tuple[str, ...] = ()
    lib: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    versionless: tuple[str, ...] = ()
    webapps: str | None = None
    user: User | None = None
    daemon: Daemon | None = None
    directories: tuple[Directory, ...] = ()
    run_directory: Directory | None = None
    links: dict[str, str] = field(default_factory=dict)
    requires: tuple[str, ...] = ()
    pypi: tuple[Project, ...] = ()
    version: str = ""
    homepage: str = ""
    upstream: str = "Apache Hadoop"


@dataclass(frozen=True)
class Spec:
    """All of packages.toml."""

    version: str
    date: datetime
    maintainer: str
    homepage: str
    java: str
    drop: tuple[str, ...]
    packages: tuple[Package, ...]

    @property
    def epoch(self) -> int:
        """The time stamp of everything in the packages, in seconds since 1970."""
        return int(self.date.timestamp())

    def version_of(self, package: Package) -> str:
        """Hadoop's, unless the package has one of its own."""
        return package.version or self.version

    def homepage_of(self, package: Package) -> str:
        """Hadoop's, unless the package has one of its own."""
        return package.homepage or self.homepage


def _package(name: str, table: dict[str, Any], known: set[str]) -> Package:
    table = {"depends": (), **table}
    for key in ("depends", "jars", "lib", "commands", "versionless", "requires"):
        table[key] = tuple(table.get(key, ()))
    unknown = set(table["depends"]) - known - {"adduser", "JAVA"}
    if unknown:
        raise DefinitionError(f"package {name} depends on {', '.join(sorted(unknown))}, which is not defined")
    table["directories"] = tuple(Directory(*entry) for entry in table.get("directories", ()))
    if "run_directory" in table:
        table["run_directory"] = Directory(*table["run_directory"])
    if "user" in table:
        table["user"] = User(**table["user"])
    if "daemon" in table:
        daemon = table["daemon"]
        table["daemon"] = Daemon(**{**daemon, "after": tuple(daemon.get("after", ()))})
    table["pypi"] = tuple(Project(**entry) for entry in table.get("pypi", ()))
    table["description"] = table["description"].strip()
    return Package(name=name, **table)


def load(path: Path) -> Spec:
    """Read packages.toml; raise DefinitionError with the file's name for anything that is wrong in it."""
    try:
        data = tomllib.loads(path.read_text())
        tables = data.pop("package")
        drop = tuple(pattern for patterns in data.pop("drop").values() for pattern in patterns)
        packages = tuple(_package(name, table, set(tables)) for name, table in tables.items())
        return Spec(drop=drop, packages=packages, **data)
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise DefinitionError(f"{path}: {error}") from error
