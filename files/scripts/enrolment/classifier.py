"""node_classifier's long way: ask the store, print the answer, keep it."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import cache
from .errors import ConfigError, EnrolmentError, RecordError, StoreError, StoreUnavailableError
from .files import locked, write_atomic
from .log import Log
from .names import is_certname
from .noted import count
from .record import Record, dump_yaml, enc_document, parse_record
from .store import Store, Unchanged

DEADLINE = 5.0  # seconds for one question to the store
WORKERS = 16
OUTAGES = ".outages"  # in the cache: how often the store gave no answer
EMPTY = dump_yaml({"classes": {}, "parameters": {}})
OK, UNKNOWN, USAGE, BAD_RECORD, NO_ANSWER = 0, 1, 2, 3, 4  # exit codes


class UnknownNodeError(EnrolmentError):
    """There is no record of this name."""


def exit_code(error: EnrolmentError) -> int:
    """Return the command's exit code for an error."""
    if isinstance(error, UnknownNodeError):
        return UNKNOWN
    if isinstance(error, ConfigError):
        return USAGE
    return NO_ANSWER if isinstance(error, StoreError) else BAD_RECORD


@dataclass(frozen=True)
class Settings:
    """How to answer; see files/scripts/node_classifier."""

    node_bucket: str
    cache_dir: str
    max_age: float  # seconds
    max_stale: float  # seconds; 0: without limit
    empty_if_unknown: bool


class Classifier:
    """Answers for one store and one cache."""

    def __init__(
        self, settings: Settings, store: Store, log: Log, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        self._store = store
        self._log = log
        self._clock = clock

    def answer(self, name: str) -> bytes:
        """Return the ENC document of ``name``; raise UnknownNodeError, RecordError, StoreError."""
        path = cache.cache_file(self._settings.cache_dir, name)
        if path is None or not is_certname(name):
            raise RecordError(f"{name!r} is not a certname")
        try:
            # One question at a time for one node; the others then find the answer.
            lock = Path(self._settings.cache_dir) / f".{name}.lock"
            with locked(lock, timeout=DEADLINE + 1, owner=_owner_of(lock.parent)):
                return self._answer(name, Path(path))
        except (OSError, TimeoutError) as error:
            self._log.warning(f"The cache in {self._settings.cache_dir} cannot be used: {error}")
            return self._ask(name, None)[0]

    def _answer(self, name: str, path: Path) -> bytes:
        cached = cache.read(str(path))
        if cached is not None and cached.url != self._settings.node_bucket:
            cached = None
        if cached is not None and 0 <= self._clock() - cached.asked < self._settings.max_age:
            return cached.document
        try:
            document, etag = self._ask(name, cached)
        except StoreUnavailableError as error:
            return self._stale(name, cached, error)
        except UnknownNodeError:
            path.unlink(missing_ok=True)
            if self._settings.empty_if_unknown:
                return EMPTY
            raise
        if cached is not None and etag == cached.etag and document == cached.document:
            os.utime(path, follow_symlinks=False)
        else:
            head = f"# {self._settings.node_bucket} {etag}\n".encode()
            write_atomic(path, head + document, mode=0o640, owner=_owner_of(path.parent))
        return document

    def _ask(self, name: str, cached: cache.Cached | None) -> tuple[bytes, str]:
        self._log.debug(f"Checking url {self._store.url}/{name}")
        stored = self._store.get(name) if cached is None else self._store.get_if_changed(name, cached.etag)
        if isinstance(stored, Unchanged):
            if cached is None:
                raise StoreUnavailableError(f"{self._store.url}/{name}: unchanged, but from what?")
            return cached.document, cached.etag
        if stored is None:
            raise UnknownNodeError(f"there is no record of {name} at {self._store.url}")
        try:
            record = parse_record(stored.body)
        except RecordError as error:
            raise RecordError(f"{self._store.url}/{name}: {error}") from error
        self._log.debug(f"Node configuration ({name}): classes: {list(record.classes)}")
        return enc_document(record), stored.etag

    def _stale(self, name: str, cached: cache.Cached | None, error: StoreUnavailableError) -> bytes:
        outages = Path(self._settings.cache_dir) / OUTAGES
        if cached is None:
            count(outages, "none", owner=_owner_of(outages.parent))
            raise error
        age = self._clock() - cached.asked
        if self._settings.max_stale and age > self._settings.max_stale:
            count(outages, "none", owner=_owner_of(outages.parent))
            raise StoreUnavailableError(
                f"{error}; the last good answer is {age:.0f} s old, which is too old"
            ) from error
        count(outages, "kept", owner=_owner_of(outages.parent))
        self._log.warning(
            f"{name}: serving the last good answer, {age:.0f} s old, for want of the store's: {error}"
        )
        return cached.document


def read_all(store: Store) -> dict[str, Record | str]:
    """Return the record of every node in the store, or in place of one what is wrong with it."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - a node's answer needs none

    names = [key for key in store.list_keys().keys if is_certname(key)]

    def one(name: str) -> Record | str | None:
        try:
            stored = store.get(name)
            return None if stored is None else parse_record(stored.body)
        except (RecordError, StoreError) as error:
            return str(error)

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        found = zip(names, pool.map(one, names), strict=True)
        return {name: record for name, record in found if record is not None}


def listing(records: dict[str, Record | str]) -> list[dict[str, Any]]:
    """Return one plain entry a node, for printing."""
    entries: list[dict[str, Any]] = []
    for name, record in records.items():
        if isinstance(record, str):
            entries.append({"certname": name, "error": record})
        else:
            entries.append(
                {
                    "certname": name,
                    "environment": record.environment or "",
                    "role": record.enrolment.role if record.enrolment else "",
                    "classes": list(record.classes),
                }
            )
    return entries


def _owner_of(directory: Path) -> tuple[int, int] | None:
    """Root writes for whoever the cache belongs to, or the master could not read what root has asked for."""
    if os.geteuid() != 0:
        return None
    state = directory.stat()
    return state.st_uid, state.st_gid
