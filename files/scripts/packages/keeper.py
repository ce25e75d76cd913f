"""The folder that is served: one whole version of the repository at a time, changed by one rename.

::

    hadoop -> versions/NAME     what Apache serves
    versions/NAME/              dists/hadoop/, pool/ and the public key
    versions/.new-NAME/         the next version, while it is fetched; a run that was cut short goes on there
    state.json, lock            this command's own
"""

import contextlib
import errno
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from enrolment.files import locked, sync_directory, write_atomic
from enrolment.log import Log
from enrolment.store import UNCHANGED, Store

from packages import index
from packages.errors import IncompleteError, KeepError, MalformedError
from packages.index import IN_RELEASE, KEYRING, File

PREFIX = "packages/"  # in the bucket
LOCK_TIMEOUT = 5.0  # seconds
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Config:
    """``folder`` is this command's own, and may be read by anybody."""

    node_bucket: str
    folder: Path

    @property
    def served(self) -> Path:
        """The link to the version in force."""
        return self.folder / "hadoop"

    @property
    def versions(self) -> Path:
        """Where each version has a folder."""
        return self.folder / "versions"

    @property
    def state(self) -> Path:
        """What the bucket was asked last, as JSON."""
        return self.folder / "state.json"


@dataclass
class Keeper:
    """One run of the command. ``open_store`` is passed in for tests."""

    config: Config
    log: Log
    open_store: Callable[[str], Store]

    def fetch(self) -> None:
        """Serve what the bucket has; raise, with what is served kept, if that is not to be had whole."""
        with self._reporting(), locked(self.config.folder / "lock", timeout=LOCK_TIMEOUT):
            store = self.open_store(self.config.node_bucket)
            etag = self._known_etag()
            found = (
                store.get_if_changed(PREFIX + IN_RELEASE, etag) if etag else store.get(PREFIX + IN_RELEASE)
            )
            if found is UNCHANGED:
                return
            if found is None:
                # Also where there were some: nodes may still need what is served.
                self.log.debug(
                    f"{store.url} has no packages: `start_instance.py publish-packages` puts some there"
                )
                return
            debs = self._take(store, found.body)
            state = {"url": self.config.node_bucket, "etag": found.etag, "version": self._linked()}
            write_atomic(self.config.state, json.dumps(state).encode(), mode=0o644)
            self.log.info(f"Serving {len(debs)} packages, {sum(deb.size for deb in debs) / 1e6:.0f} MB")

    def _take(self, store: Store, in_release: bytes) -> list[File]:
        """Fetch the version that ``in_release`` is the index of, and serve it; return its packages."""
        name = hashlib.sha256(in_release).hexdigest()[:16]
        new = self.config.versions / f".new-{name}"
        self._remove_versions(keep=(new.name, self._linked()))
        try:
            debs = self._fetch_all(store, in_release, new)
        except OSError as error:
            if error.errno in _FULL:  # others on this host need the room, too
                shutil.rmtree(new, ignore_errors=True)
            raise
        self._keep_old_packages(debs, new)
        _sync_tree(new)
        whole = new.rename(self.config.versions / f"{name}-{secrets.token_hex(4)}")
        sync_directory(self.config.versions)
        link = self.config.folder / ".new-link"
        link.unlink(missing_ok=True)
        link.symlink_to(whole.relative_to(self.config.folder))
        link.rename(self.config.served)
        sync_directory(self.config.folder)
        self._remove_versions(keep=(whole.name,))
        return debs

    def _fetch_all(self, store: Store, in_release: bytes, new: Path) -> list[File]:
        lists = index.lists(in_release)
        new.mkdir(mode=0o755, parents=True, exist_ok=True)
        for file in lists:
            if not self._have(file, new):
                self._download(store, file, new)
        debs = _debs(lists, new)
        key = store.get(PREFIX + KEYRING)
        if key is None:
            raise IncompleteError(f"{store.url}/{PREFIX}{KEYRING} is missing")
        write_atomic(new / KEYRING, index.check_key(key.body), mode=0o644)
        absent = [file for file in debs if not self._have(file, new)]
        _require_room(new, sum(file.size for file in absent))
        for file in absent:
            self._download(store, file, new)
        write_atomic(new / IN_RELEASE, in_release, mode=0o644)
        return debs

    def _have(self, file: File, new: Path) -> bool:
        """Whether the file is in ``new``, verified: from a run that was cut short, or from what is served."""
        path, old = new / file.path, self.config.served / file.path
        if _is_whole(path, file):
            return True
        path.unlink(missing_ok=True)
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        if not _is_whole(old, file):
            return False
        path.hardlink_to(old)
        return True

    def _download(self, store: Store, file: File, new: Path) -> None:
        where = f"{store.url}/{PREFIX}{file.path}"
        self.log.debug(f"Fetching {where}")
        digest, size = hashlib.sha256(), 0
        part = new / ".part"
        try:
            with part.open("wb") as target:
                os.fchmod(target.fileno(), 0o644)

                def write(piece: bytes) -> None:
                    nonlocal size
                    size += len(piece)
                    if size > file.size:
                        raise IncompleteError(f"{where} is longer than its index says ({file.size} bytes)")
                    digest.update(piece)
                    target.write(piece)

                if not store.download(PREFIX + file.path, write):
                    raise IncompleteError(f"{where} is missing")
                target.flush()
                os.fsync(target.fileno())
            if size != file.size or digest.hexdigest() != file.sha256:
                raise IncompleteError(f"{where} is not the file that its index names")
            part.rename(new / file.path)
        finally:
            part.unlink(missing_ok=True)

    def _keep_old_packages(self, debs: list[File], new: Path) -> None:
        """Nodes that have the lists of the version before find its packages, but for those replaced."""
        named = {file.path for file in debs}
        served = self.config.served
        try:
            before = _debs(index.lists((served / IN_RELEASE).read_bytes()), served)
        except (FileNotFoundError, MalformedError):
            return
        for file in before:
            path = new / file.path
            if file.path not in named and not path.exists() and _is_whole(served / file.path, file):
                path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
                path.hardlink_to(served / file.path)

    def _known_etag(self) -> str:
        """The tag of what is served, if that is known to be what this bucket had."""
        if not (self.config.served / IN_RELEASE).is_file():
            return ""
        with contextlib.suppress(OSError, ValueError):
            state = json.loads(self.config.state.read_bytes())
            known = {"url": self.config.node_bucket, "version": self._linked()}
            if isinstance(state, dict) and known.items() <= state.items():
                return str(state.get("etag", ""))
        return ""

    def _linked(self) -> str:
        """The name of the version in force; empty: there is none."""
        return self.config.served.readlink().name if self.config.served.is_symlink() else ""

    def _remove_versions(self, *, keep: tuple[str, ...]) -> None:
        self.config.versions.mkdir(mode=0o755, exist_ok=True)
        for path in self.config.versions.iterdir():
            if path.name not in keep:
                shutil.rmtree(path)

    @contextlib.contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise KeepError(f"{self.config.folder}: {error}") from error


def _debs(lists: list[File], root: Path) -> list[File]:
    """The packages that the lists in ``root`` name, each once. Raises MalformedError."""
    found: dict[str, File] = {}
    for file in lists:
        if file.is_list:
            for deb in index.packages(file.path, (root / file.path).read_bytes()):
                if found.setdefault(deb.path, deb) != deb:
                    raise MalformedError(f"{file.path}: {deb.path} is another file in another list")
    return list(found.values())


def _require_room(folder: Path, size: int) -> None:
    """Before a download that would fail at its end, and be begun again by the next run."""
    free = shutil.disk_usage(folder).free
    if size > free:
        raise OSError(errno.ENOSPC, f"{size / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB free", str(folder))


def _is_whole(path: Path, file: File) -> bool:
    """Whether the file is there, and the one that the index names."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size != file.size:
        return False
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest() == file.sha256


def _sync_tree(root: Path) -> None:
    for folder, _, _ in os.walk(root):
        sync_directory(Path(folder))
