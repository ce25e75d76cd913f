"""What a master keeps of the CA's list: one file for Puppet and the Rack application, a folder for Apache."""

import contextlib
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from enrolment.files import locked, write_atomic
from enrolment.log import Log

from crl.errors import ConfigError, CrlError, FolderError, RefusedError
from crl.fetch import Answer, fetch
from crl.folder import Folder
from crl.lists import Crl, Crls, check, load_authorities, newest, sift_crls
from crl.summary import LISTS, STATE, Entry, write_entries

Fetch = Callable[..., Answer]

LOCK_TIMEOUT = 25.0  # seconds


@dataclass(frozen=True)
class Config:
    """Where everything is. ``state`` is a folder of this command's own, which anybody may read."""

    url: str
    ca_cert: Path
    crl: Path
    folder: Path
    state: Path

    @property
    def lock(self) -> Path:
        """Held while file, folder and state are changed; not while the CA is asked: Apache waits for it."""
        return self.state / "lock"


@dataclass
class Keeper:
    """One run of the command. ``get`` and ``now`` are passed in for tests."""

    config: Config
    log: Log
    now: datetime
    get: Fetch = fetch

    def fetch(self) -> None:
        """Ask the CA for a newer list and put it in force; raise CrlError, with the old one kept, if not."""
        known = self.restore()
        state = self._read_state()
        since = state.get("last_modified") if state.get("sha256") == _digest(known) else None
        try:
            answer = self.get(self.config.url, ca_cert=self.config.ca_cert, if_modified_since=since)
            with self._locked():
                crls = known if answer.body is None else self._accept(answer.body)
                self._write_state(
                    {
                        "last_modified": answer.last_modified,
                        "sha256": _digest(crls),
                        "checked": self.now.isoformat(),
                    }
                )
        except CrlError as error:
            raise type(error)(f"{error}; keeping {self.describe(self.known())}") from error

    def take(self, path: Path) -> None:
        """Put the lists in the file ``path`` in force, by the same rules as those that the CA sends."""
        with self._locked():
            self._accept(_read(path))

    def restore(self) -> Crls:
        """Make file and folder agree on the newest list that either has; return it."""
        with self._locked():
            return self._restore()

    def compact(self) -> None:
        """Drop the names of superseded lists. Only right before Apache starts or restarts."""
        with self._locked():
            Folder(self.config.folder).compact()

    def names(self) -> int:
        """How many names the folder has for one list: one more with each change, until Apache is reloaded."""
        return Folder(self.config.folder).names()

    def known(self) -> Crls:
        """Of each issuer the newest list that file or folder has."""
        return newest(self._verified(self.config.crl), self._in_folder())

    def lists(self) -> dict[str, Crl | None]:
        """By the name of each authority, the host's own CA first: the list that is in force, or None."""
        known = self.known()
        return {issuer: known.get(issuer) for issuer in self._issuers()}

    def in_force(self) -> bool:
        """Whether file and folder have a list of each authority; one may be newer until the next fetch."""
        needed = set(self._issuers())
        if not needed or not self.config.folder.is_dir():
            return False
        return needed <= self._verified(self.config.crl).keys() & self._in_folder().keys()

    def ended(self, crls: Crls) -> list[Crl]:
        """Return the lists whose time is over: with one of them OpenSSL refuses everybody."""
        return [crl for crl in crls.values() if crl.next_update is not None and crl.next_update <= self.now]

    def describe(self, crls: Crls) -> str:
        """Say which lists these are, and when the CA last confirmed them."""
        lists = ", ".join(map(str, crls.values())) or "no CRL at all: nobody is let in"
        age = self.age()
        return lists + (", never confirmed by the CA" if age is None else f", confirmed {age:.0f} s ago")

    def age(self) -> float | None:
        """Seconds since the CA last answered; None if it never did."""
        checked = self._read_state().get("checked")
        return None if checked is None else (self.now - datetime.fromisoformat(checked)).total_seconds()

    def _locked(self) -> contextlib.AbstractContextManager[None]:
        return locked(self.config.lock, timeout=LOCK_TIMEOUT)

    def _restore(self) -> Crls:
        known = self.known()
        if known:
            self._keep(known)
        else:
            self._summarize(known)
        return known

    def _accept(self, body: bytes) -> Crls:
        """Put each list in force that may be; then raise RefusedError if another may not.

        One that is not right, of a root CA say, must not hold up the revocations in the others.
        """
        known = self._restore()
        candidates, faults = sift_crls(body, self._authorities())
        crls = dict(known)
        for issuer, crl in candidates.items():
            try:
                check(crl, known.get(issuer), self.now)
            except RefusedError as error:
                faults.append(str(error))
                continue
            crls[issuer] = crl
            old = known.get(issuer)
            if old is not None and old.pem != crl.pem and old.this_update == crl.this_update:
                self.log.warning(f"{crl} is of the same second as {old}: Apache will not follow")
        if crls and self._keep(crls):
            self.log.info(f"In force: {self.describe(crls)}")
        if faults:
            raise RefusedError("; ".join(faults))
        return crls

    def _keep(self, crls: Crls) -> bool:
        """Write file and folder where they differ. The file is first: what it revokes is refused at once."""
        pem = b"".join(crl.pem for crl in crls.values())
        changed = not self.config.crl.exists() or self.config.crl.read_bytes() != pem
        if changed:
            try:
                owner = self.config.crl.parent.stat()
                write_atomic(self.config.crl, pem, mode=0o644, owner=(owner.st_uid, owner.st_gid))
            except OSError as error:
                raise FolderError(f"{self.config.crl}: {error}") from error
        folder = Folder(self.config.folder)
        put = [folder.put(crl) for crl in crls.values()]
        self._summarize(crls)
        return changed or any(put)

    def _summarize(self, crls: Crls) -> None:
        entries = []
        for issuer in self._issuers():
            crl = crls.get(issuer)
            if crl is None:
                entries.append(Entry(issuer))
            else:
                entries.append(Entry(issuer, crl.number, crl.this_update, crl.next_update))
        write_entries(self.config.state / LISTS, entries)

    def _authorities(self) -> list[Any]:
        return load_authorities(_read(self.config.ca_cert))

    def _issuers(self) -> list[str]:
        # Each once: an authority that has a new key has two certificates.
        return list(dict.fromkeys(authority.subject.rfc4514_string() for authority in self._authorities()))

    def _verified(self, path: Path) -> Crls:
        if not path.exists():
            return {}
        return self._trusted(path, _read(path))

    def _in_folder(self) -> Crls:
        pem = Folder(self.config.folder).newest()
        return self._trusted(self.config.folder, pem) if pem else {}

    def _trusted(self, source: Path, pem: bytes) -> Crls:
        crls, faults = sift_crls(pem, self._authorities())
        for fault in faults:
            self.log.error(f"{source}: {fault}; ignored")
        return crls

    def _read_state(self) -> dict[str, str | None]:
        try:
            state = json.loads((self.config.state / STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def _write_state(self, state: dict[str, str | None]) -> None:
        try:
            write_atomic(self.config.state / STATE, json.dumps(state).encode(), mode=0o644)
        except OSError as error:
            raise FolderError(f"{self.config.state / STATE}: {error}") from error


def _digest(crls: Crls) -> str:
    return hashlib.sha256(b"".join(crl.pem for crl in crls.values())).hexdigest()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error}") from error


def utc_now() -> datetime:
    """Return the time, with the precision that lists have."""
    return datetime.now(UTC).replace(microsecond=0)
