"""One module as one archive: AUTHOR-NAME-VERSION.tar.gz with a folder of that name.

It holds files instead of links, `metadata.json`, and the MD5 of each file in `checksums.json`, by which
`puppet module changes` finds what somebody has edited. The same module gives the same bytes.
"""

import gzip
import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ArchiveError

IGNORED = re.compile(r"\.|__pycache__$|checksums\.json$|pkg$|.*\.pyc$")
NAME = re.compile(r"[a-zA-Z0-9]+-[a-z][a-z0-9_]*")
VERSION = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")
# The earliest time that every format of archives can hold.
EPOCH = 315_532_800


@dataclass(frozen=True)
class Module:
    """A module's metadata and its files, by their names in the archive."""

    metadata: dict[str, Any]
    files: Mapping[str, Path]

    @property
    def slug(self) -> str:
        """AUTHOR-NAME-VERSION."""
        return f"{self.metadata['name'].replace('/', '-')}-{self.metadata['version']}"


def load(folder: Path, *, beside: Mapping[str, Path] | None = None) -> Module:
    """Find a module's files; `beside` has those of elsewhere that it gets where it has none of its own.

    Raises ArchiveError where it has no usable `metadata.json`, or a link without a target.
    """
    files = dict(_files(folder))
    try:
        metadata = json.loads((folder / "metadata.json").read_text())
        name, version = metadata["name"].replace("/", "-"), metadata["version"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveError(f"{folder}: metadata.json names no module and version: {error!r}") from error
    if not NAME.fullmatch(name) or not VERSION.fullmatch(version):
        raise ArchiveError(f"{folder}: metadata.json: {name} {version} is no AUTHOR-NAME with a version")
    return Module(metadata, {**(beside or {}), **files})


def pack(module: Module) -> bytes:
    """The archive; raises ArchiveError for a name that is too long for it."""
    contents = {name: path.read_bytes() for name, path in module.files.items()}
    checksums = {
        name: hashlib.md5(data, usedforsecurity=False).hexdigest() for name, data in contents.items()
    }
    contents["checksums.json"] = (json.dumps(checksums, indent=2, sort_keys=True) + "\n").encode()
    executable = {name for name, path in module.files.items() if path.stat().st_mode & 0o100}
    buffer = io.BytesIO()
    # ustar and no compression level of today's: what the module tool's and r10k's own unpackers read.
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted({*contents, *_folders(contents)} | {""}):
            entry = tarfile.TarInfo(f"{module.slug}/{name}".rstrip("/"))
            entry.mtime = int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH))
            entry.uname = entry.gname = "root"
            data = contents.get(name)
            entry.mode = 0o755 if data is None or name in executable else 0o644
            entry.type = tarfile.DIRTYPE if data is None else tarfile.REGTYPE
            entry.size = len(data or b"")
            try:
                tar.addfile(entry, io.BytesIO(data or b""))
            except ValueError as error:
                raise ArchiveError(f"{module.slug}: {name}: {error}") from error
    return gzip.compress(buffer.getvalue(), mtime=0)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.iterdir()):
        if IGNORED.match(path.name):
            continue
        if path.is_dir():
            yield from ((f"{path.name}/{name}", found) for name, found in _files(path))
        elif path.is_file():
            yield path.name, path
        else:
            raise ArchiveError(f"{path} is neither a file nor a folder: a link whose target is not there?")


def _folders(names: Mapping[str, bytes]) -> set[str]:
    return {str(parent) for name in names for parent in Path(name).parents if parent.name}
