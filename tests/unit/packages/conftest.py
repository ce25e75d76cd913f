"""A host with a bucket in a folder, and a repository in it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from enrolment.log import Log
from enrolment.store import Store, WrappedStore, open_store
from packages.keeper import Config, Keeper

from tests.unit.packages import repository

sys.path.insert(0, str(Path(__file__).parents[3] / "packaging"))  # for the builder's own signing


class WatchedStore(WrappedStore):
    """Notes what is asked for; ``before`` may do something first, or raise."""

    def __init__(self, inner: Store, asked: list[str], before: Callable[[str], object]) -> None:
        super().__init__(inner)
        self._asked, self._before = asked, before

    def _call(self, operation: Callable[[], Any]) -> Any:
        return operation()

    def _note(self, key: str) -> None:
        self._asked.append(key.removeprefix("packages/"))
        self._before(key.removeprefix("packages/"))

    def get(self, key: str) -> Any:
        self._note(key)
        return super().get(key)

    def get_if_changed(self, key: str, etag: str) -> Any:
        self._note(key)
        return super().get_if_changed(key, etag)

    def download(self, key: str, write: Callable[[bytes], object]) -> bool:
        self._note(key)
        return super().download(key, write)


@dataclass
class Host:
    """What the command works on."""

    root: Path
    asked: list[str] = field(default_factory=list)
    before: Callable[[str], object] = lambda _: None

    @property
    def bucket(self) -> Path:
        return self.root / "bucket"

    @property
    def uploaded(self) -> Path:
        return self.bucket / "packages"

    @property
    def folder(self) -> Path:
        return self.root / "served"

    @property
    def served(self) -> dict[str, bytes]:
        return repository.files(self.folder / "hadoop")

    @property
    def config(self) -> Config:
        return Config(node_bucket=f"file://{self.bucket}", folder=self.folder)

    def publish(self, debs: dict[str, bytes], *, key: bytes = repository.KEY) -> None:
        """As the bucket is after an upload that removed what was superseded."""
        shutil.rmtree(self.uploaded, ignore_errors=True)
        repository.make(self.uploaded, debs, key=key)

    def fetch(self) -> None:
        self.asked.clear()
        Keeper(self.config, Log("test"), self._open).fetch()

    def _open(self, url: str) -> Store:
        return WatchedStore(open_store(url), self.asked, self.before)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    (tmp_path / "bucket").mkdir()
    (tmp_path / "served").mkdir()
    return Host(tmp_path)
