"""The hash of everything that decides what a build makes."""

import hashlib
from pathlib import Path

SOURCES = ("build", "pom.xml", "packages.toml", "debian", "files", "hadoop_packages")


def _files(source: Path) -> list[Path]:
    found = []
    for name in SOURCES:
        path = source / name
        found += [path] if path.is_file() else [child for child in path.rglob("*") if child.is_file()]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def recipe_hash(source: Path) -> str:
    """Return the SHA-256 over names, execute bits and contents of packaging's own files."""
    digest = hashlib.sha256()
    for path in _files(source):
        data = path.read_bytes()
        executable = "x" if path.stat().st_mode & 0o100 else "-"
        digest.update(f"{path.relative_to(source)} {executable} {len(data)}\n".encode() + data)
    return digest.hexdigest()
