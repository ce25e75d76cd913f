"""The sweep over waiting requests, and the one over terminated nodes."""

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from .authority import Authority
from .cafiles import unlink
from .enrol import Enroller, Outcome, Result
from .errors import AuthorityError, EnrolmentError, PuppetDBError
from .files import locked, sync_directory
from .log import Log
from .names import is_certname
from .noted import note
from .puppetdb import PuppetDB
from .store import Store
from .users import acting_as

WORKERS = 16
TERMINATED = "terminated/"
# In the CA's directory: when the last sweep, and the last look for terminated nodes, ended, and how.
SWEPT, TERMINATED_LOOK = "swept.txt", "terminated.txt"


@dataclass
class Summary:
    """What a sweep did."""

    results: Counter[Result] = field(default_factory=Counter)
    unanswered: int = 0  # requests that wait because the store did not answer
    failures: int = 0  # requests that could not be dealt with

    @property
    def ok(self) -> bool:
        """Whether every request got its decision."""
        return not self.unanswered and not self.failures

    def __str__(self) -> str:
        return (
            f"{self.results[Result.SIGNED]} signed, {self.results[Result.WAITING]} waiting "
            f"({self.unanswered} for want of an answer from the store), "
            f"{self.results[Result.REFUSED] + self.results[Result.DUPLICATE]} removed, {self.failures} failed"
        )


def sweep(authority: Authority, enroller: Enroller, log: Log) -> Summary | None:
    """Decide anew on every request that waits. None: another sweep is at work, this one did nothing."""
    try:
        with locked(authority.root / "sweep.lock", timeout=0):
            summary = _sweep(authority, enroller, log)
            note_look(authority, SWEPT, ok=summary.ok)
            return summary
    except TimeoutError:
        return None
    except OSError as error:
        raise AuthorityError(f"{authority.root / 'sweep.lock'}: {error.strerror}") from error


def _sweep(authority: Authority, enroller: Enroller, log: Log) -> Summary:
    with authority.transaction() as transaction:
        transaction.tidy()
    keep_list_valid(authority, log)
    names = authority.waiting_names()
    log.debug(f"List of waiting csr: {names}")
    return _review_all(enroller, names, log)


def review(authority: Authority, enroller: Enroller, named: Iterable[str], log: Log) -> Summary:
    """Decide anew on those of the named requests that wait, now, whether a sweep is at work or not: each is
    looked at again under the CA's lock."""
    return _review_all(enroller, sorted(set(named).intersection(authority.waiting_names())), log)


def _review_all(enroller: Enroller, names: Sequence[str], log: Log) -> Summary:
    summary = Summary()
    if not names:
        return summary

    def review_one(name: str) -> Outcome | None:
        try:
            return enroller.review(name)
        except EnrolmentError as error:
            log.error(f"{name}: {error}")
            return None

    # The store's answers are waited for side by side; the changes take their turn at the CA's lock.
    with ThreadPoolExecutor(max_workers=min(WORKERS, len(names))) as pool:
        for outcome in pool.map(review_one, names):
            if outcome is None:
                summary.failures += 1
            else:
                summary.results[outcome.result] += 1
                summary.unanswered += outcome.store_failed
    log.info(f"Waiting requests: {summary}")
    return summary


def note_look(authority: Authority, name: str, *, ok: bool) -> None:
    """Note when a look ended, and how."""
    note(authority.root / name, {"at": int(authority.clock().timestamp()), "ok": int(ok)})


def keep_list_valid(authority: Authority, log: Log) -> None:
    """Issue the revocation list anew if it ends soon: masters refuse everybody once it has ended."""
    if not authority.list_ends_soon():
        return
    with authority.transaction() as transaction:
        if authority.list_ends_soon():
            transaction.renew_crl()
            log.info("Issued the revocation list anew, since the old one ends soon")


def revoke_terminated(authority: Authority, store: Store, log: Log, *, force: bool) -> list[str]:
    """Revoke and clean what stands under terminated/; return the names."""
    return revoke_marked(authority, marked_names(store), log, force=force)


def marked_names(store: Store) -> frozenset[str]:
    """Return the names that the store marks as terminated."""
    names = (key.removeprefix(TERMINATED) for key in store.list_keys(TERMINATED).keys)
    return frozenset(name for name in names if is_certname(name))


def unrevoked(authority: Authority, marked: Set[str]) -> set[str]:
    """Return those of the names that have a certificate that holds, by its file or by the inventory (the file
    may have been removed without a revocation)."""
    revoked = authority.lists().serials
    of_names = authority.inventory.serials_of(set(marked), authority.clock())
    found = {name for name, serials in of_names.items() if not revoked.issuperset(serials)}
    return found.union(name for name in authority.signed_names() if name in marked)


def revoke_marked(authority: Authority, marked: Set[str], log: Log, *, force: bool) -> list[str]:
    """Revoke and clean those of the marked nodes whose certificates hold; return the names.

    Absence of a record alone never revokes. At most ``terminated_limit`` nodes in one call unless ``force``.
    """
    names = sorted(unrevoked(authority, marked))
    waiting = sorted(name for name in authority.waiting_names() if name in marked)
    if not names and not waiting:
        return []
    limit = authority.config.terminated_limit
    if len(names) > limit and not force:
        log.warning(
            f"{len(names)} nodes are marked as terminated; {limit} now, the rest next time (or with --force)"
        )
        names = names[:limit]
    if authority.config.puppetdb_url:
        remember(authority, names)
    with authority.transaction() as transaction:
        for name in waiting:
            log.info(f"Removing the waiting request of a terminated node: {name}")
            transaction.drop_request(name)
        if names:
            transaction.clean(names)
    for name in names:
        log.info(f"Revoked: {name} (terminated)")
    return names


def deactivate_pending(authority: Authority, log: Log) -> bool:
    """Deactivate in PuppetDB what was revoked, now or earlier; return whether nothing is left to do.

    As root, which alone reads the key that PuppetDB is asked with, but for the files: the directory is the
    CA's user's, who must not be able to turn root's hand elsewhere.
    """
    config = authority.config
    with acting_as(config.user):
        names = _pending(authority)
    if not names or not config.puppetdb_url:
        return True
    puppetdb = PuppetDB(
        config.puppetdb_url, cert=config.puppetdb_cert, key=config.puppetdb_key, cacert=config.puppetdb_cacert
    )
    for done, name in enumerate(names):
        try:
            puppetdb.deactivate(name)
        except PuppetDBError as error:
            log.error(
                f"{len(names) - done} nodes are not deactivated yet, tried again at the next sweep: {error}"
            )
            return False
        log.info(f"Deactivated in PuppetDB: {name}")
        with acting_as(config.user):
            unlink(_pending_directory(authority) / name)
    return True


def _pending(authority: Authority) -> list[str]:
    directory = _pending_directory(authority)
    try:
        return sorted(path.name for path in directory.iterdir() if is_certname(path.name))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise AuthorityError(f"{directory}: {error.strerror}") from error


def _pending_directory(authority: Authority) -> Path:
    return authority.root / "deactivate"


def remember(authority: Authority, names: Iterable[str]) -> None:
    """Note what PuppetDB must be told, first of all: a crash then tells it once too often."""
    directory = _pending_directory(authority)
    try:
        directory.mkdir(mode=0o750, exist_ok=True)
        for name in names:
            (directory / name).touch(mode=0o640)
        sync_directory(directory)
    except OSError as error:
        raise AuthorityError(f"{directory}: {error.strerror}") from error
