"""Putting a package repository into the bucket, so that readers see the old one or the new one.

They take the index (InRelease) first and compare everything with its checksums. So it goes last, and what is
superseded is removed after it. Whoever finds something else at the end than what it has put there, another
publisher's say, begins again: the last one's repository is whole.
"""

from __future__ import annotations

import hashlib
import os
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conductor import packages
from conductor.context import Context
from conductor.errors import CloudError, LocalError, UsageError
from conductor.fleet.locking import locked
from conductor.settings import CHECKOUT

# The readers' own rules: what is refused there is not uploaded.
sys.path.append(str(CHECKOUT / "files" / "scripts"))
from packages import index
from packages.errors import PackagesError

ATTEMPTS = 5
BESIDE = ("Release", "Release.gpg")
MEGABYTE = 1_000_000
PIECE = 1 << 20  # bytes
BUILD_ADVICE = "build one with `packaging/build`"
DAMAGED_ADVICE = "`packaging/build --force` makes it anew"


@dataclass(frozen=True)
class Upload:
    """One file, and the MD5 by which S3 checks and tags it."""

    key: str
    path: Path
    size: int
    md5: bytes


@dataclass(frozen=True)
class Repository:
    """A repository's files, in the order in which they are uploaded."""

    uploads: list[Upload]
    packages: int

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(each.size for each in self.uploads)


def default_folder() -> Path:
    """Where `packaging/build` puts a repository unless told otherwise."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "hadoop-repository"


def publish(context: Context, folder: Path) -> None:
    """Have the bucket hold the repository in ``folder`` and no other, and tell Hadoop's nodes.

    May be repeated, after a failure too: what is there is not uploaded again. Raises UsageError, LocalError,
    CloudError.
    """
    repository = read(folder)
    if not context.store.exists():
        context.store.create()
        context.say(f"made bucket {context.store.bucket}, private")
    _upload(context, repository)
    context.say(
        f"published {repository.packages} packages, {repository.size / MEGABYTE:.0f} MB; "
        f"hosts with {packages.SERVING_CLASS} serve them within a minute or two"
    )
    with locked(context, "publish-packages"):  # so that no record is written that is being removed
        packages.update(context)


def read(folder: Path) -> Repository:
    """What is to be uploaded. Raises UsageError: no repository; LocalError: it is damaged."""
    if not (folder / index.IN_RELEASE).is_file():
        raise UsageError(
            f"{folder} is no package repository: it has no {index.IN_RELEASE}", advice=BUILD_ADVICE
        )
    try:
        lists = index.lists((folder / index.IN_RELEASE).read_bytes())
        debs = {
            deb.path: deb
            for file in lists
            if file.is_list
            for deb in index.packages(file.path, (folder / file.path).read_bytes())
        }
        index.check_key((folder / index.KEYRING).read_bytes())
        uploads = [_upload_of(folder, file.path, file) for file in [*debs.values(), *lists]]
        uploads += [_upload_of(folder, path) for path in _last(folder)]
    except (OSError, PackagesError) as error:
        raise LocalError(f"{folder}: {error}", advice=DAMAGED_ADVICE) from error
    return Repository(uploads, len(debs))


def _last(folder: Path) -> Iterator[str]:
    """The key, then what it signs; the index that readers look at is the last of all."""
    yield index.KEYRING
    for name in BESIDE:
        if (folder / index.SUITE / name).is_file():
            yield f"{index.SUITE}/{name}"
    yield index.IN_RELEASE


def _upload(context: Context, repository: Repository) -> None:
    keys = {each.key for each in repository.uploads}
    sent: dict[str, str] = {}
    for _ in range(ATTEMPTS):
        there = context.store.tags(packages.PREFIX)
        # S3 tags an object with something else than its MD5 where a key of the customer's encrypts it.
        missing = [
            each
            for each in repository.uploads
            if each.key not in there or there[each.key] not in (each.md5.hex(), sent.get(each.key))
        ]
        superseded = there.keys() - keys
        if not missing and not superseded:
            return
        for each in missing:
            if each.size > MEGABYTE:
                context.say(f"uploading {each.path.name} ({each.size / MEGABYTE:.0f} MB)")
            try:
                sent[each.key] = context.store.put_file(each.key, each.path, md5=b64encode(each.md5).decode())
            except OSError as error:  # it is being built anew, say
                raise LocalError(f"{each.path}: {error}", advice="publish again") from error
        context.store.delete(sorted(superseded))
    raise CloudError(
        f"{context.store.url(packages.PREFIX)} changed {ATTEMPTS} times while it was written",
        advice="publish again when nobody else does",
    )


def _upload_of(folder: Path, path: str, named: index.File | None = None) -> Upload:
    """Raises LocalError if the file is not the one that its index has ``named``."""
    md5, sha256, size = hashlib.md5(usedforsecurity=False), hashlib.sha256(), 0
    with (folder / path).open("rb") as file:
        while piece := file.read(PIECE):
            md5.update(piece)
            sha256.update(piece)
            size += len(piece)
    if named is not None and (named.size, named.sha256) != (size, sha256.hexdigest()):
        raise LocalError(f"{folder}/{path} is not the file that its index names", advice=DAMAGED_ADVICE)
    return Upload(packages.PREFIX + path, folder / path, size, md5.digest())
